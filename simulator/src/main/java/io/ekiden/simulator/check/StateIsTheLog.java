package io.ekiden.simulator.check;

import io.ekiden.state.ClusterImage;

final class StateIsTheLog implements Checker {
    @Override
    public String id() {
        return "20-state-is-the-log";
    }

    @Override
    public String promise() {
        return "Whoever restores the state, from cluster-state or from the journal, "
                + "has what the journal's facts add up to.";
    }

    @Override
    public void restored(String who, long sequence, ClusterImage image, Evidence evidence) {
        boolean same = image.same(evidence.image());
        if (sequence != evidence.journal().size() || !same) {
            throw broken(
                    "%s has restored sequence %d, the journal has %d entries; same state: %s"
                            .formatted(who, sequence, evidence.journal().size(), same));
        }
    }
}

package io.ekiden.simulator.check.rules;

import io.ekiden.log.JournalEntry;
import io.ekiden.planner.core.Planner;
import io.ekiden.planner.core.Replay;
import io.ekiden.simulator.Cores;
import io.ekiden.simulator.check.Checker;
import io.ekiden.simulator.check.Evidence;

/// The log tells the truth: what was decided follows from what is on it and nothing else.
final class DecidedAgainTheSame implements Checker {
    private final Replay replay = new Replay(new Planner(Cores.SETTINGS));

    @Override
    public String id() {
        return "20-decided-again-the-same";
    }

    @Override
    public String promise() {
        return "Every entry, decided again on the state that the journal before it makes, is the same.";
    }

    @Override
    public void decided(JournalEntry entry, long epoch, Evidence evidence) {
        replay.take(entry)
                .ifPresent(difference -> {
                    throw broken(
                            "entry %d was %s and is %s"
                                    .formatted(
                                            entry.sequence(),
                                            difference.recorded().facts(),
                                            difference.decided().facts()));
                });
    }
}

package io.ekiden.simulator.check;

import io.ekiden.log.Fact;
import io.ekiden.log.JournalEntry;

final class DecideNeverFails implements Checker {
    @Override
    public String id() {
        return "0-decide-never-fails";
    }

    @Override
    public String promise() {
        return "No input makes the planner's code fail.";
    }

    @Override
    public void decided(JournalEntry entry, long epoch, Evidence evidence) {
        for (var fact : entry.facts()) {
            if (fact instanceof Fact.InputFailed(var error)) {
                throw broken(
                        "entry %d on %s failed: %s"
                                .formatted(entry.sequence(), entry.input(), error));
            }
        }
    }
}

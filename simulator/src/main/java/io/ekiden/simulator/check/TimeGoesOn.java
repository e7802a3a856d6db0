package io.ekiden.simulator.check;

import io.ekiden.log.JournalEntry;
import java.time.Instant;

final class TimeGoesOn implements Checker {
    private Instant last = Instant.MIN;

    @Override
    public String id() {
        return "20-time-goes-on";
    }

    @Override
    public String promise() {
        return "No entry is of an earlier time than the one before it, whatever the clocks say.";
    }

    @Override
    public void decided(JournalEntry entry, long epoch, Evidence evidence) {
        if (entry.time().isBefore(last)) {
            throw broken(
                    "entry %d is of %s, the one before of %s"
                            .formatted(entry.sequence(), entry.time(), last));
        }
        last = entry.time();
    }
}

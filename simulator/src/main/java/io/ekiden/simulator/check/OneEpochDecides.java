package io.ekiden.simulator.check;

import io.ekiden.log.JournalEntry;
import java.time.Instant;

final class OneEpochDecides implements Checker {
    private long lastEpoch;
    private long lastSequence;
    private Instant lastTime = Instant.MIN;

    @Override
    public String id() {
        return "2-one-epoch-decides";
    }

    @Override
    public String promise() {
        return "Entries follow one another without gaps, times never go back, and of the planners"
                + " that commit none comes before the one before.";
    }

    @Override
    public void decided(JournalEntry entry, long epoch, Evidence evidence) {
        if (epoch < lastEpoch
                || entry.sequence() != lastSequence + 1
                || entry.time().isBefore(lastTime)) {
            throw broken(
                    "entry %d at %s of epoch %d follows entry %d at %s of epoch %d"
                            .formatted(
                                    entry.sequence(),
                                    entry.time(),
                                    epoch,
                                    lastSequence,
                                    lastTime,
                                    lastEpoch));
        }
        lastEpoch = epoch;
        lastSequence = entry.sequence();
        lastTime = entry.time();
    }
}

package io.ekiden.simulator.replay;

import io.ekiden.log.JournalEntry;
import io.ekiden.planner.core.Replay;
import io.ekiden.simulator.Cores;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;

/// Decides journals again and counts.
final class Tally {
    private long journals;
    private long entries;
    private long differences;

    void take(List<JournalEntry> journal) {
        var replay = new Replay(Cores.SETTINGS);
        journals++;
        entries += journal.size();
        differences += journal.stream().filter(e -> replay.take(e).isPresent()).count();
    }

    long differences() {
        return differences;
    }

    @Override
    public String toString() {
        return "replayed journals=%d entries=%d differences=%d locale=%s time-zone=%s"
                .formatted(
                        journals,
                        entries,
                        differences,
                        Locale.getDefault(),
                        TimeZone.getDefault().getID());
    }
}

package io.ekiden.simulator.check;

import io.ekiden.log.Fact;
import io.ekiden.log.JournalEntry;
import io.ekiden.model.PathId;
import java.time.Instant;
import java.util.TreeMap;

final class VersionsRise implements Checker {
    private final TreeMap<PathId, Instant> last = new TreeMap<>();

    @Override
    public String id() {
        return "17-versions-rise";
    }

    @Override
    public String promise() {
        return "The versions of an app or pod strictly increase.";
    }

    @Override
    public void decided(JournalEntry entry, long epoch, Evidence evidence) {
        for (var fact : entry.facts()) {
            if (fact instanceof Fact.RunSpecPut(var spec)) {
                var before = last.put(spec.id(), spec.version());
                if (before != null && !before.isBefore(spec.version())) {
                    throw broken(
                            "entry %d: %s goes from version %s to %s"
                                    .formatted(
                                            entry.sequence(), spec.id(), before, spec.version()));
                }
            } else if (fact instanceof Fact.RunSpecGone(var _, var id)) {
                last.remove(id);
            }
        }
    }
}

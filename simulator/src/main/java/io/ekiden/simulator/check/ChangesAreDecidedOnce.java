package io.ekiden.simulator.check;

import io.ekiden.log.Fact;
import io.ekiden.log.Input;
import io.ekiden.log.JournalEntry;
import io.ekiden.log.RequestKey;
import io.ekiden.state.Effects;
import java.util.TreeMap;

final class ChangesAreDecidedOnce implements Checker {
    private final TreeMap<String, Integer> written = new TreeMap<>();
    private final TreeMap<String, Integer> decided = new TreeMap<>();
    private final TreeMap<String, Long> accepted = new TreeMap<>();
    private int setAside;

    @Override
    public String id() {
        return "18-changes-are-decided-once";
    }

    @Override
    public String promise() {
        return "Every change that is on the log is decided exactly once; one that is refused "
                + "or only tried changes nothing, and a request with a key takes effect once.";
    }

    @Override
    public void written(String changeId) {
        written.merge(changeId, 1, Integer::sum);
    }

    @Override
    public void decided(JournalEntry entry, long epoch, Evidence evidence) {
        switch (entry.input()) {
            case Input.Unreadable unreadable -> {
                if (unreadable.topic().equals("desired-state")) {
                    setAside++;
                }
            }
            case Input.Changed(var wanted) -> {
                int times = decided.merge(wanted.changeId(), 1, Integer::sum);
                if (times > written.getOrDefault(wanted.changeId(), 0)) {
                    throw broken(
                            "%s was written %d times and decided %d times"
                                    .formatted(
                                            wanted.changeId(),
                                            written.getOrDefault(wanted.changeId(), 0),
                                            times));
                }
                answer(entry);
                wanted.requestKey().ifPresent(key -> keyed(entry, key));
            }
            default -> {} // no change
        }
    }

    private void keyed(JournalEntry entry, RequestKey key) {
        for (var fact : entry.facts()) {
            if (fact instanceof Fact.Accepted) {
                var before = accepted.putIfAbsent(key.key(), entry.sequence());
                if (before != null) {
                    throw broken(
                            "%s took effect in entries %d and %d"
                                    .formatted(key, before, entry.sequence()));
                }
            } else if (fact instanceof Fact.Repeated(var first)
                    && !Long.valueOf(first).equals(accepted.get(key.key()))) {
                throw broken(
                        "entry %d: %s was not accepted by %d"
                                .formatted(entry.sequence(), key, first));
            }
        }
    }

    /// Whether it is an answer after which everything is as before.
    private static boolean without(Fact fact) {
        return fact instanceof Fact.Refused
                || fact instanceof Fact.Planned
                || fact instanceof Fact.Repeated;
    }

    private void answer(JournalEntry entry) {
        long answers =
                entry.facts().stream()
                        .filter(fact -> fact instanceof Fact.Accepted || without(fact))
                        .count();
        boolean refused = entry.facts().stream().anyMatch(ChangesAreDecidedOnce::without);
        boolean changed = entry.facts().stream().anyMatch(fact -> !Effects.of(fact).isEmpty());
        if (answers != 1 || (refused && changed)) {
            throw broken("entry %d: %s".formatted(entry.sequence(), entry.facts()));
        }
    }

    @Override
    public void settled(Evidence evidence) {
        int missing =
                written.values().stream().mapToInt(Integer::intValue).sum()
                        - decided.values().stream().mapToInt(Integer::intValue).sum();
        if (missing > setAside) {
            throw broken(missing + " changes were not decided, " + setAside + " were set aside");
        }
    }
}

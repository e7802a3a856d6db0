package io.ekiden.simulator.check;

import io.ekiden.log.Fact;
import io.ekiden.log.JournalEntry;
import java.util.TreeMap;

final class AnswersAreVisible implements Checker {
    private final TreeMap<Long, Long> answered = new TreeMap<>();
    private long newest;

    @Override
    public String id() {
        return "19-answers-are-visible";
    }

    @Override
    public String promise() {
        return "An answer is the entry that decided the change, and a later read, at "
                + "whatever gateway, has it.";
    }

    @Override
    public void answered(Reply reply, Evidence evidence) {
        if (reply.sequence().isEmpty()) {
            return;
        }
        long sequence = reply.sequence().get();
        boolean committed = sequence <= evidence.journal().size();
        if (!committed || !holds(reply, evidence.journal().get((int) sequence - 1))) {
            throw broken("%s is no answer of entry %d".formatted(reply, sequence));
        }
        newest = Math.max(newest, sequence);
        answered.put(evidence.now(), newest);
    }

    private static boolean holds(Reply reply, JournalEntry entry) {
        boolean accepted =
                entry.facts().stream()
                        .anyMatch(fact ->
                                fact instanceof Fact.Accepted
                                        || fact instanceof Fact.Planned
                                        || fact instanceof Fact.Repeated);
        boolean fine = reply.status() / 100 == 2;
        return entry.changeId().filter(reply.changeId()::equals).isPresent() && fine == accepted;
    }

    @Override
    public void read(FreshRead read, Evidence evidence) {
        var before = answered.floorEntry(read.askedAt());
        if (before != null && read.sequence() < before.getValue()) {
            throw broken(
                    "%s was answered %d and read %d at %s"
                            .formatted(
                                    "a user", before.getValue(), read.sequence(), read.gateway()));
        }
    }
}

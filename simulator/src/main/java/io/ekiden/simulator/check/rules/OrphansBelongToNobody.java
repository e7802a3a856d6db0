package io.ekiden.simulator.check.rules;

import io.ekiden.log.Fact;
import io.ekiden.log.JournalEntry;
import io.ekiden.model.KillCause;
import io.ekiden.simulator.check.Checker;
import io.ekiden.simulator.check.Evidence;

/// Every kill has its reason in the state.
final class OrphansBelongToNobody implements Checker {
    @Override
    public String id() {
        return "39-kills-have-their-cause";
    }

    @Override
    public String promise() {
        return "A task is killed as an orphan only when no instance has it on that agent, and for any"
                + " other cause only when its instance is being stopped for that cause.";
    }

    @Override
    public void decided(JournalEntry entry, long epoch, Evidence evidence) {
        for (var fact : entry.facts()) {
            if (fact instanceof Fact.KillOrdered kill && !justified(kill, evidence)) {
                throw broken("entry %d: %s".formatted(entry.sequence(), kill));
            }
        }
    }

    private static boolean justified(Fact.KillOrdered kill, Evidence evidence) {
        var instance =
                evidence.image()
                        .instanceOf(kill.taskId())
                        .filter(i -> i.condition().holdsResources())
                        .filter(i ->
                                i.placement()
                                        .filter(at -> at.agentId().equals(kill.agentId()))
                                        .isPresent());
        return kill.cause() == KillCause.ORPHAN
                ? instance.isEmpty()
                : instance.flatMap(i -> i.stopping())
                        .filter(stopping -> stopping.cause() == kill.cause())
                        .isPresent();
    }
}

package io.ekiden.simulator.check;

import io.ekiden.log.Fact;
import io.ekiden.log.JournalEntry;
import io.ekiden.model.Agent;

/// Nothing is launched on an agent that is being emptied.
final class NothingNewWhereDrained implements Checker {
    @Override
    public String id() {
        return "16-nothing-new-where-drained";
    }

    @Override
    public String promise() {
        return "Nothing is launched on an agent that is being emptied.";
    }

    @Override
    public void decided(JournalEntry entry, long epoch, Evidence evidence) {
        for (var fact : entry.facts()) {
            if (fact instanceof Fact.Launched launched) {
                launched.instances().stream()
                        .flatMap(instance -> instance.placement().stream())
                        .filter(at ->
                                evidence.image()
                                        .agent(at.agentId())
                                        .filter(Agent::draining)
                                        .isPresent())
                        .findFirst()
                        .ifPresent(at -> {
                            throw broken(
                                    "entry %d launches on %s"
                                            .formatted(entry.sequence(), at.agentId()));
                        });
            }
        }
    }
}

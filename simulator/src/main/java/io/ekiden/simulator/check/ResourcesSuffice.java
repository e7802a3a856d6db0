package io.ekiden.simulator.check;

import io.ekiden.log.Fact;
import io.ekiden.log.JournalEntry;

final class ResourcesSuffice implements Checker {
    @Override
    public String id() {
        return "10-resources-suffice";
    }

    @Override
    public String promise() {
        return "What is held on an agent is never more than it has, to the millionth.";
    }

    @Override
    public void decided(JournalEntry entry, long epoch, Evidence evidence) {
        for (var fact : entry.facts()) {
            if (fact instanceof Fact.Launched launched) {
                launched.instances().stream()
                        .map(instance -> instance.placement().orElseThrow().agentId())
                        .distinct()
                        .forEach(agentId -> check(agentId, entry, evidence));
            }
        }
    }

    private void check(String agentId, JournalEntry entry, Evidence evidence) {
        var agent = evidence.image().agent(agentId).orElseThrow();
        var held = Room.held(evidence.image(), agentId);
        if (!Room.within(held, agent.resources())) {
            throw broken(
                    "entry %d: %s has %s, held are %s"
                            .formatted(entry.sequence(), agentId, agent.resources(), held));
        }
    }
}

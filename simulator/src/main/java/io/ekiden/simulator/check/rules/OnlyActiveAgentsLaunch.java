package io.ekiden.simulator.check.rules;

import io.ekiden.log.Fact;
import io.ekiden.log.JournalEntry;
import io.ekiden.model.Agent;
import io.ekiden.model.Instance;
import io.ekiden.simulator.check.Checker;
import io.ekiden.simulator.check.Evidence;

/// Nothing is given to an agent that does not answer.
final class OnlyActiveAgentsLaunch implements Checker {
    @Override
    public String id() {
        return "16-only-active-agents-launch";
    }

    @Override
    public String promise() {
        return "Instances are launched on active agents only.";
    }

    @Override
    public void decided(JournalEntry entry, long epoch, Evidence evidence) {
        for (var fact : entry.facts()) {
            if (fact instanceof Fact.Launched launched) {
                launched.instances().forEach(instance -> check(entry, instance, evidence));
            }
        }
    }

    private void check(JournalEntry entry, Instance instance, Evidence evidence) {
        var agentId = instance.placement().orElseThrow().agentId();
        var agent = evidence.image().agent(agentId);
        if (agent.filter(a -> a.state() == Agent.State.ACTIVE).isEmpty()) {
            throw broken(
                    "entry %d launches %s on %s".formatted(entry.sequence(), instance.id(), agent));
        }
    }
}

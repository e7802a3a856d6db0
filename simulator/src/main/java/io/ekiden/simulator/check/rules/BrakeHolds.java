package io.ekiden.simulator.check.rules;

import io.ekiden.log.Fact;
import io.ekiden.log.JournalEntry;
import io.ekiden.model.Agent;
import io.ekiden.model.Condition;
import io.ekiden.simulator.Cores;
import io.ekiden.simulator.check.Checker;
import io.ekiden.simulator.check.Evidence;
import java.time.Instant;
import java.util.Optional;

/// The replacement brake of the design: many silent agents are no reason to start everything anew.
final class BrakeHolds implements Checker {
    private static final int MASS = 3;
    private static final int MASS_PERCENT = 55;

    private Optional<Replaced> last = Optional.empty();

    private record Replaced(String agentId, Instant since) {}

    @Override
    public String id() {
        return "28-brake-holds";
    }

    @Override
    public String promise() {
        return "Nothing is given up while 55 % of the agents, and three, are silent; else one"
                + " agent's instances at a time.";
    }

    @Override
    public void before(JournalEntry entry, Evidence evidence) {
        for (var fact : entry.facts()) {
            if (fact instanceof Fact.InstancePut put
                    && put.instance().condition() == Condition.UNREACHABLE_INACTIVE
                    && put.from().filter(was -> was == Condition.UNREACHABLE).isPresent()) {
                mass(entry, evidence);
                pause(entry, put.instance().placement().orElseThrow().agentId());
            }
        }
    }

    private void mass(JournalEntry entry, Evidence evidence) {
        var agents =
                evidence.image().agents().stream()
                        .filter(agent -> agent.state() != Agent.State.LEFT)
                        .toList();
        long silent =
                agents.stream().filter(agent -> agent.state() == Agent.State.UNREACHABLE).count();
        if (silent >= MASS && silent * 100 >= MASS_PERCENT * (long) agents.size()) {
            throw broken(
                    "entry %d gives up an instance while %d of %d agents are silent"
                            .formatted(entry.sequence(), silent, agents.size()));
        }
    }

    private void pause(JournalEntry entry, String agentId) {
        var other = last.filter(replaced -> !replaced.agentId().equals(agentId));
        var pause = Cores.SETTINGS.replacementPause();
        if (other.filter(o -> o.since().plus(pause).isAfter(entry.time())).isPresent()) {
            throw broken(
                    "entry %d gives up %s although %s was given up at %s"
                            .formatted(
                                    entry.sequence(),
                                    agentId,
                                    other.get().agentId(),
                                    other.get().since()));
        }
        if (last.isEmpty() || other.isPresent()) {
            last = Optional.of(new Replaced(agentId, entry.time()));
        }
    }
}

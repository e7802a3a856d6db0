package io.ekiden.planner.core;

import io.ekiden.log.Fact;
import io.ekiden.log.Rejection;
import io.ekiden.model.Agent;
import io.ekiden.model.Condition;
import io.ekiden.model.Goal;
import io.ekiden.model.Instance;
import io.ekiden.model.KillCause;
import io.ekiden.model.RunSpec;
import io.ekiden.planner.core.RollingUpgrade.Bounds;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Empties a draining agent. Each instance there is replaced elsewhere within its spec's upgrade
/// strategy: where more than the wanted number may run, the replacement is ready before the old one
/// ends; where not, as many end first as may be missing. Instances that have volumes stay, since
/// nothing else could run with their data.
final class Evacuation {
    private Evacuation() {}

    static Fact take(Turn turn, String agentId, boolean draining) {
        var agent = turn.image().agent(agentId);
        if (agent.isEmpty()) {
            return new Fact.Refused(
                    new Rejection.NotFound("Agent '%s' does not exist".formatted(agentId)));
        }
        if (agent.get().draining() != draining) {
            turn.add(new Fact.AgentPut(agent.get().withDraining(draining)));
            turn.image().loadOf(agentId).instances().stream()
                    .flatMap(id -> turn.image().instance(id).stream())
                    .map(Instance::runSpecId)
                    .distinct()
                    .forEach(id -> {
                        // What was learnt of failures there says nothing of other agents.
                        Backoff.reset(turn, id);
                        turn.touch(id);
                    });
        }
        return new Fact.Accepted(turn.now(), Optional.empty(), List.of());
    }

    /// Whether an instance runs where it is to be replaced, and nothing is done about it yet.
    static boolean leaving(Turn turn, Instance instance) {
        boolean runs =
                instance.condition().holdsResources()
                        && instance.condition() != Condition.UNREACHABLE
                        && instance.condition() != Condition.UNREACHABLE_INACTIVE;
        return runs
                && instance.stopping().isEmpty()
                && instance.reservation().isEmpty()
                && Scaling.wanted(instance)
                && instance.placement()
                        .flatMap(at -> turn.image().agent(at.agentId()))
                        .filter(Agent::draining)
                        .isPresent();
    }

    static List<Instance> leaving(Turn turn, RunSpec spec) {
        if (turn.image().rooms().draining().isEmpty()) {
            return List.of();
        }
        return turn.image().rooms().draining().stream()
                .filter(room -> room.load().count(spec.id()) > 0)
                .flatMap(room -> room.load().instances().stream())
                .flatMap(id -> turn.image().instance(id).stream())
                .filter(instance -> instance.runSpecId().equals(spec.id()))
                .filter(instance -> leaving(turn, instance))
                .sorted(Comparator.comparing(Instance::id))
                .toList();
    }

    /// So many may be scheduled in place of those that are to leave; no limit when none is.
    static int room(Turn turn, RunSpec spec) {
        if (leaving(turn, spec).isEmpty()) {
            return Integer.MAX_VALUE;
        }
        int ready =
                turn.image()
                        .instancesOf(spec.id())
                        .count(phase -> RollingUpgrade.ready(turn, spec, phase));
        return Math.max(0, Bounds.of(spec).capacity(ready) - RollingUpgrade.present(turn, spec));
    }

    /// Ends those that are to leave, as far as enough ready ones remain. One that is not replaced
    /// yet is launched again elsewhere.
    static void release(Turn turn, RunSpec spec) {
        var leaving = leaving(turn, spec);
        if (leaving.isEmpty()) {
            return;
        }
        var bounds = Bounds.of(spec);
        int floor =
                bounds.maxCapacity() > spec.instances() ? spec.instances() : bounds.minHealthy();
        int spare = ready(turn, spec) - floor;
        int surplus = Scaling.counted(turn, spec).size() + leaving.size() - spec.instances();
        for (var instance : Victims.first(turn, leaving, spec, leaving.size())) {
            if (turn.definition(instance).filter(instance::ready).isPresent() && spare-- <= 0) {
                return;
            }
            var goal = surplus-- > 0 ? Goal.DECOMMISSIONED : instance.goal();
            Kills.begin(turn, instance, goal, KillCause.DRAIN);
        }
    }

    private static int ready(Turn turn, RunSpec spec) {
        return turn.image()
                .instancesOf(spec.id())
                .count(phase ->
                        Scaling.wanted(phase.goal()) && RollingUpgrade.ready(turn, spec, phase));
    }
}

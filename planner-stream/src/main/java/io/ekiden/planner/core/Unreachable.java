package io.ekiden.planner.core;

import io.ekiden.log.Fact;
import io.ekiden.model.Agent;
import io.ekiden.model.Cluster;
import io.ekiden.model.Condition;
import io.ekiden.model.Goal;
import io.ekiden.model.Instance;
import io.ekiden.model.UnreachableStrategy;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// What becomes of the instances of a silent agent: they wait, are replaced, are forgotten, as
/// their app's unreachable strategy says and the replacement brake allows.
///
/// The brake: when most of the agents fall silent at once it is the network or the log that is ill,
/// not they; then nothing is replaced. Else one agent's instances at a time, with a pause between.
final class Unreachable {
    /// From so many silent agents on, and this share of all, nothing is replaced.
    private static final int MASS = 3;

    private static final int MASS_PERCENT = 55;

    private Unreachable() {}

    static void began(Turn turn, Instance instance) {
        var deadline =
                strategy(turn, instance).map(replace -> turn.now().plus(replace.inactiveAfter()));
        turn.put(instance.withCondition(Condition.UNREACHABLE, turn.now()).withDeadline(deadline));
    }

    /// Its time to be given up, or to be forgotten, has come.
    static void due(Turn turn, Instance instance) {
        var replace = strategy(turn, instance);
        if (replace.isEmpty()) {
            turn.put(instance.withDeadline(Optional.empty()));
        } else if (instance.condition() == Condition.UNREACHABLE_INACTIVE) {
            expunge(turn, instance);
        } else if (!allowed(turn, instance)) {
            var later = turn.now().plus(turn.settings().replacementPause());
            turn.put(instance.withDeadline(Optional.of(later)));
        } else {
            giveUp(turn, instance, replace.get());
        }
    }

    private static void giveUp(Turn turn, Instance instance, UnreachableStrategy.Replace replace) {
        var expungeAt = instance.since().plus(replace.expungeAfter());
        var inactive =
                instance.withCondition(Condition.UNREACHABLE_INACTIVE, turn.now())
                        .withDeadline(Optional.of(expungeAt));
        turn.put(inactive);
        if (!expungeAt.isAfter(turn.now())) {
            expunge(turn, inactive);
        }
    }

    private static void expunge(Turn turn, Instance instance) {
        turn.end(
                instance.withGoal(Goal.DECOMMISSIONED),
                Condition.GONE,
                "expunged: its agent is unreachable");
    }

    /// Empty when the app wants to wait.
    private static Optional<UnreachableStrategy.Replace> strategy(Turn turn, Instance instance) {
        return turn.definition(instance)
                .flatMap(app ->
                        switch (app.unreachableStrategy()) {
                            case UnreachableStrategy.Replace replace -> Optional.of(replace);
                            case UnreachableStrategy.Disabled _ -> Optional.empty();
                        });
    }

    private static boolean allowed(Turn turn, Instance instance) {
        var agents =
                turn.image().agents().stream()
                        .filter(agent -> agent.state() != Agent.State.LEFT)
                        .toList();
        long silent =
                agents.stream().filter(agent -> agent.state() == Agent.State.UNREACHABLE).count();
        if (silent >= MASS && silent * 100 >= agents.size() * (long) MASS_PERCENT) {
            return false;
        }
        return turnOf(turn, instance.placement().orElseThrow().agentId());
    }

    /// One agent at a time: the one being replaced goes on, another has to wait for the pause to
    /// pass.
    private static boolean turnOf(Turn turn, String agentId) {
        var cluster = turn.image().cluster().orElseThrow();
        var last = cluster.lastReplacement();
        if (last.filter(replaced -> replaced.agentId().equals(agentId)).isPresent()) {
            return true;
        }
        Duration pause = turn.settings().replacementPause();
        Instant now = turn.now();
        if (last.filter(replaced -> replaced.at().plus(pause).isAfter(now)).isPresent()) {
            return false;
        }
        turn.add(
                new Fact.ClusterPut(
                        new Cluster(
                                cluster.id(),
                                cluster.unfinished(),
                                Optional.of(new Cluster.Replacement(agentId, now)))));
        return true;
    }
}

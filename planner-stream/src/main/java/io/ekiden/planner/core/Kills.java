package io.ekiden.planner.core;

import io.ekiden.log.Fact;
import io.ekiden.model.Agent;
import io.ekiden.model.Condition;
import io.ekiden.model.Goal;
import io.ekiden.model.Instance;
import io.ekiden.model.KillCause;
import io.ekiden.model.Proxy;
import io.ekiden.model.RunSpec;
import io.ekiden.state.Phase;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;

/// Ends tasks. A ready one dies in this order: its endpoints drain, every proxy says that nothing
/// is in flight or the drain times out, the agent is told to kill it, the agent says that it has
/// ended.
final class Kills {
    private Kills() {}

    /// Begins the end of an instance's task, or of the instance when it has none.
    ///
    /// @param goal what the instance is to be afterwards: running again, held, or gone
    static void begin(Turn turn, Instance instance, Goal goal, KillCause cause) {
        var wanted = instance.withGoal(goal);
        switch (instance.condition()) {
            case SCHEDULED -> {
                if (goal == Goal.DECOMMISSIONED) {
                    turn.end(wanted, Condition.KILLED, "");
                } else if (goal != instance.goal()) {
                    turn.put(wanted);
                }
            }
            // Nobody is there to be told; should its agent return, the task is an orphan. But while
            // it may still use a volume that is to be another's, it is not forgotten.
            case UNREACHABLE, UNREACHABLE_INACTIVE -> {
                if (goal == Goal.DECOMMISSIONED && !instance.usesAlone()) {
                    turn.end(wanted, Condition.GONE, "expunged while its agent was unreachable");
                } else if (goal != instance.goal()) {
                    turn.put(wanted);
                }
            }
            case PROVISIONED, STAGING, STARTING, RUNNING, KILLING -> {
                if (instance.stopping().isPresent()) {
                    if (goal != instance.goal()) {
                        turn.put(wanted);
                    }
                } else {
                    drainOrOrder(turn, wanted, cause);
                }
            }
            case KILLED, FINISHED, FAILED, ERROR, GONE, DROPPED, UNKNOWN ->
                    throw new IllegalStateException(
                            "an ended task is still kept: " + instance.id());
        }
    }

    /// Begins the end of an instance and of its volumes, or forgets it: who wipes what is
    /// unreachable says that it runs no more.
    static void wipe(Turn turn, Instance instance) {
        if (unreachable(instance)) {
            turn.end(
                    instance.withGoal(Goal.DECOMMISSIONED),
                    Condition.GONE,
                    "expunged while its agent was unreachable");
        } else {
            begin(turn, instance, Goal.DECOMMISSIONED, KillCause.USER);
        }
    }

    private static void drainOrOrder(Turn turn, Instance instance, KillCause cause) {
        var draining = new TreeSet<String>();
        for (var endpoint : turn.image().endpoints(instance.taskId())) {
            turn.image().proxies().stream()
                    .filter(Proxy::active)
                    .forEach(proxy -> draining.add(waitingFor(proxy.id(), endpoint.portIndex())));
        }
        var stopping =
                instance.withStopping(
                        Optional.of(new Instance.Stopping(cause, turn.now(), draining, 0)));
        if (draining.isEmpty() || cause == KillCause.UNHEALTHY) {
            order(turn, stopping);
        } else {
            turn.put(
                    stopping.withDeadline(
                            Optional.of(turn.now().plus(turn.settings().drainTimeout()))));
        }
    }

    private static String waitingFor(String proxy, int portIndex) {
        return proxy + "/" + portIndex;
    }

    /// A proxy has nothing in flight at an endpoint any more.
    static void drained(Turn turn, Instance instance, String proxy, int portIndex) {
        stopWaiting(turn, instance, waitingFor(proxy, portIndex)::equals);
    }

    /// A proxy is no more: nobody waits for it.
    static void proxyLost(Turn turn, String proxy) {
        for (var instance : turn.image().instances(Phase::stopping)) {
            stopWaiting(
                    turn,
                    instance,
                    waited -> waited.substring(0, waited.lastIndexOf('/')).equals(proxy));
        }
    }

    private static void stopWaiting(Turn turn, Instance instance, Predicate<String> over) {
        var stopping = instance.stopping().filter(s -> s.draining().stream().anyMatch(over));
        if (stopping.isEmpty()) {
            return;
        }
        var left = new TreeSet<>(stopping.get().draining());
        left.removeIf(over);
        var now =
                instance.withStopping(
                        Optional.of(
                                new Instance.Stopping(
                                        stopping.get().cause(),
                                        stopping.get().since(),
                                        left,
                                        stopping.get().attempts())));
        if (left.isEmpty() && stopping.get().attempts() == 0 && !unreachable(instance)) {
            order(turn, now);
        } else {
            turn.put(now);
        }
    }

    private static boolean unreachable(Instance instance) {
        return instance.condition() == Condition.UNREACHABLE
                || instance.condition() == Condition.UNREACHABLE_INACTIVE;
    }

    /// Tells the agent to kill the task, and looks again should it not end.
    static void order(Turn turn, Instance instance) {
        var stopping = instance.stopping().orElseThrow();
        var agent = turn.image().agent(instance.placement().orElseThrow().agentId()).orElseThrow();
        var grace = turn.definition(instance).flatMap(RunSpec::taskKillGraceSeconds);
        var retry =
                turn.settings()
                        .killRetry()
                        .plusSeconds(grace.orElse((int) turn.settings().killGrace().toSeconds()));
        turn.add(kill(instance, agent, stopping.cause(), grace));
        turn.put(
                instance.withCondition(Condition.KILLING, turn.now())
                        .withStopping(
                                Optional.of(
                                        new Instance.Stopping(
                                                stopping.cause(),
                                                stopping.since(),
                                                new TreeSet<>(),
                                                stopping.attempts() + 1)))
                        .withDeadline(Optional.of(turn.now().plus(retry))));
    }

    /// Gives an order again to an agent that has just joined.
    static void repeat(Turn turn, Instance instance) {
        if (instance.stopping().filter(stopping -> stopping.draining().isEmpty()).isPresent()) {
            order(turn, instance);
        }
    }

    private static Fact.KillOrdered kill(
            Instance instance, Agent agent, KillCause cause, Optional<Integer> grace) {
        return new Fact.KillOrdered(
                instance.taskId(), agent.id(), agent.partition(), agent.epoch(), cause, grace);
    }
}

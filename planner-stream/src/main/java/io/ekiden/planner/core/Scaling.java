package io.ekiden.planner.core;

import io.ekiden.model.Condition;
import io.ekiden.model.Goal;
import io.ekiden.model.Instance;
import io.ekiden.model.InstanceId;
import io.ekiden.model.KillCause;
import io.ekiden.model.RunSpec;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Brings the number of an app's instances to what is wanted.
final class Scaling {
    private Scaling() {}

    /// The instances that count: wanted to run, not given up, and not on an agent that is being
    /// emptied. A held one (its agent was shut down) counts too, since it will run again; a
    /// suspended one does not.
    static List<Instance> counted(Turn turn, RunSpec spec) {
        return turn.image().instances(spec.id()).stream()
                .filter(Scaling::wanted)
                .filter(instance -> instance.condition() != Condition.UNREACHABLE_INACTIVE)
                .filter(instance -> !Evacuation.leaving(turn, instance))
                .toList();
    }

    static boolean wanted(Instance instance) {
        return switch (instance.goal()) {
            case RUNNING, HELD -> true;
            case STOPPED, DECOMMISSIONED -> false;
        };
    }

    /// Schedules what is missing, ends what is too much.
    static void adjust(Turn turn, RunSpec spec) {
        var counted = counted(turn, spec);
        if (counted.size() < spec.instances()) {
            int missing = spec.instances() - counted.size();
            schedule(turn, spec, Math.min(missing, Evacuation.room(turn, spec)));
        } else {
            Victims.first(counted, spec, counted.size() - spec.instances())
                    .forEach(instance ->
                            Kills.begin(turn, instance, surplus(instance), KillCause.SCALE_DOWN));
        }
        Evacuation.release(turn, spec);
    }

    /// What becomes of an instance that is too much: one that has volumes waits to be wanted again.
    static Goal surplus(Instance instance) {
        return instance.reservation().isPresent() ? Goal.STOPPED : Goal.DECOMMISSIONED;
    }

    /// Makes instances to be placed: suspended ones, whose volumes wait for them, before new ones.
    static void schedule(Turn turn, RunSpec spec, int count) {
        var suspended =
                turn.image().instances(spec.id()).stream()
                        .filter(instance -> instance.goal() == Goal.STOPPED)
                        .limit(Math.max(0, count))
                        .toList();
        suspended.forEach(instance -> turn.put(instance.withGoal(Goal.RUNNING)));
        for (int i = suspended.size(); i < count; i++) {
            turn.put(scheduled(turn, spec, InstanceId.of(spec.id(), turn.uuid()), 1));
        }
    }

    /// The instance in its next life, on the agent that keeps its volumes if it has any.
    static Instance relaunched(Turn turn, RunSpec spec, Instance last) {
        return scheduled(turn, spec, last.id(), last.incarnation() + 1)
                .withGoal(last.goal())
                .withReservation(last.reservation());
    }

    /// An instance that waits for its place in its `incarnation`-th life.
    private static Instance scheduled(Turn turn, RunSpec spec, InstanceId id, int incarnation) {
        return new Instance(
                id,
                spec.id(),
                incarnation,
                spec.version(),
                spec.configVersion(),
                spec.footprint(),
                Goal.RUNNING,
                Condition.SCHEDULED,
                turn.now(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Optional.empty());
    }

    /// Whether as many instances run as are wanted, none too many is left, and those launched since
    /// `begun` are ready. Old ones that are not ready do not hold up a scaling (Marathon's rule).
    static boolean done(Turn turn, RunSpec spec, Instant begun) {
        var all = turn.image().instances(spec.id());
        return all.stream().noneMatch(Scaling::onItsWayOut)
                && counted(turn, spec).size() == spec.instances()
                && all.stream()
                        .filter(instance -> instance.goal() == Goal.RUNNING)
                        .allMatch(instance ->
                                instance.ready(spec) || launchedBefore(instance, begun));
    }

    private static boolean onItsWayOut(Instance instance) {
        return !wanted(instance)
                && (instance.goal() == Goal.DECOMMISSIONED
                        || instance.condition().holdsResources());
    }

    /// By its version, which unlike the time it was launched at is ordered with the deployment's.
    private static boolean launchedBefore(Instance instance, Instant begun) {
        return instance.stagedAt().isPresent() && instance.version().isBefore(begun);
    }
}

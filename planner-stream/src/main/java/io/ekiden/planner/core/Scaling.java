package io.ekiden.planner.core;

import io.ekiden.model.Condition;
import io.ekiden.model.Goal;
import io.ekiden.model.Instance;
import io.ekiden.model.InstanceId;
import io.ekiden.model.KillCause;
import io.ekiden.model.RunSpec;
import io.ekiden.state.Phase;
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
        return turn.image().instancesOf(spec.id()).in(Scaling::counts).stream()
                .filter(instance -> !Evacuation.leaving(turn, instance))
                .toList();
    }

    /// How many that are, without a look at them.
    private static int count(Turn turn, RunSpec spec) {
        return turn.image().instancesOf(spec.id()).count(Scaling::counts)
                - Evacuation.leaving(turn, spec).size();
    }

    private static boolean counts(Phase phase) {
        return wanted(phase.goal()) && phase.condition() != Condition.UNREACHABLE_INACTIVE;
    }

    static boolean wanted(Instance instance) {
        return wanted(instance.goal());
    }

    static boolean wanted(Goal goal) {
        return switch (goal) {
            case RUNNING, HELD -> true;
            case STOPPED, DECOMMISSIONED -> false;
        };
    }

    /// Schedules what is missing, ends what is too much.
    static void adjust(Turn turn, RunSpec spec) {
        int missing = spec.instances() - count(turn, spec);
        if (missing > 0) {
            schedule(turn, spec, Math.min(missing, Evacuation.room(turn, spec)));
        } else if (missing < 0) {
            Victims.first(turn, counted(turn, spec), spec, -missing)
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
    /// Of many, some wait for the next input.
    static void schedule(Turn turn, RunSpec spec, int missing) {
        int count = turn.grant(spec.id(), missing);
        var suspended =
                turn.image()
                        .instancesOf(spec.id())
                        .in(phase -> phase.goal() == Goal.STOPPED, count);
        suspended.forEach(instance ->
                turn.put(
                        instance.withGoal(Goal.RUNNING)
                                .withVersion(spec.version(), spec.configVersion())));
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
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /// Whether as many instances run as are wanted, none too many is left, and those launched since
    /// `begun` are ready. Old ones that are not ready do not hold up a scaling (Marathon's rule).
    static boolean done(Turn turn, RunSpec spec, Instant begun) {
        var all = turn.image().instancesOf(spec.id());
        return all.count(Scaling::onItsWayOut) == 0
                && count(turn, spec) == spec.instances()
                && !all.any(
                        phase -> phase.goal() == Goal.RUNNING && !phase.ready(spec),
                        instance -> !launchedBefore(instance, begun));
    }

    private static boolean onItsWayOut(Phase phase) {
        return !wanted(phase.goal())
                && (phase.goal() == Goal.DECOMMISSIONED || phase.condition().holdsResources());
    }

    /// By its version too: a deployment's may be some milliseconds ahead of the clock.
    static boolean launchedBefore(Instance instance, Instant begun) {
        return instance.version().isBefore(begun)
                && instance.stagedAt().filter(staged -> staged.isBefore(begun)).isPresent();
    }
}

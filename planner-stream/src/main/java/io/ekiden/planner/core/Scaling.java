package io.ekiden.planner.core;

import io.ekiden.model.App;
import io.ekiden.model.Condition;
import io.ekiden.model.Goal;
import io.ekiden.model.Instance;
import io.ekiden.model.InstanceId;
import io.ekiden.model.KillCause;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Brings the number of an app's instances to what is wanted.
final class Scaling {
    private Scaling() {}

    /// The instances that count: wanted to run, and not given up. A held one (its agent was shut
    /// down) counts too, since it will run again.
    static List<Instance> counted(Turn turn, App app) {
        return turn.image().instances(app.id()).stream()
                .filter(instance -> instance.goal() != Goal.DECOMMISSIONED)
                .filter(instance -> instance.condition() != Condition.UNREACHABLE_INACTIVE)
                .toList();
    }

    /// Schedules what is missing, ends what is too much.
    static void adjust(Turn turn, App app) {
        var counted = counted(turn, app);
        if (counted.size() < app.instances()) {
            schedule(turn, app, app.instances() - counted.size());
        } else {
            Victims.first(counted, app, counted.size() - app.instances())
                    .forEach(instance ->
                            Kills.begin(turn, instance, Goal.DECOMMISSIONED, KillCause.SCALE_DOWN));
        }
    }

    /// Makes new instances, to be placed.
    static void schedule(Turn turn, App app, int count) {
        for (int i = 0; i < count; i++) {
            turn.put(scheduled(turn, app, InstanceId.of(app.id(), turn.uuid()), 1));
        }
    }

    /// An instance that waits for its place in its `incarnation`-th life.
    static Instance scheduled(Turn turn, App app, InstanceId id, int incarnation) {
        return new Instance(
                id,
                app.id(),
                incarnation,
                app.version(),
                app.configVersion(),
                app.resources(),
                Goal.RUNNING,
                Condition.SCHEDULED,
                turn.now(),
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
    static boolean done(Turn turn, App app, Instant begun) {
        var all = turn.image().instances(app.id());
        return all.stream().noneMatch(instance -> instance.goal() == Goal.DECOMMISSIONED)
                && counted(turn, app).size() == app.instances()
                && all.stream()
                        .filter(instance -> instance.goal() == Goal.RUNNING)
                        .allMatch(
                                instance -> instance.ready(app) || launchedBefore(instance, begun));
    }

    private static boolean launchedBefore(Instance instance, Instant begun) {
        return instance.stagedAt().filter(staged -> staged.isBefore(begun)).isPresent();
    }
}

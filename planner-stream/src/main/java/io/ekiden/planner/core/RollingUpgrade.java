package io.ekiden.planner.core;

import io.ekiden.model.Condition;
import io.ekiden.model.Goal;
import io.ekiden.model.Instance;
import io.ekiden.model.KillCause;
import io.ekiden.model.RunSpec;
import java.util.List;

/// Replaces an app's outdated instances within the bounds of its upgrade strategy (Marathon's
/// `TaskReplaceActor`). It looks at what is there and takes the next steps that the bounds allow,
/// so it may be asked at any time and again.
final class RollingUpgrade {
    private RollingUpgrade() {}

    /// The bounds for one app: at least `minHealthy` ready, at most `maxCapacity` alive.
    record Bounds(int minHealthy, int maxCapacity) {
        static Bounds of(RunSpec spec) {
            int n = spec.instances();
            int min = (int) Math.ceil(n * spec.upgradeStrategy().minimumHealthCapacity());
            int max = (int) Math.floor(n * (1 + spec.upgradeStrategy().maximumOverCapacity()));
            // Where there can be none more, one may be missing, or it could never begin.
            return new Bounds(spec.resident() && min == max ? Math.max(0, min - 1) : min, max);
        }

        /// If nothing may be missing and nothing may be too much, one more is allowed once all are
        /// ready, or it could never begin.
        int capacity(int ready) {
            return minHealthy == maxCapacity && ready >= maxCapacity
                    ? maxCapacity + 1
                    : maxCapacity;
        }
    }

    /// Takes the next steps; true when only ready instances of the present configuration are left.
    ///
    /// @param goal so many instances are to be new for now: all, or the canaries
    static boolean advance(Turn turn, RunSpec spec, int goal) {
        retire(turn, spec, goal);
        launch(turn, spec, goal);
        var all = present(turn, spec);
        return all.size() == spec.instances()
                && all.stream().allMatch(i -> current(spec, i) && i.ready(spec));
    }

    /// Ends old instances as far as enough ready ones remain.
    private static void retire(Turn turn, RunSpec spec, int goal) {
        var staying = staying(turn, spec);
        var old = staying.stream().filter(instance -> !current(spec, instance)).toList();
        var fresh = staying.stream().filter(instance -> current(spec, instance)).toList();
        long readyOld = old.stream().filter(instance -> ready(turn, instance)).count();
        long readyFresh = fresh.stream().filter(instance -> instance.ready(spec)).count();
        // One that is not ready serves nobody: it goes at once and makes room.
        int due = Math.max(0, old.size() - (spec.instances() - goal));
        var unready = old.stream().filter(instance -> !ready(turn, instance)).limit(due).toList();
        unready.forEach(instance -> replace(turn, spec, instance));
        long spare =
                Math.clamp(
                        readyOld + readyFresh - Bounds.of(spec).minHealthy(),
                        0,
                        due - unready.size());
        Victims.first(
                        turn,
                        old.stream().filter(instance -> ready(turn, instance)).toList(),
                        spec,
                        (int) Math.min(spare, readyOld))
                .forEach(instance -> replace(turn, spec, instance));
        Victims.first(turn, fresh, spec, fresh.size() - spec.instances())
                .forEach(instance ->
                        Kills.begin(
                                turn, instance, Scaling.surplus(instance), KillCause.SCALE_DOWN));
    }

    /// An instance that has volumes is launched again with the new configuration; any other goes,
    /// and a new one takes its place.
    private static void replace(Turn turn, RunSpec spec, Instance old) {
        if (old.reservation().isEmpty()) {
            Kills.begin(turn, old, Goal.DECOMMISSIONED, KillCause.UPDATE);
        } else if (old.condition() == Condition.SCHEDULED) {
            turn.put(old.withVersion(spec.version(), spec.configVersion()));
        } else {
            Kills.begin(turn, old, old.goal(), KillCause.UPDATE);
        }
    }

    /// Schedules new instances as far as there is capacity. One that is still on its way out
    /// counts.
    private static void launch(Turn turn, RunSpec spec, int goal) {
        var all = present(turn, spec);
        var staying = staying(turn, spec);
        int fresh = (int) staying.stream().filter(instance -> current(spec, instance)).count();
        // What is neither new nor old any more has to be made good whatever the goal.
        int wanted = Math.max(goal, spec.instances() - (staying.size() - fresh));
        int ready = (int) all.stream().filter(instance -> ready(turn, instance)).count();
        int room = Bounds.of(spec).capacity(ready) - all.size();
        Scaling.schedule(turn, spec, Math.max(0, Math.min(wanted - fresh, room)));
    }

    private static List<Instance> staying(Turn turn, RunSpec spec) {
        return turn.image().instances(spec.id()).stream().filter(Scaling::wanted).toList();
    }

    /// All that runs, is wanted to run or is on its way out.
    static List<Instance> present(Turn turn, RunSpec spec) {
        return turn.image().instances(spec.id()).stream()
                .filter(i -> i.goal() != Goal.STOPPED || i.condition().holdsResources())
                .toList();
    }

    private static boolean ready(Turn turn, Instance instance) {
        return instance.condition() != Condition.SCHEDULED
                && turn.definition(instance).filter(instance::ready).isPresent();
    }

    /// How many of the present configuration are ready.
    static int ready(Turn turn, RunSpec spec) {
        return (int)
                turn.image().instances(spec.id()).stream()
                        .filter(instance -> current(spec, instance))
                        .filter(instance -> instance.ready(spec))
                        .count();
    }

    static boolean current(RunSpec spec, Instance instance) {
        return !instance.configVersion().isBefore(spec.configVersion());
    }
}

package io.ekiden.planner.core;

import io.ekiden.model.App;
import io.ekiden.model.Condition;
import io.ekiden.model.Goal;
import io.ekiden.model.Instance;
import io.ekiden.model.KillCause;
import java.util.List;

/// Replaces an app's outdated instances within the bounds of its upgrade strategy (Marathon's
/// `TaskReplaceActor`). It looks at what is there and takes the next steps that the bounds allow,
/// so it may be asked at any time and again.
final class RollingUpgrade {
    private RollingUpgrade() {}

    /// The bounds for one app: at least `minHealthy` ready, at most `maxCapacity` alive.
    record Bounds(int minHealthy, int maxCapacity) {
        static Bounds of(App app) {
            int n = app.instances();
            int min = (int) Math.ceil(n * app.upgradeStrategy().minimumHealthCapacity());
            int max = (int) Math.floor(n * (1 + app.upgradeStrategy().maximumOverCapacity()));
            // Where there can be none more, one may be missing, or it could never begin.
            return new Bounds(app.resident() && min == max ? Math.max(0, min - 1) : min, max);
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
    static boolean advance(Turn turn, App app) {
        retire(turn, app);
        launch(turn, app);
        var all = present(turn, app);
        return all.size() == app.instances()
                && all.stream().allMatch(i -> current(app, i) && i.ready(app));
    }

    /// Ends old instances as far as enough ready ones remain.
    private static void retire(Turn turn, App app) {
        var staying = staying(turn, app);
        var old = staying.stream().filter(instance -> !current(app, instance)).toList();
        var fresh = staying.stream().filter(instance -> current(app, instance)).toList();
        long readyOld = old.stream().filter(instance -> ready(turn, instance)).count();
        long readyFresh = fresh.stream().filter(instance -> instance.ready(app)).count();
        // One that is not ready serves nobody: it goes at once and makes room.
        old.stream()
                .filter(instance -> !ready(turn, instance))
                .forEach(instance -> replace(turn, app, instance));
        long spare = Math.max(0, readyOld + readyFresh - Bounds.of(app).minHealthy());
        Victims.first(
                        old.stream().filter(instance -> ready(turn, instance)).toList(),
                        app,
                        (int) Math.min(spare, readyOld))
                .forEach(instance -> replace(turn, app, instance));
        Victims.first(fresh, app, fresh.size() - app.instances())
                .forEach(instance ->
                        Kills.begin(
                                turn, instance, Scaling.surplus(instance), KillCause.SCALE_DOWN));
    }

    /// An instance that has volumes is launched again with the new configuration; any other goes,
    /// and a new one takes its place.
    private static void replace(Turn turn, App app, Instance old) {
        if (old.reservation().isEmpty()) {
            Kills.begin(turn, old, Goal.DECOMMISSIONED, KillCause.UPDATE);
        } else if (old.condition() == Condition.SCHEDULED) {
            turn.put(old.withVersion(app.version(), app.configVersion()));
        } else {
            Kills.begin(turn, old, old.goal(), KillCause.UPDATE);
        }
    }

    /// Schedules new instances as far as there is capacity. One that is still on its way out
    /// counts.
    private static void launch(Turn turn, App app) {
        var all = present(turn, app);
        int fresh =
                (int)
                        staying(turn, app).stream()
                                .filter(instance -> current(app, instance))
                                .count();
        int ready = (int) all.stream().filter(instance -> ready(turn, instance)).count();
        int room = Bounds.of(app).capacity(ready) - all.size();
        Scaling.schedule(turn, app, Math.max(0, Math.min(app.instances() - fresh, room)));
    }

    private static List<Instance> staying(Turn turn, App app) {
        return turn.image().instances(app.id()).stream().filter(Scaling::wanted).toList();
    }

    /// All that runs, is wanted to run or is on its way out.
    private static List<Instance> present(Turn turn, App app) {
        return turn.image().instances(app.id()).stream()
                .filter(i -> i.goal() != Goal.STOPPED || i.condition().holdsResources())
                .toList();
    }

    private static boolean ready(Turn turn, Instance instance) {
        return instance.condition() != Condition.SCHEDULED
                && turn.definition(instance).filter(instance::ready).isPresent();
    }

    static boolean current(App app, Instance instance) {
        return !instance.configVersion().isBefore(app.configVersion());
    }
}

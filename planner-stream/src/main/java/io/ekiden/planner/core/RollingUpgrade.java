package io.ekiden.planner.core;

import io.ekiden.model.Condition;
import io.ekiden.model.Goal;
import io.ekiden.model.Instance;
import io.ekiden.model.KillCause;
import io.ekiden.model.RunSpec;
import io.ekiden.state.Phase;
import java.time.Instant;

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
            boolean first = spec.resident() || !spec.externalVolumes().isEmpty();
            return new Bounds(first && min == max ? Math.max(0, min - 1) : min, max);
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
        return present(turn, spec) == spec.instances() && ready(turn, spec) == spec.instances();
    }

    /// Ends old instances as far as enough ready ones remain.
    private static void retire(Turn turn, RunSpec spec, int goal) {
        var all = turn.image().instancesOf(spec.id());
        // One that waits is launched as what the spec is now, so it is new at once.
        all.in(phase -> old(spec, phase) && phase.condition() == Condition.SCHEDULED)
                .forEach(instance -> replace(turn, spec, instance));
        int old = all.count(phase -> old(spec, phase));
        int readyOld = all.count(phase -> old(spec, phase) && ready(turn, spec, phase));
        int readyFresh = all.count(phase -> fresh(spec, phase) && phase.ready(spec));
        int surplus = all.count(phase -> fresh(spec, phase)) - spec.instances();
        // One that is not ready serves nobody: it goes at once and makes room.
        int due = Math.max(0, old - (spec.instances() - goal));
        var unready = all.in(phase -> old(spec, phase) && !ready(turn, spec, phase), due);
        int spare =
                Math.clamp(
                        readyOld + readyFresh - Bounds.of(spec).minHealthy(),
                        0,
                        due - unready.size());
        unready.forEach(instance -> replace(turn, spec, instance));
        Victims.first(
                        turn,
                        phase -> old(spec, phase) && ready(turn, spec, phase),
                        spec,
                        Math.min(spare, readyOld))
                .forEach(instance -> replace(turn, spec, instance));
        Victims.first(turn, phase -> fresh(spec, phase), spec, surplus)
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
        var all = turn.image().instancesOf(spec.id());
        int fresh = all.count(phase -> fresh(spec, phase));
        // What is neither new nor old any more has to be made good whatever the goal.
        int wanted = Math.max(goal, spec.instances() - all.count(phase -> old(spec, phase)));
        int ready = all.count(phase -> present(phase) && ready(turn, spec, phase));
        int room = Bounds.of(spec).capacity(ready) - present(turn, spec);
        Scaling.schedule(turn, spec, Math.clamp(wanted - fresh, 0, Math.max(0, room)));
    }

    private static boolean fresh(RunSpec spec, Phase phase) {
        return Scaling.wanted(phase.goal()) && current(spec, phase.configVersion());
    }

    private static boolean old(RunSpec spec, Phase phase) {
        return Scaling.wanted(phase.goal()) && !current(spec, phase.configVersion());
    }

    /// All that runs, is wanted to run or is on its way out.
    private static boolean present(Phase phase) {
        return phase.goal() != Goal.STOPPED || phase.condition().holdsResources();
    }

    static int present(Turn turn, RunSpec spec) {
        return turn.image().instancesOf(spec.id()).count(RollingUpgrade::present);
    }

    /// By the definition that it runs: it knows nothing of what the present one asks.
    static boolean ready(Turn turn, RunSpec spec, Phase phase) {
        return phase.condition() == Condition.RUNNING
                && turn.definition(spec.id(), phase.version()).filter(phase::ready).isPresent();
    }

    /// How many of the present configuration are ready.
    static int ready(Turn turn, RunSpec spec) {
        return turn.image()
                .instancesOf(spec.id())
                .count(phase -> current(spec, phase.configVersion()) && phase.ready(spec));
    }

    static boolean current(RunSpec spec, Instance instance) {
        return current(spec, instance.configVersion());
    }

    private static boolean current(RunSpec spec, Instant configVersion) {
        return !configVersion.isBefore(spec.configVersion());
    }
}

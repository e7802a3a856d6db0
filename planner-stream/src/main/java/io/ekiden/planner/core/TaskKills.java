package io.ekiden.planner.core;

import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.log.Rejection;
import io.ekiden.model.Condition;
import io.ekiden.model.Goal;
import io.ekiden.model.Instance;
import io.ekiden.model.KillCause;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Takes in users' kills of tasks. Alone, a killed task's instance is launched again; with `wipe` a
/// new instance takes its place, and its volumes are destroyed; with `scale` the app wants fewer
/// from then on, and volumes wait.
final class TaskKills {
    private TaskKills() {}

    static Fact take(Turn turn, Change.KillTasks kill, boolean force) {
        if (kill.runSpecId().filter(id -> turn.image().app(id).isEmpty()).isPresent()) {
            return new Fact.Refused(Rejection.NotFound.app(kill.runSpecId().get()));
        }
        var chosen =
                kill.tasks().stream()
                        .distinct()
                        .map(turn.image()::instanceOf)
                        .flatMap(Optional::stream)
                        .filter(instance ->
                                kill.runSpecId().isEmpty()
                                        || instance.runSpecId().equals(kill.runSpecId().get()))
                        .filter(instance -> killable(instance) || (kill.wipe() && kept(instance)))
                        .toList();
        if (kill.runSpecId().isPresent() && chosen.isEmpty()) {
            return new Fact.Refused(
                    new Rejection.NotFound(
                            "Task '%s' does not exist"
                                    .formatted(
                                            kill.tasks().isEmpty()
                                                    ? ""
                                                    : kill.tasks().getFirst())));
        }
        return kill(turn, chosen, kill.scale(), kill.wipe(), force);
    }

    static Fact take(Turn turn, Change.KillAppTasks kill, boolean force) {
        if (turn.image().app(kill.runSpecId()).isEmpty()) {
            return new Fact.Refused(Rejection.NotFound.app(kill.runSpecId()));
        }
        var chosen =
                turn.image().instances(kill.runSpecId()).stream()
                        .filter(instance -> killable(instance) || (kill.wipe() && kept(instance)))
                        .filter(instance -> onHost(instance, kill.host()))
                        .toList();
        return kill(turn, chosen, kill.scale(), kill.wipe(), force);
    }

    static boolean killable(Instance instance) {
        return instance.goal() != Goal.DECOMMISSIONED
                && (instance.placement().isPresent() || instance.reservation().isPresent());
    }

    /// Whether it would be over but for the volume that its task may still use.
    private static boolean kept(Instance instance) {
        boolean silent =
                instance.condition() == Condition.UNREACHABLE
                        || instance.condition() == Condition.UNREACHABLE_INACTIVE;
        return silent && instance.usesAlone();
    }

    /// `*` and no host at all mean every host.
    private static boolean onHost(Instance instance, Optional<String> host) {
        return host.filter(wanted -> !wanted.equals("*"))
                .map(wanted -> instance.hostname().filter(wanted::equals).isPresent())
                .orElse(true);
    }

    static Fact kill(Turn turn, List<Instance> chosen, boolean scale, boolean wipe, boolean force) {
        if (scale && wipe) {
            return new Fact.Refused(
                    new Rejection.BadRequest("You cannot use scale and wipe at the same time."));
        }
        var tasks = chosen.stream().map(Instance::taskId).toList();
        if (scale && !chosen.isEmpty()) {
            Runnable kills = () -> begin(turn, chosen, Scaling::surplus);
            return Deploying.deploy(turn, shrunk(turn, chosen), force, tasks, kills);
        }
        if (wipe) {
            chosen.forEach(instance -> Kills.wipe(turn, instance));
        } else {
            begin(turn, chosen, Instance::goal);
        }
        return new Fact.Accepted(turn.now(), Optional.empty(), tasks);
    }

    private static void begin(Turn turn, List<Instance> chosen, Function<Instance, Goal> goal) {
        chosen.forEach(
                instance -> Kills.begin(turn, instance, goal.apply(instance), KillCause.USER));
    }

    private static Target shrunk(Turn turn, List<Instance> chosen) {
        var target = new Target(turn);
        for (var id : chosen.stream().map(Instance::runSpecId).distinct().sorted().toList()) {
            long killed = chosen.stream().filter(i -> i.runSpecId().equals(id)).count();
            target.spec(id)
                    .map(spec -> spec.withInstances((int) Math.max(0, spec.instances() - killed)))
                    .ifPresent(target::put);
        }
        return target;
    }
}

package io.ekiden.planner.core;

import io.ekiden.log.Fact;
import io.ekiden.log.Rejection;
import io.ekiden.model.Deployment;
import io.ekiden.model.Former;
import io.ekiden.model.Group;
import io.ekiden.model.PathId;
import io.ekiden.model.RunSpec;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// Ends running deployments: where they are, or by another that takes back what they changed, and
/// nothing else, on top of what is now (Marathon's `DeploymentPlanReverter`).
final class Reverting {
    private Reverting() {}

    static Fact take(Turn turn, String deploymentId, boolean force) {
        var deployment = turn.image().deployment(deploymentId);
        if (deployment.isEmpty()) {
            return new Fact.Refused(
                    new Rejection.NotFound(
                            "DeploymentPlan %s does not exist".formatted(deploymentId)));
        }
        if (force) {
            Deploying.cancel(turn, deployment.get());
            return new Fact.Accepted(turn.now(), Optional.empty(), List.of());
        }
        return revert(turn, deployment.get());
    }

    static Fact revert(Turn turn, Deployment deployment) {
        return revert(turn, deployment, false, Deploying.CANCELLED);
    }

    /// A deployment has failed: it ends where it is or, if its definitions ask for it, is taken
    /// back. That deletes nothing: what is new stays. And what takes back another is not taken back
    /// itself, or two definitions that both fail would follow each other for ever.
    static void failed(Turn turn, Deployment deployment, boolean rollback, String reason) {
        boolean returns =
                turn.image().formers(deployment.version()).stream()
                        .anyMatch(former -> former.spec().isPresent());
        if (!rollback || !returns || deployment.reverts().isPresent()) {
            Deploying.cancel(turn, deployment, reason);
            return;
        }
        var answer = revert(turn, deployment, true, reason + "; what it changed is taken back");
        if (answer instanceof Fact.Refused(var why)) {
            var text = reason + "; it cannot be taken back: " + why.message();
            Deploying.cancel(turn, deployment, text);
        }
    }

    private static Fact revert(Turn turn, Deployment deployment, boolean keepsNew, String reason) {
        var target = new Target(turn);
        var formers = turn.image().formers(deployment.version());
        formers.stream()
                .filter(former -> former.spec().isPresent() || !keepsNew)
                .forEach(former -> spec(target, former));
        formers.forEach(former -> group(target, former));
        formers.stream()
                .filter(former -> former.group().isEmpty() && former.groupThen().isPresent())
                .map(Former::id)
                .sorted(Comparator.reverseOrder())
                .filter(id -> target.group(id).isPresent() && isEmpty(target, id))
                .forEach(target::removeGroup);
        return Deploying.replace(turn, target, deployment, reason);
    }

    private static void spec(Target target, Former former) {
        var now = target.spec(former.id());
        if (former.spec().isEmpty()) {
            now.ifPresent(_ -> target.remove(former.id()));
            return;
        }
        var then = former.spec().get();
        if (now.filter(spec -> restarted(then, spec)).isPresent()) {
            target.restart(then);
        } else if (!now.equals(former.spec())) {
            target.put(then);
        }
    }

    /// The deployment was a restart: some instances have the new version, some the old one.
    private static boolean restarted(RunSpec then, RunSpec now) {
        return now.sameConfig(then) && !now.configVersion().equals(then.configVersion());
    }

    private static void group(Target target, Former former) {
        if (former.group().isPresent() && former.groupThen().isEmpty()) {
            if (target.spec(former.id()).isEmpty()) {
                target.put(former.group().get());
            }
        } else if (former.group().isPresent()) {
            target.group(former.id())
                    .ifPresent(now ->
                            undo(former.group().get(), former.groupThen().orElseThrow(), now)
                                    .ifPresent(target::put));
        }
    }

    /// Dependencies that the change added go, those that it removed come back; others stay.
    private static Optional<Group> undo(Group before, Group then, Group now) {
        var dependencies = new TreeSet<>(now.dependencies());
        then.dependencies().stream()
                .filter(id -> !before.dependencies().contains(id))
                .forEach(dependencies::remove);
        before.dependencies().stream()
                .filter(id -> !then.dependencies().contains(id))
                .forEach(dependencies::add);
        var undone = now.withDependencies(dependencies);
        if (before.enforcesRole() != then.enforcesRole()) {
            undone = undone.withEnforceRole(before.enforceRole());
        }
        return undone.equals(now) ? Optional.empty() : Optional.of(undone);
    }

    private static boolean isEmpty(Target target, PathId id) {
        return target.within(id).isEmpty() && target.groupsWithin(id).size() == 1;
    }
}

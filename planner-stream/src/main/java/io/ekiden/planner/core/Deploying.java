package io.ekiden.planner.core;

import io.ekiden.log.Fact;
import io.ekiden.log.Rejection;
import io.ekiden.model.Deployment;
import io.ekiden.model.Former;
import io.ekiden.model.PathId;
import io.ekiden.model.TaskId;
import io.ekiden.planner.core.DeploymentPlanner.Edit;
import io.ekiden.planner.core.Target.GroupEdit;
import io.ekiden.planner.core.Target.Resolution;
import io.ekiden.planner.core.Target.Resolved;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// Puts changed definitions and groups in force and starts their deployment, unless another holds
/// the apps.
final class Deploying {
    static final String CANCELLED = "The upgrade has been cancelled";

    private Deploying() {}

    static Fact deploy(Turn turn, Target target, boolean force) {
        return deploy(turn, target, force, List.of(), () -> {});
    }

    /// @param tasks named in the answer
    /// @param first done when the change is admitted, before the deployment begins
    static Fact deploy(
            Turn turn, Target target, boolean force, List<TaskId> tasks, Runnable first) {
        return switch (target.resolve()) {
            case Resolution.Refused(var why) -> new Fact.Refused(why);
            case Resolution.Ok(var resolved) -> {
                var running = turn.image().deployments();
                var conflicts = DeploymentPlanner.conflicts(running, resolved.specs());
                yield admit(turn, conflicts, force)
                        .<Fact>map(Fact.Refused::new)
                        .orElseGet(() -> {
                            first.run();
                            return start(turn, resolved, conflicts, tasks, Optional.empty());
                        });
            }
        };
    }

    /// Ends a deployment, for this reason, and takes back what it changed by another.
    static Fact replace(Turn turn, Target target, Deployment reverted, String reason) {
        return switch (target.resolve()) {
            case Resolution.Refused(var why) -> new Fact.Refused(why);
            case Resolution.Ok(var resolved) -> {
                cancel(turn, reverted, reason);
                var running = turn.image().deployments();
                var ended = DeploymentPlanner.conflicts(running, resolved.specs());
                yield start(turn, resolved, ended, List.of(), Optional.of(reverted.id()));
            }
        };
    }

    static void cancel(Turn turn, Deployment deployment) {
        cancel(turn, deployment, CANCELLED);
    }

    static void cancel(Turn turn, Deployment deployment, String reason) {
        turn.add(new Fact.DeploymentCancelled(deployment, reason));
        deployment.affected().forEach(turn::touch);
    }

    /// Puts groups in force that need no deployment.
    static Fact record(Turn turn, Target target) {
        return switch (target.resolve()) {
            case Resolution.Refused(var why) -> new Fact.Refused(why);
            case Resolution.Ok(var resolved) ->
                    new Fact.Accepted(put(turn, resolved), Optional.empty(), List.of());
        };
    }

    private static Optional<Rejection> admit(Turn turn, List<Deployment> conflicts, boolean force) {
        if (!conflicts.isEmpty() && !force) {
            return Optional.of(
                    new Rejection.Locked(conflicts.stream().map(Deployment::id).toList()));
        }
        return turn.image().deployments().size() - conflicts.size() >= Deployment.MAX_RUNNING
                ? Optional.of(new Rejection.TooManyDeployments())
                : Optional.empty();
    }

    private static Fact start(
            Turn turn,
            Resolved resolved,
            List<Deployment> ended,
            List<TaskId> tasks,
            Optional<String> reverts) {
        ended.forEach(deployment -> cancel(turn, deployment));
        var version = put(turn, resolved);
        var deployment = Deployment.of(turn.uuid(), version, resolved.steps(), reverts);
        if (reverts.isPresent() && turn.version().takesBackAtOnce()) {
            // Whoever goes back knows what he goes back to: it waits for no further word.
            deployment = deployment.withCanaries(Deployment.Canaries.PROMOTED);
        }
        DeploymentStepper.start(turn, deployment);
        return new Fact.Accepted(version, Optional.of(deployment.id()), tasks);
    }

    /// Returns the version that the root has then: a new one, unless nothing differs.
    private static Instant put(Turn turn, Resolved resolved) {
        if (resolved.specs().isEmpty() && resolved.groups().isEmpty()) {
            return turn.image().rootVersion().orElse(turn.now());
        }
        keepFormers(turn, resolved);
        resolved.groups().forEach((id, edit) -> put(turn, id, edit));
        resolved.specs().forEach((id, edit) -> put(turn, id, edit));
        forgetOldest(turn);
        return resolved.version();
    }

    private static void keepFormers(Turn turn, Resolved resolved) {
        var touched = new TreeSet<>(resolved.specs().keySet());
        touched.addAll(resolved.groups().keySet());
        for (var id : touched) {
            var then =
                    Optional.ofNullable(resolved.groups().get(id))
                            .map(GroupEdit::to)
                            .orElseGet(() -> turn.image().group(id));
            var former =
                    new Former(
                            resolved.version(),
                            id,
                            turn.image().runSpec(id),
                            turn.image().group(id),
                            then);
            turn.add(new Fact.FormerKept(former));
        }
    }

    /// Those that running deployments need to be taken back are kept longer.
    private static void forgetOldest(Turn turn) {
        var versions = turn.image().formerVersions();
        var needed = new TreeSet<Instant>();
        turn.image().deployments().forEach(running -> needed.add(running.version()));
        versions.stream()
                .limit(Math.max(0, versions.size() - Former.VERSIONS_KEPT))
                .filter(version -> !needed.contains(version))
                .forEach(version ->
                        turn.add(
                                new Fact.FormersForgotten(
                                        version,
                                        turn.image().formers(version).stream()
                                                .map(Former::id)
                                                .toList())));
    }

    private static void put(Turn turn, PathId id, GroupEdit edit) {
        edit.to()
                .ifPresentOrElse(
                        group -> turn.add(new Fact.GroupPut(group)),
                        () -> turn.add(new Fact.GroupGone(id)));
    }

    private static void put(Turn turn, PathId id, Edit edit) {
        edit.to()
                .ifPresentOrElse(
                        spec -> {
                            turn.add(new Fact.RunSpecPut(spec));
                            Versions.keep(turn, spec);
                            if (edit.from()
                                    .filter(from ->
                                            !from.configVersion().equals(spec.configVersion()))
                                    .isPresent()) {
                                Backoff.reset(turn, id);
                            }
                        },
                        () -> turn.add(new Fact.RunSpecGone(edit.kind(), id)));
        turn.touch(id);
    }
}

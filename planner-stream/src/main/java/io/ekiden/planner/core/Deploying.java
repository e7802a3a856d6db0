package io.ekiden.planner.core;

import io.ekiden.log.Fact;
import io.ekiden.log.Rejection;
import io.ekiden.model.Deployment;
import io.ekiden.model.PathId;
import io.ekiden.model.TaskId;
import io.ekiden.planner.core.DeploymentPlanner.Edit;
import java.time.Instant;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;

/// Puts edited definitions in force and starts their deployment, unless another holds the apps.
final class Deploying {
    private Deploying() {}

    static Fact deploy(Turn turn, NavigableMap<PathId, Edit> edits, boolean force) {
        return deploy(turn, edits, force, List.of(), () -> {});
    }

    /// @param tasks named in the answer
    /// @param first done when the change is admitted, before the deployment begins
    static Fact deploy(
            Turn turn,
            NavigableMap<PathId, Edit> edits,
            boolean force,
            List<TaskId> tasks,
            Runnable first) {
        var running = turn.image().deployments();
        var conflicts = DeploymentPlanner.conflicts(running, edits);
        if (!conflicts.isEmpty() && !force) {
            return new Fact.Refused(
                    new Rejection.Locked(conflicts.stream().map(Deployment::id).toList()));
        }
        if (running.size() - conflicts.size() >= Deployment.MAX_RUNNING) {
            return new Fact.Refused(new Rejection.TooManyDeployments());
        }
        conflicts.forEach(conflict ->
                turn.add(new Fact.DeploymentCancelled(conflict, "The upgrade has been cancelled")));
        first.run();
        edits.forEach((id, edit) -> put(turn, id, edit));
        var version = version(turn, edits);
        var deployment = new Deployment(turn.uuid(), version, DeploymentPlanner.steps(edits), 0);
        DeploymentStepper.start(turn, deployment);
        return new Fact.Accepted(version, Optional.of(deployment.id()), tasks);
    }

    private static void put(Turn turn, PathId id, Edit edit) {
        edit.to()
                .ifPresentOrElse(
                        app -> {
                            turn.add(new Fact.RunSpecPut(app));
                            Versions.keep(turn, app);
                            if (edit.from()
                                    .filter(from ->
                                            !from.configVersion().equals(app.configVersion()))
                                    .isPresent()) {
                                Backoff.reset(turn, id);
                            }
                        },
                        () -> turn.add(new Fact.RunSpecGone(edit.kind(), id)));
        turn.touch(id);
    }

    private static Instant version(Turn turn, NavigableMap<PathId, Edit> edits) {
        return edits.values().stream()
                .flatMap(edit -> edit.to().stream())
                .map(app -> app.version())
                .max(Instant::compareTo)
                .orElse(turn.now());
    }
}

package io.ekiden.planner.core;

import io.ekiden.log.Fact;
import io.ekiden.model.Deployment;
import io.ekiden.model.Deployment.Canaries;
import io.ekiden.model.Deployment.Progress;
import io.ekiden.model.RunSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Watches whether a deployment gets on: when a definition has a progress deadline, each further
/// instance that is ready gives it time anew, and one that stands still for longer has failed. What
/// it has done by then stays. While it is paused or waits to be promoted, no time passes.
final class DeploymentProgress {
    private DeploymentProgress() {}

    static void note(Turn turn, Deployment deployment) {
        var specs = current(turn, deployment);
        var patience = patience(specs).filter(_ -> deployment.canaries() != Canaries.WAITING);
        var before = deployment.progress();
        if (patience.isEmpty() && before.isEmpty()) {
            return;
        }
        int ready = specs.stream().mapToInt(spec -> RollingUpgrade.ready(turn, spec)).sum();
        if (patience.isPresent() && before.filter(was -> was.ready() == ready).isPresent()) {
            return;
        }
        var now = patience.map(time -> new Progress(ready, turn.now().plus(time)));
        if (!now.equals(before)) {
            turn.add(new Fact.DeploymentPut(deployment.withProgress(now)));
        }
    }

    static void due(Turn turn, Deployment deployment) {
        var patience = patience(current(turn, deployment)).orElse(Duration.ZERO);
        turn.add(
                new Fact.DeploymentCancelled(
                        deployment,
                        "No further instance was ready within %d seconds"
                                .formatted(patience.toSeconds())));
        deployment.affected().forEach(turn::touch);
    }

    private static List<RunSpec> current(Turn turn, Deployment deployment) {
        return deployment.current().stream()
                .flatMap(step -> step.actions().stream())
                .filter(action ->
                        action.kind() == Deployment.Kind.SCALE
                                || action.kind() == Deployment.Kind.RESTART)
                .flatMap(action -> turn.image().runSpec(action.runSpecId()).stream())
                .toList();
    }

    /// The shortest that any of them asks for.
    private static Optional<Duration> patience(List<RunSpec> specs) {
        return specs.stream()
                .flatMap(spec -> spec.upgradeStrategy().progressDeadline().stream())
                .min(Duration::compareTo);
    }
}

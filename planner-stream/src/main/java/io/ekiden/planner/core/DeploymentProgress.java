package io.ekiden.planner.core;

import io.ekiden.log.Fact;
import io.ekiden.model.Condition;
import io.ekiden.model.Deployment;
import io.ekiden.model.Deployment.Canaries;
import io.ekiden.model.Deployment.Progress;
import io.ekiden.model.Instance;
import io.ekiden.model.KillCause;
import io.ekiden.model.RunSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Watches whether a deployment gets on: when a definition has a progress deadline, each further
/// instance that is ready gives it time anew, and one that stands still for longer has failed.
/// While it is paused or waits to be promoted, no time passes. And when a definition limits the
/// launches that may fail, each of them counts.
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
        var specs = current(turn, deployment);
        var patience = patience(specs).orElse(Duration.ZERO);
        boolean rollback =
                specs.stream()
                        .map(RunSpec::upgradeStrategy)
                        .anyMatch(s -> s.progressDeadline().isPresent() && s.rollsBack());
        Reverting.failed(
                turn,
                deployment,
                rollback,
                "No further instance was ready within %d seconds".formatted(patience.toSeconds()));
    }

    /// A task has ended; `instance` is how it was before. What it means for the app's next launch
    /// has been decided.
    static void ended(Turn turn, Instance instance, Condition how) {
        var spec = turn.image().runSpec(instance.runSpecId());
        if (spec.isPresent()
                && spec.get().upgradeStrategy().maxLaunchFailures().isPresent()
                && launchFailed(spec.get(), instance, how)) {
            turn.image().deploymentsOf(spec.get().id()).stream()
                    .filter(deployment -> !deployment.paused())
                    .filter(deployment -> current(turn, deployment).contains(spec.get()))
                    .filter(deployment -> !Scaling.launchedBefore(instance, deployment.version()))
                    .forEach(deployment -> count(turn, deployment, spec.get()));
        }
    }

    /// Whether a task of the present configuration ended without an order, or for being late or
    /// ill, before its checks had found it well. One without checks is never known to be well. That
    /// its agent has lost it says nothing of it.
    private static boolean launchFailed(RunSpec spec, Instance instance, Condition how) {
        boolean failed =
                instance.stopping()
                        .map(Instance.Stopping::cause)
                        .map(cause ->
                                cause == KillCause.UNHEALTHY || cause == KillCause.LAUNCH_TIMEOUT)
                        .orElse(how != Condition.KILLED && how != Condition.GONE);
        boolean checked = spec.healthChecked() || spec.readinessChecked();
        return failed
                && RollingUpgrade.current(spec, instance)
                && !(checked && instance.wasReady(spec));
    }

    private static void count(Turn turn, Deployment deployment, RunSpec spec) {
        int allowed = spec.upgradeStrategy().maxLaunchFailures().orElseThrow();
        var now = deployment.withLaunchFailure(spec.id());
        int failures = now.launchFailures(spec.id());
        turn.add(new Fact.DeploymentPut(now));
        if (failures > allowed) {
            Reverting.failed(
                    turn,
                    now,
                    spec.upgradeStrategy().rollsBack(),
                    "%d launches of %s have failed, %d may"
                            .formatted(failures, spec.id(), allowed));
        }
    }

    private static List<RunSpec> current(Turn turn, Deployment deployment) {
        // Asked for every report of a task that a deployment waits for: a loop is much cheaper.
        var specs = new ArrayList<RunSpec>();
        for (var action : deployment.current().map(Deployment.Step::actions).orElse(List.of())) {
            if (action.kind() == Deployment.Kind.SCALE
                    || action.kind() == Deployment.Kind.RESTART) {
                turn.image().runSpec(action.runSpecId()).ifPresent(specs::add);
            }
        }
        return specs;
    }

    /// The shortest that any of them asks for.
    private static Optional<Duration> patience(List<RunSpec> specs) {
        Optional<Duration> shortest = Optional.empty();
        for (var spec : specs) {
            var asked = spec.upgradeStrategy().progressDeadline();
            boolean shorter =
                    asked.isPresent()
                            && shortest.filter(so -> so.compareTo(asked.get()) <= 0).isEmpty();
            shortest = shorter ? asked : shortest;
        }
        return shortest;
    }
}

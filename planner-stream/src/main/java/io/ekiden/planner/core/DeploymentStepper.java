package io.ekiden.planner.core;

import io.ekiden.log.Fact;
import io.ekiden.model.Deployment;
import io.ekiden.model.Deployment.Action;
import io.ekiden.model.Deployment.Canaries;
import io.ekiden.model.Goal;
import io.ekiden.model.KillCause;
import io.ekiden.model.PathId;
import io.ekiden.model.RunSpec;

/// Moves running deployments on. Each action looks at what is there and takes the next step that is
/// allowed, so nothing depends on which event came when; when all actions of a step have succeeded,
/// the next step begins.
final class DeploymentStepper {
    private DeploymentStepper() {}

    static void advance(Turn turn, Deployment deployment) {
        if (deployment.paused()) {
            return;
        }
        var now = deployment;
        while (now.current().isPresent() && stepDone(turn, now)) {
            now = now.next();
            turn.add(
                    now.current().isPresent()
                            ? new Fact.DeploymentAdvanced(now)
                            : new Fact.DeploymentFinished(now));
            now.affected().forEach(turn::touch);
        }
        if (now.current().isPresent()) {
            DeploymentProgress.note(turn, canaries(turn, now));
        }
    }

    /// Whether it waits for a word about its canaries.
    private static Deployment canaries(Turn turn, Deployment deployment) {
        boolean waits =
                deployment.current().orElseThrow().actions().stream()
                        .filter(action -> action.kind() == Deployment.Kind.RESTART)
                        .flatMap(action -> turn.image().runSpec(action.runSpecId()).stream())
                        .filter(spec -> goal(spec, deployment) < spec.instances())
                        .anyMatch(
                                spec -> RollingUpgrade.ready(turn, spec) >= goal(spec, deployment));
        var state =
                switch (deployment.canaries()) {
                    case PROMOTED -> Canaries.PROMOTED;
                    case PENDING, WAITING -> waits ? Canaries.WAITING : Canaries.PENDING;
                };
        if (state == deployment.canaries()) {
            return deployment;
        }
        var now = deployment.withCanaries(state);
        turn.add(new Fact.DeploymentPut(now));
        return now;
    }

    /// How many instances are to be new for now.
    private static int goal(RunSpec spec, Deployment deployment) {
        return spec.upgradeStrategy()
                .canary()
                .filter(_ -> deployment.canaries() != Canaries.PROMOTED)
                .map(canaries -> Math.min(canaries, spec.instances()))
                .orElse(spec.instances());
    }

    /// A deployment without steps ends at once.
    static void start(Turn turn, Deployment deployment) {
        turn.add(new Fact.DeploymentStarted(deployment));
        if (deployment.current().isEmpty()) {
            turn.add(new Fact.DeploymentFinished(deployment));
        }
        deployment.affected().forEach(turn::touch);
    }

    private static boolean stepDone(Turn turn, Deployment deployment) {
        boolean done = true;
        for (var action : deployment.current().orElseThrow().actions()) {
            done &= actionDone(turn, deployment, action);
        }
        return done;
    }

    private static boolean actionDone(Turn turn, Deployment deployment, Action action) {
        return switch (action.kind()) {
            case START -> true;
            case STOP -> stopped(turn, action.runSpecId());
            case SCALE ->
                    turn.image()
                            .runSpec(action.runSpecId())
                            .map(app -> scaled(turn, app, deployment))
                            .orElse(true);
            case RESTART ->
                    turn.image()
                            .runSpec(action.runSpecId())
                            .map(app -> RollingUpgrade.advance(turn, app, goal(app, deployment)))
                            .orElse(true);
        };
    }

    private static boolean scaled(Turn turn, RunSpec app, Deployment deployment) {
        Scaling.adjust(turn, app);
        return Scaling.done(turn, app, deployment.version());
    }

    /// Ends all instances of what is defined no more; once they are gone, forgets the rest of it
    /// and returns true.
    static boolean stopped(Turn turn, PathId app) {
        turn.image()
                .instancesOf(app)
                .in(phase -> phase.goal() != Goal.DECOMMISSIONED)
                .forEach(instance ->
                        Kills.begin(turn, instance, Goal.DECOMMISSIONED, KillCause.DELETE));
        if (turn.image().instancesOf(app).size() > 0) {
            return false;
        }
        forget(turn, app);
        return true;
    }

    private static void forget(Turn turn, PathId app) {
        turn.image()
                .versions(app)
                .forEach(kept -> turn.add(new Fact.VersionForgotten(app, kept.spec().version())));
        turn.image().delay(app).ifPresent(_ -> turn.add(new Fact.DelayGone(app)));
        turn.image().queueItem(app).ifPresent(_ -> turn.add(new Fact.QueueGone(app)));
        EndedTasks.forget(turn, app);
        turn.image().lastFailure(app).ifPresent(_ -> turn.add(new Fact.FailureGone(app)));
    }

    /// Whether a running deployment's present step is replacing this app's instances.
    static boolean restarting(Turn turn, PathId app) {
        return turn.image().deploymentsOf(app).stream()
                .flatMap(deployment -> deployment.current().stream())
                .flatMap(step -> step.actions().stream())
                .anyMatch(action ->
                        action.kind() == Deployment.Kind.RESTART && action.runSpecId().equals(app));
    }
}

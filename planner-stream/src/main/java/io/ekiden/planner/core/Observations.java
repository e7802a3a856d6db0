package io.ekiden.planner.core;

import io.ekiden.log.AgentReport;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.log.Fact;
import io.ekiden.model.Agent;
import io.ekiden.model.Condition;
import io.ekiden.model.Goal;
import io.ekiden.model.Instance;
import io.ekiden.model.KillCause;
import io.ekiden.model.RunSpec;
import io.ekiden.model.TaskFailure;
import java.util.Optional;

/// Takes in what agents and proxies say of tasks. A report of another epoch, of another agent than
/// the task's, or of a task that is not an instance's present one, is without effect; the end of a
/// task of an unknown instance is told.
final class Observations {
    private Observations() {}

    static void status(Turn turn, AgentReport.TaskStatus status) {
        var agent = known(turn, status);
        if (turn.image().instance(status.taskId().instanceId()).isEmpty()) {
            agent.flatMap(_ -> end(status.state()))
                    .ifPresent(how -> turn.add(new Fact.UnknownEnded(status.taskId(), how)));
            return;
        }
        agent.flatMap(from -> on(turn.image().instanceOf(status.taskId()), from))
                .map(instance -> reached(instance, status.address()))
                .ifPresent(instance -> observed(turn, instance, status.state(), status.message()));
    }

    /// How a task in this state has ended, if it has.
    private static Optional<Condition> end(TaskState state) {
        return switch (state) {
            case STAGING, STARTING, RUNNING -> Optional.empty();
            case FINISHED -> Optional.of(Condition.FINISHED);
            case FAILED -> Optional.of(Condition.FAILED);
            case KILLED -> Optional.of(Condition.KILLED);
            case ERROR -> Optional.of(Condition.ERROR);
            case GONE -> Optional.of(Condition.GONE);
        };
    }

    static void health(Turn turn, AgentReport.HealthChanged health) {
        known(turn, health)
                .flatMap(agent -> on(turn.image().instanceOf(health.taskId()), agent))
                .ifPresent(instance -> healthOf(turn, instance, health));
    }

    /// One that was ready stays so: an agent that lost its memory may ask again.
    static void readiness(Turn turn, AgentReport.ReadinessChanged report) {
        var readiness = new Instance.Readiness(report.ready(), report.lastResponse());
        known(turn, report)
                .flatMap(agent -> on(turn.image().instanceOf(report.taskId()), agent))
                .filter(instance -> !instance.saidReady())
                .filter(instance -> !instance.readiness().equals(Optional.of(readiness)))
                .ifPresent(instance -> turn.putReadiness(instance.withReadiness(readiness)));
    }

    /// Only told: nothing depends on it.
    static void check(Turn turn, AgentReport.CheckChanged report) {
        var part = report.taskId().part();
        known(turn, report)
                .flatMap(agent -> on(turn.image().instanceOf(report.taskId().unit()), agent))
                .filter(instance -> !instance.check(part).equals(report.result()))
                .map(instance -> instance.withCheck(part, report.result()))
                .ifPresent(instance -> turn.add(new Fact.CheckPut(instance)));
    }

    private static Optional<Agent> known(Turn turn, AgentReport.OfEpoch report) {
        return turn.image()
                .agent(report.memberId())
                .filter(agent -> agent.epoch() == report.epoch());
    }

    static Optional<Instance> on(Optional<Instance> instance, Agent agent) {
        return instance.filter(i -> i.condition().holdsResources())
                .filter(i ->
                        i.placement().filter(at -> at.agentId().equals(agent.id())).isPresent());
    }

    /// Where the agent says of a task at which address of its own it is reached.
    static Instance reached(Instance instance, Optional<String> address) {
        return address.map(instance::withOwnIp).orElse(instance);
    }

    /// A task of this instance is in this state, says its agent.
    static void observed(Turn turn, Instance instance, TaskState state, String message) {
        switch (state) {
            case STAGING -> moved(turn, instance, Condition.STAGING, message);
            case STARTING -> moved(turn, instance, Condition.STARTING, message);
            case RUNNING -> moved(turn, instance, Condition.RUNNING, message);
            case FINISHED -> ended(turn, instance, Condition.FINISHED, message);
            case FAILED -> ended(turn, instance, Condition.FAILED, message);
            case KILLED -> ended(turn, instance, Condition.KILLED, message);
            case ERROR -> ended(turn, instance, Condition.ERROR, message);
            case GONE -> ended(turn, instance, Condition.GONE, message);
        }
    }

    private static void moved(Turn turn, Instance instance, Condition to, String message) {
        boolean back =
                instance.condition() == Condition.UNREACHABLE
                        || instance.condition() == Condition.UNREACHABLE_INACTIVE;
        boolean forward =
                instance.condition().compareTo(to) < 0
                        && instance.condition().compareTo(Condition.STARTING) <= 0;
        if (!back && !forward) {
            return;
        }
        var now = instance.withCondition(to, turn.now());
        if (back) {
            var patience =
                    now.stopping().isPresent()
                            ? turn.settings().drainTimeout()
                            : turn.settings().launchTimeout();
            now = now.withDeadline(Optional.of(turn.now().plus(patience)));
        }
        if (to == Condition.RUNNING) {
            now = instance.startedAt().isPresent() ? now : now.withStartedAt(turn.now());
            now = now.stopping().isPresent() ? now : now.withDeadline(Optional.empty());
        }
        turn.put(now, message);
        if (back && !Scaling.wanted(now) && now.stopping().isEmpty()) {
            // It was given up while nobody could tell its agent.
            Kills.begin(turn, now, now.goal(), KillCause.SCALE_DOWN);
        }
        turn.image()
                .runSpec(instance.runSpecId())
                .ifPresent(spec -> Backoff.progressed(turn, spec));
    }

    /// A task has ended, by order or by itself: its instance is gone, held, or to be launched
    /// again.
    static void ended(Turn turn, Instance instance, Condition how, String message) {
        conclude(turn, instance, how, message);
        DeploymentProgress.ended(turn, instance, how);
    }

    private static void conclude(Turn turn, Instance instance, Condition how, String message) {
        noteFailure(turn, instance, how, message);
        var spec = turn.image().runSpec(instance.runSpecId());
        boolean ownEnd = instance.stopping().isEmpty() && how != Condition.KILLED;
        if (ownEnd) {
            spec.ifPresent(a -> Backoff.failed(turn, a));
        }
        EndedTasks.keep(turn, instance, how, message);
        boolean replacedByUpdate =
                instance.reservation().isEmpty()
                        && spec.filter(a -> !RollingUpgrade.current(a, instance)).isPresent()
                        && DeploymentStepper.restarting(turn, instance.runSpecId());
        if (spec.isEmpty() || instance.goal() == Goal.DECOMMISSIONED || replacedByUpdate) {
            turn.end(instance, how, message);
            return;
        }
        // What ended is said first; then the same instance waits for its next life.
        var ended =
                instance.withCondition(how, turn.now())
                        .withStopping(Optional.empty())
                        .withDeadline(Optional.empty());
        turn.put(ended, message);
        var next = Scaling.relaunched(turn, spec.get(), instance);
        // A held one waits for the agent that it ran on.
        turn.put(instance.goal() == Goal.HELD ? next.withPlacement(instance.placement()) : next);
    }

    private static void noteFailure(Turn turn, Instance instance, Condition how, String message) {
        boolean failure =
                how == Condition.FAILED || how == Condition.ERROR || how == Condition.GONE;
        if (failure && instance.stopping().isEmpty()) {
            failure(turn, instance, how.taskState(), message);
        }
    }

    private static void failure(Turn turn, Instance instance, String state, String message) {
        if (turn.image().runSpec(instance.runSpecId()).isPresent()) {
            turn.add(
                    new Fact.FailurePut(
                            new TaskFailure(
                                    instance.runSpecId(),
                                    instance.taskId(),
                                    state,
                                    message,
                                    instance.placement().map(Instance.Placement::hostname),
                                    instance.placement().map(Instance.Placement::agentId),
                                    instance.version(),
                                    turn.now())));
        }
    }

    private static void healthOf(Turn turn, Instance instance, AgentReport.HealthChanged health) {
        var now = instance.withHealth(Optional.of(health.alive()), health.results());
        turn.putHealth(now);
        if (health.exhausted() && instance.stopping().isEmpty()) {
            var reason =
                    health.results().stream()
                            .flatMap(result -> result.lastFailureCause().stream())
                            .findFirst()
                            .orElse("");
            failure(
                    turn,
                    instance,
                    Condition.KILLED.taskState(),
                    "Task was killed since health check failed. Reason: " + reason);
            Kills.begin(turn, now, instance.goal(), KillCause.UNHEALTHY);
        }
    }

    /// The definition that a task was launched with, for its agent.
    static RunSpec definition(Turn turn, Instance instance) {
        return turn.definition(instance)
                .orElseThrow(() -> new IllegalStateException("no definition of " + instance.id()));
    }
}

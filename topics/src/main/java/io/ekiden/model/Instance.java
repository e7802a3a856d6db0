package io.ekiden.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/// One of an app's instances. Its id outlives its tasks: each relaunch is the next `incarnation`.
///
/// @param version the app's version when this incarnation was scheduled
/// @param configVersion the configuration it runs; older than the app's, it is outdated
/// @param resources what it holds on its agent
/// @param since when the condition last changed
/// @param placement where it runs; absent while scheduled
/// @param healthy absent while no result has come in or the app has no health checks
/// @param healthResults the agent's last word on each health check, in their order
/// @param stopping set from the decision to end the task until it has ended
/// @param deadline when the planner looks again: launch and kill time-outs, drain, unreachable
public record Instance(
        InstanceId id,
        PathId appId,
        int incarnation,
        Instant version,
        Instant configVersion,
        Resources resources,
        Goal goal,
        Condition condition,
        Instant since,
        Optional<Placement> placement,
        Optional<Instant> stagedAt,
        Optional<Instant> startedAt,
        Optional<Boolean> healthy,
        List<HealthResult> healthResults,
        Optional<Stopping> stopping,
        Optional<Instant> deadline)
        implements Entity {

    /// Where a task was put.
    ///
    /// @param ip of the agent, at which the task is reached
    /// @param hostPorts one for each port definition, in their order
    /// @param launchSequence of the journal entry that ordered the launch
    public record Placement(
            String agentId,
            String hostname,
            String ip,
            List<Integer> hostPorts,
            long launchSequence) {
        public Placement {
            hostPorts = List.copyOf(hostPorts);
        }
    }

    /// The agent's view of one health check.
    public record HealthResult(
            boolean alive,
            int consecutiveFailures,
            Optional<Instant> firstSuccess,
            Optional<Instant> lastSuccess,
            Optional<Instant> lastFailure,
            Optional<String> lastFailureCause) {}

    /// An end that was decided: first the proxies drain, then the kill is ordered.
    ///
    /// @param draining proxies that have not yet reported that nothing is in flight
    /// @param attempts kills ordered so far; 0 while draining
    public record Stopping(
            KillCause cause, Instant since, SortedSet<String> draining, int attempts) {
        public Stopping {
            draining = Sorted.copyOf(draining);
        }
    }

    public Instance {
        healthResults = List.copyOf(healthResults);
    }

    public static String prefix(PathId app) {
        return "instance/" + app.flat() + ".instance-";
    }

    public static String key(InstanceId id) {
        return "instance/" + id;
    }

    @Override
    public String key() {
        return key(id);
    }

    @Override
    public Optional<Instant> due() {
        return deadline;
    }

    public TaskId taskId() {
        return id.task(incarnation);
    }

    /// Running, meant to go on, and healthy as far as the app asks for it.
    public boolean ready(App app) {
        return condition == Condition.RUNNING
                && stopping.isEmpty()
                && (app.healthChecks().isEmpty() || healthy.orElse(false));
    }

    public Instance withCondition(Condition condition, Instant now) {
        return new Instance(
                id,
                appId,
                incarnation,
                version,
                configVersion,
                resources,
                goal,
                condition,
                condition == this.condition ? since : now,
                placement,
                stagedAt,
                startedAt,
                healthy,
                healthResults,
                stopping,
                deadline);
    }

    public Instance withGoal(Goal goal) {
        return new Instance(
                id,
                appId,
                incarnation,
                version,
                configVersion,
                resources,
                goal,
                condition,
                since,
                placement,
                stagedAt,
                startedAt,
                healthy,
                healthResults,
                stopping,
                deadline);
    }

    public Instance withStartedAt(Instant time) {
        return new Instance(
                id,
                appId,
                incarnation,
                version,
                configVersion,
                resources,
                goal,
                condition,
                since,
                placement,
                stagedAt,
                Optional.of(time),
                healthy,
                healthResults,
                stopping,
                deadline);
    }

    public Instance withHealth(Optional<Boolean> healthy, List<HealthResult> results) {
        return new Instance(
                id,
                appId,
                incarnation,
                version,
                configVersion,
                resources,
                goal,
                condition,
                since,
                placement,
                stagedAt,
                startedAt,
                healthy,
                results,
                stopping,
                deadline);
    }

    public Instance withStopping(Stopping stopping) {
        return new Instance(
                id,
                appId,
                incarnation,
                version,
                configVersion,
                resources,
                goal,
                condition,
                since,
                placement,
                stagedAt,
                startedAt,
                healthy,
                healthResults,
                Optional.of(stopping),
                deadline);
    }

    public Instance withDeadline(Optional<Instant> deadline) {
        return new Instance(
                id,
                appId,
                incarnation,
                version,
                configVersion,
                resources,
                goal,
                condition,
                since,
                placement,
                stagedAt,
                startedAt,
                healthy,
                healthResults,
                stopping,
                deadline);
    }
}

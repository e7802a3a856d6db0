package io.ekiden.model;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Consumer;

/// One of an app's instances. Its id outlives its tasks: each relaunch is the next `incarnation`.
///
/// @param version the app's version when this incarnation was scheduled
/// @param configVersion the configuration it runs; older than the app's, it is outdated
/// @param resources what it holds on its agent
/// @param since when the condition last changed
/// @param placement where it runs; absent while scheduled
/// @param reservation what is kept for it on an agent, whether it runs or not
/// @param healthy absent while no result has come in or the app has no health checks
/// @param healthResults the agent's last word on each health check, in their order
/// @param readiness absent while no answer has come in or the app has no readiness check
/// @param checks what the generic checks have found, by the names of their containers
///   ([TaskId#part]); absent while none has a result
/// @param stopping set from the decision to end the task until it has ended
/// @param deadline when the planner looks again: launch and kill time-outs, drain, unreachable
public record Instance(
        InstanceId id,
        PathId runSpecId,
        int incarnation,
        Instant version,
        Instant configVersion,
        Resources resources,
        Goal goal,
        Condition condition,
        Instant since,
        Optional<Placement> placement,
        Optional<Reservation> reservation,
        Optional<Instant> stagedAt,
        Optional<Instant> startedAt,
        Optional<Boolean> healthy,
        List<HealthResult> healthResults,
        Optional<Readiness> readiness,
        Optional<SortedMap<String, CheckResult>> checks,
        Optional<Stopping> stopping,
        Optional<Instant> deadline)
        implements Entity {
    public static final String PREFIX = "instance/";

    /// Where a task was put.
    ///
    /// @param ip of the agent, at which the task's host ports are reached
    /// @param hostPorts one for each port definition, in their order; [PortDefinition#NO_HOST_PORT]
    ///   where it takes none
    /// @param launchSequence of the journal entry that ordered the launch
    /// @param own there on a container network only
    /// @param external volumes that the task uses; absent when there is none
    public record Placement(
            String agentId,
            String hostname,
            String ip,
            List<Integer> hostPorts,
            long launchSequence,
            Optional<OwnAddress> own,
            Optional<List<UsedVolume>> external) {
        public Placement {
            hostPorts = List.copyOf(hostPorts);
            external = external.filter(some -> !some.isEmpty()).map(List::copyOf);
        }

        /// Those of its agent's ports that it takes.
        public List<Integer> heldPorts() {
            return PortDefinition.held(hostPorts);
        }

        /// Where the task is reached at the ports on which it listens itself: at its own address if
        /// it is to have one, else at its agent's.
        public Optional<String> taskIp() {
            return own.isPresent() ? own.get().ip() : Optional.of(ip);
        }

        Placement withOwnIp(String ownIp) {
            return new Placement(
                    agentId,
                    hostname,
                    ip,
                    hostPorts,
                    launchSequence,
                    own.map(address -> new OwnAddress(address.network(), Optional.of(ownIp))),
                    external);
        }
    }

    /// An external volume, as the definition has it with which the task was launched.
    ///
    /// @param shared whether other tasks may have it too
    public record UsedVolume(String name, boolean shared) {}

    /// A task's address on a container network.
    ///
    /// @param network its name
    /// @param ip absent until its agent has told it
    public record OwnAddress(String network, Optional<String> ip) {}

    /// An instance of a resident app has its volumes, and holds its resources, on one agent from
    /// its first launch on.
    public record Reservation(String agentId, String hostname, List<LocalVolume> volumes) {
        public Reservation {
            volumes = List.copyOf(volumes);
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

    /// What a readiness check has found. A task that was ready once is ready until it ends.
    ///
    /// @param lastResponse only when the check preserves it
    public record Readiness(boolean ready, Optional<ReadinessResponse> lastResponse) {}

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
        checks = checks.filter(found -> !found.isEmpty()).map(found -> Sorted.copyOf(found));
    }

    public static String prefix(PathId app) {
        return PREFIX + app.flat() + ".instance-";
    }

    public static String key(InstanceId id) {
        return PREFIX + id;
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

    /// Running, meant to go on, and healthy and ready as far as the definition asks for it.
    public boolean ready(RunSpec spec) {
        return condition == Condition.RUNNING
                && stopping.isEmpty()
                && (!spec.healthChecked() || healthy.orElse(false))
                && (!spec.readinessChecked() || saidReady());
    }

    /// Whether its checks, as far as the definition has any, found it well once.
    public boolean wasReady(RunSpec spec) {
        boolean wasHealthy =
                healthy.orElse(false)
                        || (!healthResults.isEmpty()
                                && healthResults.stream()
                                        .allMatch(result -> result.firstSuccess().isPresent()));
        return (!spec.healthChecked() || wasHealthy) && (!spec.readinessChecked() || saidReady());
    }

    /// Whether its readiness check was answered with yes.
    public boolean saidReady() {
        return readiness.filter(Readiness::ready).isPresent();
    }

    /// What the generic check of this container has found.
    public Optional<CheckResult> check(String part) {
        return checks.map(found -> found.get(part));
    }

    /// The machine on which it runs, or on which its volumes wait.
    public Optional<String> hostname() {
        return placement.map(Placement::hostname).or(() -> reservation.map(Reservation::hostname));
    }

    /// The persistent volumes kept for it.
    public List<LocalVolume> volumes() {
        return reservation.map(Reservation::volumes).orElse(List.of());
    }

    /// The external volumes that its task uses; also one that nobody has heard of for long.
    public List<UsedVolume> volumesInUse() {
        return placement
                .filter(_ -> condition.holdsResources())
                .flatMap(Placement::external)
                .orElse(List.of());
    }

    /// Whether its task uses a volume that no other may use at the same time.
    public boolean usesAlone() {
        return volumesInUse().stream().anyMatch(volume -> !volume.shared());
    }

    /// The agent whose resources it holds.
    public Optional<String> holder() {
        return reservation
                .map(Reservation::agentId)
                .or(() ->
                        placement.filter(_ -> condition.holdsResources()).map(Placement::agentId));
    }

    public Instance withCondition(Condition condition, Instant now) {
        return copy(copy -> {
            copy.condition = condition;
            copy.since = condition == this.condition ? since : now;
        });
    }

    public Instance withGoal(Goal goal) {
        return copy(copy -> copy.goal = goal);
    }

    public Instance withVersion(Instant version, Instant configVersion) {
        return copy(copy -> {
            copy.version = version;
            copy.configVersion = configVersion;
        });
    }

    public Instance withPlacement(Optional<Placement> placement) {
        return copy(copy -> copy.placement = placement);
    }

    /// On a container network.
    public Instance withOwnIp(String ip) {
        return withPlacement(placement.map(at -> at.withOwnIp(ip)));
    }

    public Instance withReservation(Optional<Reservation> reservation) {
        return copy(copy -> copy.reservation = reservation);
    }

    public Instance withStagedAt(Instant time) {
        return copy(copy -> copy.stagedAt = Optional.of(time));
    }

    public Instance withStartedAt(Instant time) {
        return copy(copy -> copy.startedAt = Optional.of(time));
    }

    public Instance withHealth(Optional<Boolean> healthy, List<HealthResult> results) {
        var copy = new Copy(this);
        copy.healthy = healthy;
        copy.healthResults = results;
        return copy.done();
    }

    public Instance withReadiness(Readiness readiness) {
        return copy(copy -> copy.readiness = Optional.of(readiness));
    }

    public Instance withCheck(String part, Optional<CheckResult> result) {
        var found = new TreeMap<>(checks.orElse(Collections.emptySortedMap()));
        found.remove(part);
        result.ifPresent(some -> found.put(part, some));
        return copy(copy -> copy.checks = Optional.of(found));
    }

    public Instance withStopping(Optional<Stopping> stopping) {
        return copy(copy -> copy.stopping = stopping);
    }

    public Instance withDeadline(Optional<Instant> deadline) {
        return copy(copy -> copy.deadline = deadline);
    }

    private Instance copy(Consumer<Copy> change) {
        var copy = new Copy(this);
        change.accept(copy);
        return copy.done();
    }

    /// A copy in the making: only what changes is named.
    private static final class Copy {
        private final Instance original;
        private Instant version;
        private Instant configVersion;
        private Goal goal;
        private Condition condition;
        private Instant since;
        private Optional<Placement> placement;
        private Optional<Reservation> reservation;
        private Optional<Instant> stagedAt;
        private Optional<Instant> startedAt;
        private Optional<Boolean> healthy;
        private List<HealthResult> healthResults;
        private Optional<Readiness> readiness;
        private Optional<SortedMap<String, CheckResult>> checks;
        private Optional<Stopping> stopping;
        private Optional<Instant> deadline;

        Copy(Instance original) {
            this.original = original;
            version = original.version;
            configVersion = original.configVersion;
            goal = original.goal;
            condition = original.condition;
            since = original.since;
            placement = original.placement;
            reservation = original.reservation;
            stagedAt = original.stagedAt;
            startedAt = original.startedAt;
            healthy = original.healthy;
            healthResults = original.healthResults;
            readiness = original.readiness;
            checks = original.checks;
            stopping = original.stopping;
            deadline = original.deadline;
        }

        Instance done() {
            return new Instance(
                    original.id,
                    original.runSpecId,
                    original.incarnation,
                    version,
                    configVersion,
                    original.resources,
                    goal,
                    condition,
                    since,
                    placement,
                    reservation,
                    stagedAt,
                    startedAt,
                    healthy,
                    healthResults,
                    readiness,
                    checks,
                    stopping,
                    deadline);
        }
    }
}

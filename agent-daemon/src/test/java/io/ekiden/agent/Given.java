package io.ekiden.agent;

import io.ekiden.agent.core.LocalTask;
import io.ekiden.log.AgentCommand;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.model.App;
import io.ekiden.model.BackoffStrategy;
import io.ekiden.model.HealthCheck;
import io.ekiden.model.InstanceId;
import io.ekiden.model.KillSelection;
import io.ekiden.model.Network;
import io.ekiden.model.PathId;
import io.ekiden.model.PortDefinition;
import io.ekiden.model.Resources;
import io.ekiden.model.Sorted;
import io.ekiden.model.TaskId;
import io.ekiden.model.UnreachableStrategy;
import io.ekiden.model.UpgradeStrategy;
import io.ekiden.model.VersionInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Fixtures of this module's tests: apps and tasks, varied by `with…`.
public record Given(
        Optional<String> cmd,
        List<String> args,
        Optional<String> user,
        Map<String, String> env,
        Map<String, String> labels,
        double mem,
        List<HealthCheck> checks,
        Optional<Integer> grace,
        List<Integer> hostPorts) {
    public static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

    public static Given cmd(String cmd) {
        return new Given(
                Optional.of(cmd),
                List.of(),
                Optional.empty(),
                Map.of(),
                Map.of(),
                64,
                List.of(),
                Optional.empty(),
                List.of());
    }

    public static Given args(String... args) {
        return new Given(
                Optional.empty(),
                List.of(args),
                Optional.empty(),
                Map.of(),
                Map.of(),
                64,
                List.of(),
                Optional.empty(),
                List.of());
    }

    public Given user(String user) {
        return new Given(cmd, args, Optional.of(user), env, labels, mem, checks, grace, hostPorts);
    }

    public Given env(Map<String, String> env) {
        return new Given(cmd, args, user, env, labels, mem, checks, grace, hostPorts);
    }

    public Given labels(Map<String, String> labels) {
        return new Given(cmd, args, user, env, labels, mem, checks, grace, hostPorts);
    }

    public Given mem(double mem) {
        return new Given(cmd, args, user, env, labels, mem, checks, grace, hostPorts);
    }

    public Given checks(HealthCheck... checks) {
        return new Given(cmd, args, user, env, labels, mem, List.of(checks), grace, hostPorts);
    }

    public Given grace(int seconds) {
        return new Given(
                cmd, args, user, env, labels, mem, checks, Optional.of(seconds), hostPorts);
    }

    public Given ports(Integer... hostPorts) {
        return new Given(cmd, args, user, env, labels, mem, checks, grace, List.of(hostPorts));
    }

    public App app() {
        var definitions = new ArrayList<PortDefinition>();
        for (int i = 0; i < hostPorts.size(); i++) {
            definitions.add(
                    new PortDefinition(
                            10000 + i,
                            Optional.of("web-" + i),
                            "tcp",
                            Collections.emptySortedMap(),
                            Optional.empty()));
        }
        return new App(
                PathId.of("/shop/web"),
                cmd,
                args,
                user,
                Sorted.copyOf(env),
                1,
                Resources.of(0.1, mem, 0, 0),
                Network.HOST,
                Optional.empty(),
                definitions,
                false,
                checks,
                Sorted.copyOf(labels),
                List.of(),
                "*",
                BackoffStrategy.DEFAULT,
                grace,
                UpgradeStrategy.DEFAULT,
                KillSelection.YOUNGEST_FIRST,
                UnreachableStrategy.DEFAULT,
                NOON,
                new VersionInfo(NOON, NOON));
    }

    public AgentCommand.Task task() {
        return task(taskId());
    }

    public AgentCommand.Task task(TaskId taskId) {
        return new AgentCommand.Task(taskId, app(), hostPorts, List.of(), true);
    }

    public LocalTask local() {
        return local(taskId(), TaskState.STARTING);
    }

    public LocalTask local(TaskId taskId, TaskState state) {
        return new LocalTask(
                taskId,
                Optional.of(task(taskId)),
                7,
                state,
                Optional.empty(),
                Optional.empty(),
                "",
                false);
    }

    public static TaskId taskId() {
        return InstanceId.of(PathId.of("/shop/web"), UUID.randomUUID().toString()).task(1);
    }

    /// Probes each 100 ms, without grace, up to three failures in a row.
    public static HealthCheck check(HealthCheck.Protocol protocol, String command) {
        return new HealthCheck(
                protocol,
                Optional.of("/health"),
                Optional.empty(),
                Optional.of(0),
                Optional.of(command),
                Duration.ZERO,
                Duration.ofMillis(100),
                Duration.ofSeconds(2),
                Duration.ZERO,
                3,
                false);
    }
}

package io.ekiden.agent.health;

import io.ekiden.agent.core.HealthLedger.Outcome;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.runtime.TaskRuntime;
import io.ekiden.log.AgentCommand;
import io.ekiden.model.HealthCheck;
import io.ekiden.model.ReadinessCheck;
import io.ekiden.model.ReadinessResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Carries out one probe. Blocks for up to the check's time-out, so it belongs on a virtual thread.
final class Prober {
    private final String hostname;
    private final TaskRuntime runtime;

    /// @param hostname at which tasks are reached: resolvable, or an ip
    Prober(String hostname, TaskRuntime runtime) {
        this.hostname = hostname;
        this.runtime = runtime;
    }

    Outcome probe(LocalTask task, HealthCheck check) {
        return switch (check.protocol()) {
            case COMMAND ->
                    check.command()
                            .map(command -> runtime.check(task, command, check.timeout()))
                            .orElse(new Outcome.Unhealthy("the check has no command"));
            case TCP, MESOS_TCP -> probe(task, check, Wire.TCP);
            case HTTP, MESOS_HTTP -> probe(task, check, Wire.HTTP);
            case HTTPS, MESOS_HTTPS -> probe(task, check, Wire.HTTPS);
        };
    }

    /// What the task answers at the port that the check names.
    ///
    /// @throws IOException when there is no answer in time
    ReadinessResponse ask(LocalTask task, ReadinessCheck check) throws IOException {
        var wire =
                switch (check.protocol()) {
                    case HTTP -> Wire.HTTP;
                    case HTTPS -> Wire.HTTPS;
                };
        int port =
                task.task()
                        .flatMap(known -> port(known, check.portName()))
                        .orElseThrow(() -> new IOException("the task has no such port"));
        return SocketProbe.ask(
                wire,
                address(hostname),
                hostname,
                port,
                check.path(),
                Deadline.in(check.timeout()));
    }

    private static Optional<Integer> port(AgentCommand.Task task, String name) {
        var ports = task.hostPorts().iterator();
        for (var definition : task.spec().ports()) {
            var port = ports.hasNext() ? Optional.of(ports.next()) : Optional.<Integer>empty();
            if (definition.name().equals(Optional.of(name))) {
                return port;
            }
        }
        return Optional.empty();
    }

    /// Why there is no answer, for people.
    static String reason(Exception e) {
        return e instanceof SocketTimeoutException
                ? "timed out"
                : e.getClass().getSimpleName() + ": " + e.getMessage();
    }

    private Outcome probe(LocalTask task, HealthCheck check, Wire wire) {
        var inside = inside(task, check);
        var host = inside.orElse(hostname);
        var port = port(task, check, inside.isPresent());
        if (port.isEmpty()) {
            return new Outcome.Unhealthy("the task has no such port");
        }
        var path = check.path().orElse("/");
        var deadline =
                Deadline.in(check.timeout().isZero() ? Duration.ofMillis(1) : check.timeout());
        return SocketProbe.run(
                wire, address(host), host, port.get(), path, deadline, check.ignoreHttp1xx());
    }

    /// The container's own address, for the checks that Mesos would run beside it.
    private Optional<String> inside(LocalTask task, HealthCheck check) {
        return switch (check.protocol()) {
            case MESOS_TCP, MESOS_HTTP, MESOS_HTTPS -> runtime.address(task);
            case TCP, HTTP, HTTPS, COMMAND -> Optional.empty();
        };
    }

    private static Optional<Integer> port(LocalTask task, HealthCheck check, boolean inside) {
        var ports = task.task().map(t -> ports(t, inside)).orElse(List.of());
        int index = check.portIndex().orElse(0);
        return check.port()
                .or(() ->
                        index >= 0 && index < ports.size()
                                ? Optional.of(ports.get(index))
                                : Optional.empty());
    }

    private static List<Integer> ports(AgentCommand.Task task, boolean inside) {
        if (!inside) {
            return task.hostPorts();
        }
        var ports = new ArrayList<Integer>();
        var definitions = task.app().portDefinitions().iterator();
        for (int hostPort : task.hostPorts()) {
            ports.add(
                    definitions.hasNext() ? definitions.next().containerPort(hostPort) : hostPort);
        }
        return ports;
    }

    private static InetAddress address(String host) {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(host + " is no address", e);
        }
    }

    /// What is spoken.
    enum Wire {
        TCP,
        HTTP,
        HTTPS
    }

    /// A point in time until which a probe may take.
    record Deadline(long nanoTime) {
        static Deadline in(Duration time) {
            return new Deadline(System.nanoTime() + time.toNanos());
        }

        /// At least 1: for sockets 0 would mean for ever.
        int millisLeft() {
            return Math.clamp((nanoTime - System.nanoTime()) / 1_000_000, 1, Integer.MAX_VALUE);
        }

        boolean passed() {
            return System.nanoTime() >= nanoTime;
        }
    }
}

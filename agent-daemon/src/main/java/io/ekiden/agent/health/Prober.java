package io.ekiden.agent.health;

import io.ekiden.agent.core.Finding;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.runtime.TaskRuntime;
import io.ekiden.log.AgentCommand;
import io.ekiden.model.GenericCheck;
import io.ekiden.model.HealthCheck;
import io.ekiden.model.Probe;
import io.ekiden.model.Probe.Port;
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

    Finding probe(LocalTask task, HealthCheck check) {
        return probe(task, check.probe(), check.timeout(), besideTask(check));
    }

    Finding probe(LocalTask task, GenericCheck check) {
        return probe(task, check.probe(), check.timeout(), true);
    }

    /// Whether Mesos would run it beside the task, and Marathon not from afar.
    private static boolean besideTask(HealthCheck check) {
        return switch (check.protocol()) {
            case MESOS_TCP, MESOS_HTTP, MESOS_HTTPS, COMMAND -> true;
            case TCP, HTTP, HTTPS -> false;
        };
    }

    /// @param beside whether a task with an address of its own is asked there
    private Finding probe(LocalTask task, Probe probe, Duration timeout, boolean beside) {
        return switch (probe) {
            case Probe.Exec(var line) -> runtime.check(task, line, timeout);
            case Probe.Tcp(var port) -> probe(task, Wire.TCP, port, "/", timeout, beside);
            case Probe.Http(var port, var path, var scheme) ->
                    probe(task, wire(scheme), port, path.orElse("/"), timeout, beside);
        };
    }

    private static Wire wire(Probe.Scheme scheme) {
        return switch (scheme) {
            case HTTP -> Wire.HTTP;
            case HTTPS -> Wire.HTTPS;
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

    private Finding probe(
            LocalTask task, Wire wire, Port asked, String path, Duration timeout, boolean beside) {
        var inside = beside ? runtime.address(task) : Optional.<String>empty();
        var host = inside.orElse(hostname);
        var port = port(task, asked, inside.isPresent());
        if (port.isEmpty()) {
            return new Finding.Failed("the task has no such port");
        }
        var deadline = Deadline.in(timeout.isZero() ? Duration.ofMillis(1) : timeout);
        return SocketProbe.run(wire, address(host), host, port.get(), path, deadline);
    }

    private static Optional<Integer> port(LocalTask task, Port port, boolean inside) {
        return switch (port) {
            case Port.Fixed(var number) -> Optional.of(number);
            case Port.Nth(var index) ->
                    task.task().stream()
                            .flatMap(known -> ports(known, inside).stream())
                            .skip(index)
                            .findFirst();
        };
    }

    private static List<Integer> ports(AgentCommand.Task task, boolean inside) {
        if (!inside) {
            return task.hostPorts();
        }
        var ports = new ArrayList<Integer>();
        var definitions = task.spec().ports().iterator();
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

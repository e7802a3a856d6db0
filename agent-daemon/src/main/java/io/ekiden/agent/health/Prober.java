package io.ekiden.agent.health;

import io.ekiden.agent.core.Finding;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.runtime.TaskRuntime;
import io.ekiden.log.AgentCommand;
import io.ekiden.model.GenericCheck;
import io.ekiden.model.HealthCheck;
import io.ekiden.model.PortDefinition;
import io.ekiden.model.Probe;
import io.ekiden.model.Probe.Port;
import io.ekiden.model.ReadinessCheck;
import io.ekiden.model.ReadinessResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
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
        var known = task.task().orElseThrow(() -> new IOException("the task is not known"));
        var names = known.spec().ports().stream().map(PortDefinition::name).toList();
        var place =
                place(task, known, names.indexOf(Optional.of(check.portName())))
                        .orElseThrow(() -> new IOException("the task has no such port"));
        return SocketProbe.ask(
                wire,
                address(place.host()),
                place.host(),
                place.port(),
                check.path(),
                Deadline.in(check.timeout()));
    }

    /// Where a task answers.
    private record Place(String host, int port) {}

    /// At the host port, or where there is none at the task's own address.
    private Optional<Place> place(LocalTask task, AgentCommand.Task known, int index) {
        if (index < 0 || index >= known.hostPorts().size()) {
            return Optional.empty();
        }
        int hostPort = known.hostPorts().get(index);
        return hostPort == PortDefinition.NO_HOST_PORT
                ? inside(task, known, index)
                : Optional.of(new Place(hostname, hostPort));
    }

    private Optional<Place> inside(LocalTask task, AgentCommand.Task known, int index) {
        var listening = known.listeningPorts();
        return index < 0 || index >= listening.size()
                ? Optional.empty()
                : runtime.address(task).map(ip -> new Place(ip, listening.get(index)));
    }

    /// Why there is no answer, for people.
    static String reason(Exception e) {
        return e instanceof SocketTimeoutException
                ? "timed out"
                : e.getClass().getSimpleName() + ": " + e.getMessage();
    }

    private Finding probe(
            LocalTask task, Wire wire, Port port, String path, Duration timeout, boolean beside) {
        var place = task.task().flatMap(known -> place(task, known, port, beside));
        if (place.isEmpty()) {
            return new Finding.Failed("the task has no such port");
        }
        var host = place.get().host();
        var deadline = Deadline.in(timeout.isZero() ? Duration.ofMillis(1) : timeout);
        return SocketProbe.run(wire, address(host), host, place.get().port(), path, deadline);
    }

    private Optional<Place> place(
            LocalTask task, AgentCommand.Task known, Port port, boolean beside) {
        return switch (port) {
            case Port.Fixed(var number) ->
                    host(task, known, beside).map(host -> new Place(host, number));
            case Port.Nth(var index) -> {
                var inside = beside ? inside(task, known, index) : Optional.<Place>empty();
                yield inside.or(() -> place(task, known, index));
            }
        };
    }

    /// Where a port is that is told by its number. On a container network no number is the host's.
    private Optional<String> host(LocalTask task, AgentCommand.Task known, boolean beside) {
        return switch (known.spec().network()) {
            case CONTAINER -> runtime.address(task);
            case HOST, BRIDGE -> {
                var own = beside ? runtime.address(task) : Optional.<String>empty();
                yield own.or(() -> Optional.of(hostname));
            }
        };
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

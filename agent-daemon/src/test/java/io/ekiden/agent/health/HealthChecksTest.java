package io.ekiden.agent.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ekiden.agent.Given;
import io.ekiden.agent.core.Event;
import io.ekiden.agent.core.Finding;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.health.Prober.Deadline;
import io.ekiden.agent.health.Prober.Wire;
import io.ekiden.model.HealthCheck.Protocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Probes against real sockets.
final class HealthChecksTest {
    private static final InetAddress LOCAL = InetAddress.getLoopbackAddress();

    /// Answers every connection with the same bytes and leaves it open.
    private static final class Server implements AutoCloseable {
        private final ServerSocket socket = new ServerSocket(0, 50, LOCAL);
        private final List<Socket> open = new CopyOnWriteArrayList<>();
        private final AtomicInteger connections = new AtomicInteger();
        private volatile String answer;

        Server(String answer) throws IOException {
            this.answer = answer;
            Thread.ofVirtual().start(this::serve);
        }

        private void serve() {
            while (!socket.isClosed()) {
                try {
                    var client = socket.accept();
                    open.add(client);
                    connections.incrementAndGet();
                    client.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
                } catch (IOException e) {
                    // A prober may hang up before it has read all; a closed server ends the loop.
                    connections.get();
                }
            }
        }

        int port() {
            return socket.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            socket.close();
            for (var client : open) {
                client.close();
            }
        }
    }

    private static Finding probe(Wire wire, int port) {
        var deadline = Deadline.in(Duration.ofMillis(500));
        return SocketProbe.run(wire, LOCAL, "127.0.0.1", port, "/health", deadline);
    }

    @ParameterizedTest(name = "{0}, 1xx ignored {1}: {2}")
    @CsvSource({
        "200 OK,false,Healthy[]",
        "204 No Content,false,Healthy[]",
        "302 Found,false,Healthy[]",
        "399 Odd,false,Healthy[]",
        "400 Bad Request,false,Unhealthy[cause=HTTP status 400]",
        "503 Service Unavailable,false,Unhealthy[cause=HTTP status 503]",
        "102 Processing,false,Unhealthy[cause=HTTP status 102]",
        "102 Processing,true,Ignored[]",
    })
    void judgesTheHttpStatus(String status, boolean ignore1xx, String outcome) throws IOException {
        try (var server = new Server("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n")) {
            assertThat(probe(Wire.HTTP, server.port()).health(ignore1xx)).hasToString(outcome);
        }
    }

    @Test
    void whatDoesNotAnswerInTimeIsUnhealthy() throws IOException {
        try (var server = new Server("")) {
            assertThat(probe(Wire.HTTP, server.port())).isEqualTo(new Finding.Failed("timed out"));
            assertThat(probe(Wire.HTTPS, server.port())).isInstanceOf(Finding.Failed.class);
            assertThat(probe(Wire.TCP, server.port())).isEqualTo(new Finding.Connected());
        }
    }

    @Test
    void whatIsNoHttpIsUnhealthyHoweverMuchItSays() throws IOException {
        try (var server = new Server("x".repeat(100_000))) {
            assertThat(probe(Wire.HTTP, server.port()))
                    .hasToString("Failed[why=IOException: the answer is no HTTP]");
        }
    }

    @Test
    void aPathCannotSmuggleASecondRequest() throws IOException {
        try (var server = new Server("HTTP/1.1 200 OK\r\n\r\n")) {
            var deadline = Deadline.in(Duration.ofSeconds(1));
            var hostile = "/a HTTP/1.1\r\nX: y";
            assertThat(SocketProbe.run(Wire.HTTP, LOCAL, "h", server.port(), hostile, deadline))
                    .isInstanceOf(Finding.Failed.class);
        }
    }

    @Test
    void nobodyListeningIsUnhealthy() throws IOException {
        try (var nobody = nobody()) {
            assertThat(probe(Wire.TCP, nobody.getLocalPort())).isInstanceOf(Finding.Failed.class);
        }
    }

    /// Holds a port, so that no other process takes it, and listens nowhere.
    private static Socket nobody() throws IOException {
        var socket = new Socket();
        socket.bind(new InetSocketAddress(0));
        return socket;
    }

    @Test
    void tellsTheFirstResultAndTurnsAndExhaustionAndNothingElse() throws IOException {
        var told = new CopyOnWriteArrayList<Event.HealthSeen>();
        try (var server = new Server("HTTP/1.1 200 OK\r\n\r\n");
                var checks =
                        new HealthChecks(
                                "127.0.0.1",
                                new NoRuntime(),
                                Clock.systemUTC(),
                                event -> told.add((Event.HealthSeen) event))) {
            var task =
                    Given.cmd("x")
                            .ports(server.port())
                            .checks(Given.check(Protocol.HTTP, ""))
                            .local();
            checks.begin(task);
            await().until(() -> server.connections.get() >= 3);
            assertThat(told).extracting(Event.HealthSeen::alive).containsExactly(true);

            server.answer = "HTTP/1.1 500 No\r\n\r\n";
            await().until(() -> told.size() == 3);
            assertThat(told)
                    .extracting(Event.HealthSeen::alive)
                    .containsExactly(true, false, false);
            assertThat(told)
                    .extracting(Event.HealthSeen::exhausted)
                    .containsExactly(false, false, true);

            checks.end(task.taskId());
        }
    }

    @Test
    void aCheckOfAPortThatTheTaskDoesNotHaveFails() {
        var task = Given.cmd("x").local();
        assertThat(
                        new Prober("127.0.0.1", new NoRuntime())
                                .probe(task, Given.check(Protocol.TCP, "")))
                .isEqualTo(new Finding.Failed("the task has no such port"));
    }

    @Test
    void mesosChecksProbeThePortInsideAtTheContainersAddressAndMarathonsTheHostPort()
            throws IOException {
        try (var inside = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.2"));
                var outside = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
                var nobody = nobody()) {
            int nobodys = nobody.getLocalPort();
            var prober = new Prober("127.0.0.1", new NoRuntime(Optional.of("127.0.0.2")));
            var mesos = Given.check(Protocol.MESOS_TCP, "");
            var marathon = Given.check(Protocol.TCP, "");

            var onlyInside = mapped(inside.getLocalPort(), nobodys);
            assertThat(prober.probe(onlyInside, mesos)).isEqualTo(new Finding.Connected());
            assertThat(prober.probe(onlyInside, marathon)).isInstanceOf(Finding.Failed.class);
            var onlyOutside = mapped(nobodys, outside.getLocalPort());
            assertThat(prober.probe(onlyOutside, mesos)).isInstanceOf(Finding.Failed.class);
            assertThat(prober.probe(onlyOutside, marathon)).isEqualTo(new Finding.Connected());
        }
    }

    @Test
    void aPortThatIsNotTheHostsIsProbedAtTheTasksOwnAddress() throws IOException {
        try (var inside = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.2"));
                var outside = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            var prober = new Prober("127.0.0.1", new NoRuntime(Optional.of("127.0.0.2")));
            var unmapped =
                    Given.cmd("x").image("x").on("web").listening(inside.getLocalPort()).local();
            var mapped =
                    Given.cmd("x")
                            .image("x")
                            .mapped(1, outside.getLocalPort(), "tcp")
                            .on("web")
                            .local();

            for (var protocol : List.of(Protocol.TCP, Protocol.MESOS_TCP)) {
                assertThat(prober.probe(unmapped, Given.check(protocol, "")))
                        .isEqualTo(new Finding.Connected());
                assertThat(
                                new Prober("127.0.0.1", new NoRuntime())
                                        .probe(unmapped, Given.check(protocol, "")))
                        .isEqualTo(new Finding.Failed("the task has no such port"));
            }
            assertThat(prober.probe(mapped, Given.check(Protocol.TCP, "")))
                    .isEqualTo(new Finding.Connected());
            assertThat(prober.probe(mapped, Given.check(Protocol.MESOS_TCP, "")))
                    .isInstanceOf(Finding.Failed.class);
        }
    }

    private static LocalTask mapped(int containerPort, int hostPort) {
        return Given.cmd("x").image("x").mapped(containerPort, hostPort, "tcp").local();
    }
}

package io.ekiden.agent.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.ekiden.agent.Given;
import io.ekiden.agent.GivenPod;
import io.ekiden.agent.core.Event;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.model.CheckResult;
import io.ekiden.model.GenericCheck;
import io.ekiden.model.Probe;
import io.ekiden.model.Probe.Port;
import io.ekiden.model.Probe.Scheme;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Looks at real servers.
final class GenericChecksTest {
    private static final InetSocketAddress ANY =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final List<Event.CheckSeen> told = new CopyOnWriteArrayList<>();
    private final GenericChecks checks = checks(new NoRuntime());

    private GenericChecks checks(NoRuntime runtime) {
        return new GenericChecks("127.0.0.1", runtime, event -> told.add((Event.CheckSeen) event));
    }

    @AfterEach
    void stop() {
        checks.close();
    }

    private static GenericCheck check(Probe probe, Duration delay) {
        return new GenericCheck(probe, Duration.ofMillis(60), Duration.ofSeconds(2), delay);
    }

    private static GenericCheck check(Probe probe) {
        return check(probe, Duration.ZERO);
    }

    private static Event.CheckSeen seen(LocalTask task, CheckResult result) {
        return new Event.CheckSeen(task.taskId(), Optional.of(result));
    }

    @Test
    void tellsTheStatusOfAnHttpAnswerWhenItChangesUntilTheEnd() throws IOException {
        var asked = new AtomicInteger();
        var status = new AtomicInteger(200);
        var server = HttpServer.create(ANY, 0);
        server.createContext(
                "/up",
                exchange -> {
                    asked.incrementAndGet();
                    exchange.sendResponseHeaders(status.get(), -1);
                    exchange.close();
                });
        server.start();
        var http = new Probe.Http(new Port.Nth(0), Optional.of("/up"), Scheme.HTTP);
        var task = Given.cmd("x").ports(server.getAddress().getPort()).check(check(http)).local();
        try {
            checks.begin(task);
            await().until(() -> asked.get() >= 3);
            assertThat(told).containsExactly(seen(task, new CheckResult.Http(200)));
            checks.begin(task);
            assertThat(told).hasSize(2).containsOnly(seen(task, new CheckResult.Http(200)));

            status.set(503);
            await().until(() -> told.size() == 3);
            assertThat(told.getLast()).isEqualTo(seen(task, new CheckResult.Http(503)));
        } finally {
            server.stop(0);
        }
        await().until(() -> told.size() == 4);
        assertThat(told.getLast()).isEqualTo(new Event.CheckSeen(task.taskId(), Optional.empty()));
        checks.end(task.taskId());
    }

    @Test
    void whatHasEndedIsNotLookedAtAnyMore() throws IOException {
        try (var server = new ServerSocket(0, 50, ANY.getAddress())) {
            var tcp = new Probe.Tcp(new Port.Fixed(server.getLocalPort()));
            var task = Given.cmd("x").check(check(tcp)).local();
            checks.begin(task);
            await().until(() -> told.size() == 1);
            checks.end(task.taskId());
        }
        var later = check(new Probe.Exec("true"), Duration.ofMillis(200));
        checks.begin(Given.cmd("x").check(later).local());
        // Until then the other would have found the port closed.
        await().until(() -> told.size() == 2);
        assertThat(told)
                .extracting(seen -> seen.result().orElseThrow())
                .containsExactly(new CheckResult.Tcp(true), new CheckResult.Command(0));
    }

    @Test
    void theFirstLookComesAfterTheDelay() {
        var late = check(new Probe.Exec("true"), Duration.ofMinutes(10));
        var soon = check(new Probe.Exec("true"), Duration.ofMillis(300));
        long begun = System.nanoTime();
        checks.begin(Given.cmd("x").check(late).local());
        checks.begin(Given.cmd("x").check(soon).local());

        await().until(() -> !told.isEmpty());

        assertThat(Duration.ofNanos(System.nanoTime() - begun))
                .isGreaterThanOrEqualTo(Duration.ofMillis(300));
        assertThat(told).hasSize(1);
    }

    /// Mesos would look from inside, at the port that the container knows.
    @Test
    void aTaskWithAnAddressOfItsOwnIsAskedThere() throws IOException {
        try (var inside = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.2"));
                var nobody = nobody();
                var beside = checks(new NoRuntime(Optional.of("127.0.0.2")))) {
            var task =
                    Given.cmd("x")
                            .image("web")
                            .mapped(inside.getLocalPort(), nobody.getLocalPort(), "tcp")
                            .check(check(new Probe.Tcp(new Port.Nth(0))))
                            .local();
            beside.begin(task);
            await().until(() -> !told.isEmpty());
            assertThat(told).containsExactly(seen(task, new CheckResult.Tcp(true)));
        }
    }

    @Test
    void aContainersCheckIsToldOfItAndCountsItsOwnEndpoints() throws IOException {
        try (var server = new ServerSocket(0, 50, ANY.getAddress());
                var nobody = nobody()) {
            var look = "'check': {'tcp': {'endpoint': '%s'}, 'delaySeconds': 0}";
            var container =
                    "{'name': '%s', 'exec': {'command': {'shell': 'x'}}, 'resources': {},"
                            + " 'endpoints': [{'name': '%s'}], %s}";
            var pod =
                    GivenPod.pod(
                            "{'containers': [%s, %s]}"
                                    .formatted(
                                            container.formatted("a", "one", look.formatted("one")),
                                            container.formatted(
                                                    "b", "two", look.formatted("two"))));
            var task = GivenPod.task(pod, List.of(nobody.getLocalPort(), server.getLocalPort()));

            checks.begin(task);

            await().until(() -> told.size() == 2);
            assertThat(told)
                    .containsExactlyInAnyOrder(
                            new Event.CheckSeen(
                                    task.taskId().ofContainer("a"),
                                    Optional.of(new CheckResult.Tcp(false))),
                            new Event.CheckSeen(
                                    task.taskId().ofContainer("b"),
                                    Optional.of(new CheckResult.Tcp(true))));
        }
    }

    /// Holds a port, so that no other process takes it, and listens nowhere.
    private static Socket nobody() throws IOException {
        var socket = new Socket();
        socket.bind(ANY);
        return socket;
    }
}

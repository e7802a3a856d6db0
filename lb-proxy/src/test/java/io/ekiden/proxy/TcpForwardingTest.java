package io.ekiden.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ekiden.log.AgentReport.Drain;
import io.ekiden.model.Endpoint;
import io.ekiden.testkit.TestBroker;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class TcpForwardingTest extends WithFrontend {
    private static final Map<String, String> TCP = Map.of("HAPROXY_0_MODE", "tcp");

    private Endpoint endpoint(int instance, int backend) {
        return Given.endpoint("/a", instance, backend, port, TCP);
    }

    private TestFrontend tcp(RawTask... backends) throws Exception {
        var frontend = frontend();
        for (int i = 0; i < backends.length; i++) {
            frontend.put(endpoint(i, backends[i].port()));
        }
        return frontend;
    }

    private RawTask says(String text) throws Exception {
        return ended(new RawTask((socket, _) -> Raw.send(socket, text)));
    }

    private String ask() {
        return Raw.exchange(port, "");
    }

    @Test
    void takesTurnsAmongBackendsThatSpeakFirst() throws Exception {
        tcp(says("one"), says("two"));

        assertThat(List.of(ask(), ask(), ask(), ask()))
                .containsExactlyInAnyOrder("one", "one", "two", "two");
    }

    @Test
    void aSideThatHasSaidAllStillHearsTheOther() throws Exception {
        tcp(ended(new RawTask((socket, _) -> Raw.send(socket, "you said " + Raw.rest(socket)))));

        try (var socket = Raw.open(port)) {
            Raw.send(socket, "all");
            socket.shutdownOutput();
            assertThat(Raw.rest(socket)).isEqualTo("you said all");
        }
    }

    @Test
    void aBackendThatHasSaidAllStillHearsTheClient() throws Exception {
        var heard = new CompletableFuture<String>();
        tcp(
                ended(
                        new RawTask((socket, _) -> {
                            socket.shutdownOutput();
                            heard.complete(Raw.rest(socket));
                        })));

        try (var socket = Raw.open(port)) {
            assertThat(Raw.rest(socket)).isEmpty();
            Raw.send(socket, "late");
            socket.shutdownOutput();
            assertThat(heard.get()).isEqualTo("late");
        }
    }

    @Test
    void manyBytesPassUnchanged() throws Exception {
        tcp(
                ended(
                        new RawTask((socket, _) -> {
                            var digest = TestTask.digest(socket.getInputStream());
                            Raw.send(socket, digest + "\n");
                            TestTask.large().transferTo(socket.getOutputStream());
                        })));
        var expected = TestTask.digest(TestTask.large());

        try (var socket = Raw.open(port)) {
            TestTask.large().transferTo(socket.getOutputStream());
            socket.shutdownOutput();
            var in = socket.getInputStream();
            assertThat(in.readNBytes(expected.length() + 1)).asString().isEqualTo(expected + "\n");
            assertThat(TestTask.digest(in)).isEqualTo(expected);
        }
    }

    @Test
    void aSlowReaderHoldsTheBackendBack() throws Exception {
        var written = new AtomicLong();
        tcp(
                ended(
                        new RawTask((socket, _) -> {
                            var block = new byte[1 << 16];
                            while (true) {
                                socket.getOutputStream().write(block);
                                written.addAndGet(block.length);
                            }
                        })));

        try (var socket = Raw.open(port)) {
            assertThat(socket.getInputStream().read()).isZero();
            awaitStandstill(written);
            assertThat(written.get()).isLessThan(64 << 20);
        }
    }

    static void awaitStandstill(AtomicLong written) {
        var before = new AtomicLong(-1);
        await().pollInterval(Duration.ofMillis(500))
                .until(() -> written.get() > 0 && before.getAndSet(written.get()) == written.get());
    }

    @Test
    void aBackendThatRefusesIsPassedOver() throws Exception {
        var frontend = tcp(says("one"));
        var dead = endpoint(7, TestBroker.freePort());
        frontend.put(dead);

        assertThat(IntStream.range(0, 6).mapToObj(_ -> ask())).containsOnly("one");
        assertThat(frontend.backend(dead).failures()).isEqualTo(1);
    }

    @Test
    void aBackendThatIsKilledShowsInAClosedConnection() throws Exception {
        var backend = ended(new RawTask((socket, _) -> Raw.rest(socket)));
        tcp(backend);

        try (var socket = Raw.open(port)) {
            Raw.send(socket, "x");
            await().until(() -> backend.connections() == 1);
            backend.close();
            assertThat(endOf(socket)).isTrue();
        }
    }

    private static boolean endOf(Socket socket) throws Exception {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException e) {
            // A reset is an end as well.
            return true;
        }
    }

    @Test
    void aConnectionIsWaitedForWhenItsEndpointDrainsAndNewOnesGoElsewhere() throws Exception {
        var echo =
                ended(
                        new RawTask((socket, _) -> {
                            int b = socket.getInputStream().read();
                            while (b >= 0) {
                                socket.getOutputStream().write(b);
                                b = socket.getInputStream().read();
                            }
                        }));
        var frontend = tcp(echo);
        var endpoint = endpoint(0, echo.port());
        try (var socket = Raw.open(port)) {
            Raw.send(socket, "a");
            assertThat(socket.getInputStream().read()).isEqualTo('a');

            frontend.put(endpoint(1, says("other").port()));
            frontend.put(Given.draining(endpoint));

            assertThat(frontend.drained(endpoint, Drain.STOPPED)).isTrue();
            assertThat(ask()).isEqualTo("other");
            assertThat(ask()).isEqualTo("other");
            Raw.send(socket, "b");
            assertThat(socket.getInputStream().read()).isEqualTo('b');
            assertThat(frontend.drained(endpoint, Drain.IDLE)).isFalse();
        }
        await().until(() -> frontend.drained(endpoint, Drain.IDLE));
    }

    @Test
    void withoutAReadyBackendTheConnectionIsClosed() throws Exception {
        var frontend = tcp(says("one"));
        frontend.remove(endpoint(0, 1));

        assertThat(ask()).isEmpty();
    }

    @Test
    void aPortChangesItsModeWithItsLabel() throws Exception {
        var frontend = frontend(task("web").port());
        assertThat(Raw.get(port, "a", "/")).startsWith("HTTP/1.1 200").endsWith("web");

        frontend.put(Given.endpoint("/a", 0, says("raw").port(), port, TCP));

        // Between the one listener and the other the port is closed for a moment.
        await().ignoreExceptions()
                .until(() -> {
                    frontend.put();
                    return ask().equals("raw");
                });
    }
}

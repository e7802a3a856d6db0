package io.ekiden.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ekiden.proxy.Strict.Message;
import java.io.IOException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Clients that speak HTTP/2 with prior knowledge, to backends of HTTP/1.1: what arrives is what
/// was asked, and nothing that HTTP/1.1 would read as something else.
final class Http2Test extends WithFrontend {
    private static final String[] GET = {
        ":method", "GET", ":scheme", "http", ":authority", "a.test", ":path", "/x"
    };

    private RecordingBackend backend() throws Exception {
        var backend = ended(new RecordingBackend());
        frontend(backend.port());
        return backend;
    }

    private static String[] with(String... more) {
        return Stream.concat(Stream.of(GET), Stream.of(more)).toArray(String[]::new);
    }

    private String ask(String... fields) throws IOException {
        try (var client = new RawHttp2(port)) {
            client.headers(1, RawHttp2.END_STREAM, fields);
            return client.outcome(1);
        }
    }

    @Test
    void arrivesAsARequestOfHttp11() throws Exception {
        var backend = backend();

        assertThat(ask(with("cookie", "a=b", "x", "y", "cookie", "c=d", "te", "trailers")))
                .isEqualTo("200");
        assertThat(backend.requests())
                .singleElement()
                .satisfies(request -> {
                    assertThat(request.start()).isEqualTo("GET /x HTTP/1.1");
                    assertThat(request.fields())
                            .contains("host: a.test", "cookie: a=b; c=d", "x: y")
                            .contains("x-forwarded-for: 127.0.0.1", "x-forwarded-host: a.test")
                            .noneMatch(field -> field.startsWith("te:") || field.startsWith(":"));
                });
    }

    @Test
    void aBodyArrivesWithItsLengthOrInChunks() throws Exception {
        var backend = backend();
        for (var length : List.of(new String[0], new String[] {"content-length", "10"})) {
            try (var client = new RawHttp2(port)) {
                var post = with(length);
                post[1] = "POST";
                client.headers(1, 0, post);
                client.data(1, 0, "hello");
                client.data(1, RawHttp2.END_STREAM, "world");
                assertThat(client.outcome(1)).isEqualTo("200");
            }
        }
        assertThat(backend.requests())
                .extracting(Message::body)
                .containsExactly("helloworld", "helloworld");
    }

    @Test
    void severalRequestsAreInFlightOnOneConnection() throws Exception {
        var task = task("one");
        frontend(task.port());
        try (var client = new RawHttp2(port)) {
            var wait = GET.clone();
            wait[7] = "/wait";
            client.headers(1, RawHttp2.END_STREAM, wait);
            client.headers(3, RawHttp2.END_STREAM, wait);
            await().until(() -> task.waiting() == 2);
            client.headers(5, RawHttp2.END_STREAM, GET);
            assertThat(client.outcome(5)).isEqualTo("200");
            task.letGo();
        }
    }

    @Test
    void aRequestThatIsTakenBackIsTakenBackAtTheBackend() throws Exception {
        var closed = new CompletableFuture<Boolean>();
        var task =
                ended(
                        new RawTask((socket, _) -> {
                            RawTask.head(socket);
                            closed.complete(socket.getInputStream().read() < 0);
                        }));
        frontend(task.port());
        try (var client = new RawHttp2(port)) {
            client.headers(1, RawHttp2.END_STREAM, GET);
            await().until(() -> task.connections() == 1);
            client.reset(1);
            assertThat(closed.get()).isTrue();
        }
    }

    static Stream<List<String>> malformed() {
        var cases = new ArrayList<List<String>>();
        for (var fields :
                List.of(
                        new String[] {"X", "y"},
                        new String[] {"x", "y\r\nz: z"},
                        new String[] {"x", "y\nz"},
                        new String[] {"x", "y\rz"},
                        new String[] {"x", "y\0z"},
                        new String[] {"x\r\ny", "z"},
                        new String[] {"x y", "z"},
                        new String[] {"x:", "z"},
                        new String[] {"x\0", "z"},
                        new String[] {"", "z"},
                        new String[] {"connection", "close"},
                        new String[] {"keep-alive", "1"},
                        new String[] {"proxy-connection", "close"},
                        new String[] {"transfer-encoding", "chunked"},
                        new String[] {"upgrade", "websocket"},
                        new String[] {"te", "gzip"},
                        new String[] {"host", "b.test"},
                        new String[] {"host", "a.test", "host", "a.test"},
                        new String[] {"content-length", "5"},
                        new String[] {"content-length", "0", "content-length", "5"},
                        new String[] {"content-length", "+0"},
                        new String[] {":path", "/y"},
                        new String[] {"x", "y", ":path", "/y"},
                        new String[] {":x", "y"},
                        new String[] {":status", "200"})) {
            cases.add(List.of(with(fields)));
        }
        for (var change :
                List.of(
                        List.of(1, "GET / HTTP/1.1\r\nx:"),
                        List.of(1, "G T"),
                        List.of(1, ""),
                        List.of(1, "CONNECT"),
                        List.of(5, "a.test\r\nx: y"),
                        List.of(5, "a b"),
                        List.of(5, ""),
                        List.of(7, "/ HTTP/1.1\r\nx: y"),
                        List.of(7, "/a b"),
                        List.of(7, "/a\0b"),
                        List.of(7, "/a#b"),
                        List.of(7, "x"),
                        List.of(7, "*x"),
                        List.of(7, "http://b.test/"),
                        List.of(7, ""))) {
            var fields = GET.clone();
            fields[(int) change.get(0)] = (String) change.get(1);
            cases.add(List.of(fields));
        }
        cases.add(List.of(GET).subList(2, 8));
        cases.add(List.of(GET).subList(0, 6));
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource
    void malformed(List<String> fields) throws Exception {
        var backend = backend();

        assertThat(ask(fields.toArray(String[]::new))).isIn("400", "reset", "going away", "closed");
        assertThat(backend.requests()).isEmpty();
    }

    @Test
    void aBodyThatIsNotAsLongAsItSaysNeverArrivesWhole() throws Exception {
        var backend = backend();
        for (var body : List.of("hell", "hello!", "")) {
            try (var client = new RawHttp2(port)) {
                var post = with("content-length", "5");
                post[1] = "POST";
                client.headers(1, 0, post);
                client.data(1, RawHttp2.END_STREAM, body);
                assertThat(client.outcome(1)).isIn("400", "reset", "going away", "closed");
            }
        }
        await().until(backend::quiet);
        assertThat(backend.requests()).noneMatch(Message::complete);
    }

    @Test
    void anUpgradeFromHttp11IsNotTaken() throws Exception {
        var backend = backend();

        var answer =
                Raw.exchange(
                        port,
                        Raw.head(
                                "GET /x HTTP/1.1",
                                "Host: a",
                                "Connection: close, Upgrade, HTTP2-Settings",
                                "Upgrade: h2c",
                                "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"));

        assertThat(answer).startsWith("HTTP/1.1 200");
        assertThat(backend.requests())
                .singleElement()
                .satisfies(r -> assertThat(r.all("upgrade")).isEmpty());
    }

    @Test
    void whoAsksAndTakesBackWithoutEndIsSentAway() throws Exception {
        backend();
        try (var client = new RawHttp2(port)) {
            try {
                for (int stream = 1; stream < 4_000; stream += 2) {
                    client.headers(stream, RawHttp2.END_STREAM, GET);
                    client.reset(stream);
                }
            } catch (SocketException e) {
                // It did not take long.
            }
            assertThat(client.outcome(4_001)).isIn("going away", "closed");
        }
        assertThat(ask(GET)).isEqualTo("200");
    }

    @Test
    void aHeaderWithoutEndIsNotCollected() throws Exception {
        backend();
        for (var piece : List.of(RawHttp2.block("x", "y".repeat(1_000)), new byte[0])) {
            try (var client = new RawHttp2(port)) {
                client.frame(RawHttp2.HEADERS, RawHttp2.END_STREAM, 1, RawHttp2.block(GET));
                try {
                    for (int i = 0; i < 2_000; i++) {
                        client.frame(RawHttp2.CONTINUATION, 0, 1, piece);
                    }
                } catch (SocketException e) {
                    // It did not take long.
                }
                assertThat(client.outcome(1)).isIn("going away", "closed", "431");
            }
        }
        assertThat(ask(GET)).isEqualTo("200");
    }

    @Test
    void aHeaderThatIsTooLargeIsRefused() throws Exception {
        var backend = backend();

        assertThat(ask(with("x", "y".repeat(15_000), "z", "y".repeat(15_000))))
                .isIn("431", "reset", "going away", "closed");
        assertThat(backend.requests()).isEmpty();
    }

    @Test
    void whoSaysNothingIsCutOff() throws Exception {
        backend();
        try (var socket = Raw.open(port)) {
            Raw.send(socket, "PRI * HTTP/2.0\r\n");
            assertThat(Raw.rest(socket)).isEmpty();
        }
        try (var client = new RawHttp2(port)) {
            assertThat(client.outcome(1)).isIn("going away", "closed");
        }
    }
}

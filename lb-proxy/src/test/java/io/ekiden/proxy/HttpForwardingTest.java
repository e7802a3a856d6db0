package io.ekiden.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ekiden.log.AgentReport.Drain;
import io.ekiden.testkit.TestBroker;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class HttpForwardingTest extends WithFrontend {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    @Test
    void saysWhomTheRequestComesFromAndKeepsTheConnectionsFieldsToItself() throws Exception {
        frontend(task("one").port());

        var seen =
                Raw.exchange(
                        port,
                        """
                        GET /headers HTTP/1.1\r
                        Host: shop.test\r
                        Connection: close\r
                        Connection: keep-alive, X-Hop\r
                        X-Hop: secret\r
                        Keep-Alive: timeout=5\r
                        TE: trailers\r
                        Upgrade: h2c\r
                        HTTP2-Settings: AAA\r
                        X-Forwarded-For: 203.0.113.7\r
                        X-Forwarded-Proto: https\r
                        X-Mine: kept\r
                        \r
                        """);

        assertThat(seen)
                .contains("Host: [shop.test]", "X-mine: [kept]")
                .contains("X-forwarded-for: [203.0.113.7, 127.0.0.1]")
                .contains("Forwarded: [for=127.0.0.1;host=\"shop.test\";proto=http]")
                .contains("X-forwarded-host: [shop.test]", "X-forwarded-proto: [http]")
                .contains("X-forwarded-port: [" + port + "]")
                .doesNotContainIgnoringCase("X-hop", "keep-alive:", "\nte:", "h2c", "http2");
    }

    @Test
    void theTargetArrivesAsItWasWritten() throws Exception {
        frontend(task("one").port());

        assertThat(Raw.get(port, "a", "/uri?a=%2F..%2Fb&c=%E9%A7%85"))
                .endsWith("\r\n\r\n/uri?a=%2F..%2Fb&c=%E9%A7%85");
    }

    @Test
    void largeBodiesStreamBothWays() throws Exception {
        frontend(task("one").port());
        var uri = URI.create("http://127.0.0.1:" + port + TestTask.LARGE);
        var upload =
                HttpRequest.newBuilder(uri)
                        .POST(BodyPublishers.ofInputStream(TestTask::large))
                        .build();

        try (var http = HttpClient.newHttpClient()) {
            assertThat(http.send(upload, BodyHandlers.ofString()).body())
                    .isEqualTo(TestTask.digest(TestTask.large()));
            var download =
                    http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofInputStream());
            assertThat(TestTask.digest(download.body()))
                    .isEqualTo(TestTask.digest(TestTask.large()));
        }
    }

    @Test
    void aSlowReaderHoldsTheBackendBack() throws Exception {
        var written = new AtomicLong();
        var flood =
                ended(
                        new RawTask((socket, _) -> {
                            RawTask.head(socket);
                            Raw.send(socket, "HTTP/1.1 200 OK\r\n\r\n");
                            var block = new byte[1 << 16];
                            while (true) {
                                socket.getOutputStream().write(block);
                                written.addAndGet(block.length);
                            }
                        }));
        frontend(flood.port());

        try (var socket = Raw.open(port)) {
            Raw.send(socket, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            TcpForwardingTest.awaitStandstill(written);
            assertThat(written.get()).isLessThan(64 << 20);
        }
    }

    @Test
    void aConnectionOfWhichTheBackendSaidThatItClosesIsNotUsedAgain() throws Exception {
        var closes =
                ended(
                        new RawTask((socket, _) -> {
                            RawTask.head(socket);
                            Raw.send(
                                    socket,
                                    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
                        }));
        frontend(closes.port());
        var uri = URI.create("http://127.0.0.1:" + port + "/");

        // Many at a time: only then does one follow before the connection of another is closed.
        try (var http = HttpClient.newHttpClient()) {
            // Not repeatable, so that nothing is mended behind our back.
            var request = HttpRequest.newBuilder(uri).POST(BodyPublishers.noBody()).build();
            for (int round = 0; round < 20; round++) {
                var answers =
                        IntStream.range(0, 50)
                                .mapToObj(_ -> http.sendAsync(request, BodyHandlers.ofString()))
                                .toList();
                for (var answer : answers) {
                    assertThat(answer.get().statusCode()).isEqualTo(200);
                }
            }
        }
    }

    @Test
    void aBackendThatRefusesConnectionsIsPassedOverAndNobodyNotices() throws Exception {
        int nobody = TestBroker.freePort();
        var frontend = frontend(task("one").port(), nobody);

        for (int i = 0; i < 10; i++) {
            assertThat(Raw.get(port, "a", "/")).endsWith("\r\none");
        }
        var dead = frontend.backend(Given.endpoint("/a", 1, nobody, port));
        assertThat(dead.failures()).isEqualTo(1);
        assertThat(dead.ejected(System.nanoTime())).isTrue();
    }

    @Test
    void anIdempotentRequestIsRepeatedOnceWhenItsBackendBreaks() throws Exception {
        var breaks = ended(new RawTask((socket, _) -> RawTask.head(socket)));
        frontend(breaks.port(), task("one").port());

        for (int i = 0; i < 4; i++) {
            assertThat(Raw.get(port, "a", "/")).endsWith("\r\none");
        }
        assertThat(breaks.connections()).isPositive();
    }

    @Test
    void aRequestThatMayHaveHadAnEffectIsNeverRepeated() throws Exception {
        var breaks = ended(new RawTask((socket, _) -> RawTask.head(socket)));
        frontend(breaks.port());

        assertThat(Raw.exchange(port, "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 502")
                .contains("closed the connection unanswered");
        assertThat(breaks.connections()).isEqualTo(1);
    }

    @Test
    void aBackendThatDoesNotAnswerInTimeGives504() throws Exception {
        var silent = ended(new RawTask((socket, _) -> Raw.rest(socket)));
        frontend(silent.port());

        assertThat(Raw.get(port, "a", "/")).startsWith("HTTP/1.1 504");
    }

    @Test
    void aBackendThatBreaksOffShowsInABrokenConnection() throws Exception {
        var breaks =
                ended(
                        new RawTask((socket, _) -> {
                            RawTask.head(socket);
                            Raw.send(socket, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
                        }));
        frontend(breaks.port());

        assertThat(Raw.exchange(port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"))
                .startsWith("HTTP/1.1 200 OK")
                .endsWith("half");
    }

    @Test
    void connectionsToTheBackendAreUsedAgainUntilItDrains() throws Exception {
        var closedByProxy = new CompletableFuture<Boolean>();
        var task =
                ended(
                        new RawTask((socket, _) -> {
                            try {
                                while (true) {
                                    RawTask.head(socket);
                                    Raw.send(socket, OK);
                                }
                            } finally {
                                closedByProxy.complete(true);
                            }
                        }));
        var frontend = frontend(task.port());
        try (var socket = Raw.open(port)) {
            for (int i = 0; i < 5; i++) {
                Raw.send(socket, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                RawTask.head(socket);
                assertThat(socket.getInputStream().readNBytes(2)).asString().isEqualTo("ok");
            }
            assertThat(task.connections()).isEqualTo(1);
            assertThat(closedByProxy).isNotDone();

            frontend.put(Given.draining(Given.endpoint("/a", 0, task.port(), port)));

            assertThat(closedByProxy.get(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void answersWithoutABodyKeepTheirHeader() throws Exception {
        var task =
                ended(
                        new RawTask((socket, _) -> {
                            while (true) {
                                Raw.send(socket, answerWithoutBody(RawTask.head(socket)));
                            }
                        }));
        frontend(task.port());

        var answers =
                Raw.exchange(
                        port,
                        """
                        HEAD / HTTP/1.1\r
                        Host: a\r
                        \r
                        GET /304 HTTP/1.1\r
                        Host: a\r
                        \r
                        GET /204 HTTP/1.1\r
                        Host: a\r
                        \r
                        GET / HTTP/1.1\r
                        Host: a\r
                        Connection: close\r
                        \r
                        """);

        assertThat(answers).containsIgnoringCase("content-length: 1234").contains("X-A: b");
        assertThat(answers.split("HTTP/1.1 ", -1))
                .hasSize(5)
                .satisfies(a -> assertThat(a[2]).startsWith("304 Not Modified").contains("x"))
                .satisfies(a -> assertThat(a[3]).startsWith("204"))
                .satisfies(a -> assertThat(a[4]).startsWith("200").endsWith("ok"));
    }

    private static String answerWithoutBody(String head) {
        return switch (head.substring(0, head.indexOf(" HTTP"))) {
            case "HEAD /" -> "HTTP/1.1 200 OK\r\nContent-Length: 1234\r\nX-A: b\r\n\r\n";
            case "GET /304" -> "HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n";
            case "GET /204" -> "HTTP/1.1 204 No Content\r\n\r\n";
            default -> OK;
        };
    }

    @Test
    void anHttp10ClientGetsABodyOfUnknownLengthToTheEndOfItsConnection() throws Exception {
        var task =
                ended(
                        new RawTask((socket, _) -> {
                            RawTask.head(socket);
                            Raw.send(
                                    socket,
                                    Raw.head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked")
                                            + Raw.head("3", "abc", "0"));
                        }));
        frontend(task.port());

        assertThat(
                        Raw.exchange(
                                port,
                                "GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n"))
                .startsWith("HTTP/1.0 200 OK")
                .doesNotContainIgnoringCase("chunked")
                .endsWith("\r\n\r\nabc");
    }

    @Test
    void aClientThatWaitsForAContinueGetsTheBackends() throws Exception {
        var task =
                ended(
                        new RawTask((socket, _) -> {
                            RawTask.head(socket);
                            Raw.send(socket, "HTTP/1.1 100 Continue\r\n\r\n");
                            socket.getInputStream().readNBytes(4);
                            Raw.send(socket, OK);
                        }));
        frontend(task.port());

        try (var socket = Raw.open(port)) {
            Raw.send(
                    socket,
                    Raw.head(
                            "POST / HTTP/1.1",
                            "Host: a",
                            "Content-Length: 4",
                            "Expect: 100-continue",
                            "Connection: close"));
            assertThat(RawTask.head(socket)).startsWith("HTTP/1.1 100");
            Raw.send(socket, "body");
            assertThat(Raw.rest(socket)).startsWith("HTTP/1.1 200").endsWith("ok");
        }
    }

    @Test
    void anAnswerThatComesBeforeTheBodyIsSentArrives() throws Exception {
        var task =
                ended(
                        new RawTask((socket, _) -> {
                            RawTask.head(socket);
                            Raw.send(socket, "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
                            Raw.rest(socket);
                        }));
        frontend(task.port());

        try (var socket = Raw.open(port)) {
            Raw.send(socket, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nabc");
            assertThat(RawTask.head(socket)).startsWith("HTTP/1.1 413");
        }
    }

    @Test
    void webSocketsPassAndAreWaitedForWhenTheirEndpointDrains() throws Exception {
        var task = ended(new WebSocketTask());
        var frontend = frontend(task.port());
        var heard = new CompletableFuture<String>();
        try (var http = HttpClient.newHttpClient()) {
            var socket =
                    http.newWebSocketBuilder()
                            .buildAsync(URI.create("ws://127.0.0.1:" + port + "/ws"), hear(heard))
                            .get(10, TimeUnit.SECONDS);
            var endpoint = Given.draining(Given.endpoint("/a", 0, task.port(), port));
            frontend.put(endpoint);
            assertThat(frontend.drained(endpoint, Drain.STOPPED)).isTrue();

            socket.sendText("relay", true).get(10, TimeUnit.SECONDS);

            assertThat(heard.get(10, TimeUnit.SECONDS)).isEqualTo("echo relay");
            assertThat(frontend.drained(endpoint, Drain.IDLE)).isFalse();
            socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(10, TimeUnit.SECONDS);
            await().until(() -> frontend.drained(endpoint, Drain.IDLE));
        }
    }

    @Test
    void aRefusedWebSocketIsAnOrdinaryAnswer() throws Exception {
        frontend(task("one").port());

        assertThat(
                        Raw.exchange(
                                port,
                                Raw.head(
                                                "GET / HTTP/1.1",
                                                "Host: a",
                                                "Connection: Upgrade",
                                                "Upgrade: websocket",
                                                "Sec-WebSocket-Version: 13",
                                                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
                                        + Raw.head(
                                                "GET / HTTP/1.1", "Host: a", "Connection: close")))
                .startsWith("HTTP/1.1 200")
                .endsWith("one");
    }

    private static WebSocket.Listener hear(CompletableFuture<String> heard) {
        return new WebSocket.Listener() {
            @Override
            public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
                heard.complete(text.toString());
                socket.request(1);
                return null;
            }

            @Override
            public CompletionStage<?> onPing(WebSocket socket, ByteBuffer message) {
                return null;
            }
        };
    }
}

package io.ekiden.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ekiden.model.Endpoint;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Backends that speak HTTP/2, as those of gRPC do: streams in both directions, and trailers. What
/// gRPC is on the wire is made by hand here.
final class GrpcTest extends WithFrontend {
    private static final Map<String, String> H2 = Map.of("EKIDEN_0_BACKEND_PROTOCOL", "h2");

    private final List<HttpServerRequest> calls = new CopyOnWriteArrayList<>();
    private final List<Long> resets = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private Vertx vertx;
    private HttpClient client;

    @BeforeEach
    void createVertx() {
        vertx = Vertx.vertx();
        ended(() -> vertx.close().await());
        client =
                vertx.createHttpClient(
                        new HttpClientOptions()
                                .setProtocolVersion(HttpVersion.HTTP_2)
                                .setHttp2ClearTextUpgrade(false));
    }

    /// Answers each message with itself, at once, and ends with a status in the trailers.
    private Endpoint server() throws Exception {
        HttpServer server =
                vertx.createHttpServer(new HttpServerOptions())
                        .connectionHandler(_ -> connections.incrementAndGet())
                        .requestHandler(this::echo)
                        .listen(0, "127.0.0.1")
                        .await(10, TimeUnit.SECONDS);
        return Given.endpoint("/a", server.actualPort(), server.actualPort(), port, H2);
    }

    private void echo(HttpServerRequest call) {
        calls.add(call);
        call.response().exceptionHandler(_ -> {});
        call.exceptionHandler(_ -> resets.add(8L));
        call.response().putHeader("content-type", "application/grpc").setChunked(true);
        if (call.path().equals("/refused")) {
            call.response().putHeader("grpc-status", "12").end();
            return;
        }
        call.response().writeHead();
        call.handler(message -> call.response().write(message));
        call.endHandler(_ -> {
            call.response().putTrailer("grpc-status", "0").putTrailer("grpc-message", "fine");
            call.response().end();
        });
    }

    private HttpClientRequest call(String path) throws Exception {
        return client.request(
                        new RequestOptions()
                                .setMethod(HttpMethod.POST)
                                .setHost("127.0.0.1")
                                .setPort(port)
                                .setURI(path)
                                .putHeader("content-type", "application/grpc")
                                .putHeader("te", "trailers"))
                .await(10, TimeUnit.SECONDS)
                .setChunked(true);
    }

    /// Its body is asked for before it can have come.
    private static Buffer answer(HttpClientRequest call, String message) throws Exception {
        var body = call.response().compose(HttpClientResponse::body);
        call.end(message);
        return body.await(10, TimeUnit.SECONDS);
    }

    @Test
    void messagesGoBothWaysAndTheStatusComesInTheTrailers() throws Exception {
        frontend().put(server());
        var call = call("/a.Echo/Say");
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        call.sendHead();
        // Before a message was sent: the answer's head does not wait for its body.
        var answer = call.response().await(10, TimeUnit.SECONDS);
        answer.handler(message -> heard.add(message.toString()));
        var end = answer.end();
        for (var message : List.of("one", "two", "three")) {
            call.write(Buffer.buffer(message));
            assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo(message);
        }
        call.end();
        end.await(10, TimeUnit.SECONDS);

        assertThat(answer.version()).isEqualTo(HttpVersion.HTTP_2);
        assertThat(answer.getHeader("content-type")).isEqualTo("application/grpc");
        assertThat(answer.trailers().get("grpc-status")).isEqualTo("0");
        assertThat(answer.trailers().get("grpc-message")).isEqualTo("fine");
        var seen = calls.getFirst();
        assertThat(seen.version()).isEqualTo(HttpVersion.HTTP_2);
        assertThat(seen.getHeader("te")).isEqualTo("trailers");
        assertThat(seen.authority()).hasToString("127.0.0.1:" + port);
        assertThat(seen.getHeader("x-forwarded-for")).isEqualTo("127.0.0.1");
    }

    @Test
    void anAnswerWithoutMessagesIsOneHeader() throws Exception {
        frontend().put(server());
        try (var raw = new RawHttp2(port)) {
            raw.headers(
                    1,
                    RawHttp2.END_STREAM,
                    ":method",
                    "POST",
                    ":scheme",
                    "http",
                    ":authority",
                    "a",
                    ":path",
                    "/refused");
            assertThat(raw.outcome(1)).isEqualTo("200 at its end");
        }
    }

    @Test
    void manyCallsShareFewConnections() throws Exception {
        frontend().put(server());
        var first = call("/a.Echo/Say");
        first.sendHead();
        first.response().await(10, TimeUnit.SECONDS);
        for (int i = 0; i < 50; i++) {
            var call = call("/a.Echo/Say");
            assertThat(answer(call, "x")).hasToString("x");
        }
        // One for each event loop on which a client is.
        assertThat(connections).hasValueLessThanOrEqualTo(2);
    }

    @Test
    void aCallThatIsGivenUpIsGivenUpAtTheBackend() throws Exception {
        var endpoint = server();
        var frontend = frontend();
        frontend.put(endpoint);
        var call = call("/a.Echo/Say");
        call.sendHead();
        call.response().await(10, TimeUnit.SECONDS);
        assertThat(frontend.backend(endpoint).inFlight()).isEqualTo(1);

        call.reset(8);

        await().until(() -> !resets.isEmpty());
        await().until(() -> frontend.backend(endpoint).inFlight() == 0);
        assertThat(answer(call("/a.Echo/Say"), "x")).hasToString("x");
        assertThat(connections).hasValue(1);
    }

    @Test
    void aBackendThatBreaksOffResetsTheCall() throws Exception {
        var endpoint = server();
        frontend().put(endpoint);
        var call = call("/a.Echo/Say");
        call.sendHead();
        var answer = call.response().await(10, TimeUnit.SECONDS);
        var end = answer.end();
        calls.getFirst().response().reset(2);

        await().until(end::isComplete);
        assertThat(end.failed()).isTrue();
    }

    @Test
    void clientsOfHttp11AreServedToo() throws Exception {
        frontend().put(server());

        var answer =
                Raw.exchange(
                        port,
                        Raw.head(
                                        "POST /x HTTP/1.1",
                                        "Host: shop.test",
                                        "Connection: close",
                                        "Content-Length: 5")
                                + "hello");

        assertThat(answer)
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("\r\n5\r\nhello\r\n0\r\ngrpc-status: 0\r\n");
        assertThat(calls.getFirst().authority()).hasToString("shop.test");
        assertThat(calls.getFirst().headers().contains("connection")).isFalse();
    }

    @Test
    void aBackendThatDoesNotSpeakItIsNoBackend() throws Exception {
        frontend().put(Given.endpoint("/a", 1, task("one").port(), port, H2));

        assertThat(Raw.get(port, "a", "/")).startsWith("HTTP/1.1 502");
    }

    @Test
    void aBodyIsNotTakenFasterThanTheBackendTakesIt() throws Exception {
        var endpoint = server();
        frontend().put(endpoint);
        var call = call("/a.Echo/Say");
        call.sendHead();
        call.response().await(10, TimeUnit.SECONDS).pause();
        calls.getFirst().pause();
        var block = Buffer.buffer(new byte[1 << 16]);
        var written = new AtomicLong();
        for (int i = 0; i < 1_000; i++) {
            call.write(block).onSuccess(_ -> written.addAndGet(block.length()));
        }

        TcpForwardingTest.awaitStandstill(written);
        assertThat(written.get()).isLessThan(32 << 20);
    }
}

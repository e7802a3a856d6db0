package io.ekiden.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What comes of requests at the edge of what is allowed, and of those who are slow to ask. What
/// two parties could read differently is [HaproxyOracleTest]'s.
final class FramingTest extends WithFrontend {
    private final List<String> heads = new CopyOnWriteArrayList<>();

    private TestFrontend frontend;

    @BeforeEach
    void startFrontend() throws Exception {
        var task =
                ended(
                        new RawTask((socket, _) -> {
                            while (true) {
                                heads.add(RawTask.head(socket));
                                Raw.send(socket, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                            }
                        }));
        frontend = frontend(task.port());
    }

    @Test
    void aFoldedFieldArrivesAsOneLine() {
        answer(Raw.head("GET / HTTP/1.1", "Host: a", "Connection: close", "X: b", " Host: c"));

        assertThat(heads).singleElement().asString().contains("\r\nX: b Host: c\r\n");
    }

    @Test
    void aRequestWithoutAHostIsRefused() {
        assertThat(answer("GET / HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 400");
        assertThat(heads).isEmpty();
    }

    @Test
    void fieldsThatAConnectionFieldNamesCannotHideABody() {
        answer(
                Raw.head(
                        "POST / HTTP/1.1",
                        "Host: a",
                        "Content-Length: 0",
                        "Connection: close",
                        "Connection: Content-Length, Host, X-Forwarded-For"));

        assertThat(heads)
                .singleElement()
                .asString()
                .containsIgnoringCase("content-length: 0")
                .containsIgnoringCase("host: a")
                .containsIgnoringCase("x-forwarded-for: 127.0.0.1");
    }

    @Test
    void aHeaderOfTheLongestLengthPassesAndALongerOneDoesNot() {
        int rest = "Host: aConnection: closeX: ".length() + 20;
        var longest = "x".repeat(ProxyConfig.MAX_HEADER_BYTES - rest);
        var tooLong = "x".repeat(ProxyConfig.MAX_HEADER_BYTES + 1);

        assertThat(
                        answer(
                                Raw.head(
                                        "GET / HTTP/1.1",
                                        "Host: a",
                                        "Connection: close",
                                        "X: " + longest)))
                .startsWith("HTTP/1.1 200");
        assertThat(
                        answer(
                                Raw.head(
                                        "GET / HTTP/1.1",
                                        "Host: a",
                                        "Connection: close",
                                        "X: " + tooLong)))
                .startsWith("HTTP/1.1 431");
    }

    @Test
    void whoDoesNotFinishTheHeadOfARequestIsCutOff() throws Exception {
        try (var socket = Raw.open(port)) {
            Raw.send(socket, "GET / HTTP/1.1\r\nHost: a\r\nX: ");

            assertThat(Raw.rest(socket)).isEmpty();
        }
        assertThat(heads).isEmpty();
    }

    /// A process that stood still has listened to nobody meanwhile.
    @Test
    void aStallOfTheProxyItselfCutsNobodyOff() throws Exception {
        try (var socket = Raw.open(port)) {
            await().until(() -> frontend.clients() == 1);
            frontend.stall(Duration.ofSeconds(3));
            Raw.send(socket, Raw.head("GET / HTTP/1.1", "Host: a", "Connection: close"));

            assertThat(Raw.rest(socket)).startsWith("HTTP/1.1 200");
        }
    }

    /// A connection that was reset has given no answer.
    private String answer(String request) {
        try (var socket = Raw.open(port)) {
            Raw.send(socket, request);
            return Raw.rest(socket);
        } catch (SocketException e) {
            return "";
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}

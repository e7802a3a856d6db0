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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is framed in a way that two parties could read differently is refused and never reaches a
/// backend; who is slow to ask is not waited for.
final class FramingTest extends WithFrontend {
    private static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nContent-Length: 5",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
                "Transfer-Encoding: gzip, chunked",
                "Transfer-Encoding: xchunked",
                "Transfer-Encoding : chunked",
                "Content-Length: 5\r\nContent-Length: 6",
                "Content-Length: 5, 6",
                "Content-Length: +5",
                "Content-Length: 0x5",
                "Content-Length: -1",
                "Content-Length: 1_0",
                "Content-Length:",
                "Content-Length: 99999999999999999999",
                "Content-Length : 5",
                "Host: b",
                "X: a\0b",
                "Bad Name: x",
                ": no name",
                "no colon"
            })
    void ambiguousHeadersAreRefused(String header) {
        var answer =
                answer("POST /first HTTP/1.1\r\nHost: a\r\n" + header + "\r\n\r\nhello" + SMUGGLED);

        assertThat(heads).noneMatch(head -> head.contains("/smuggled"));
        assertThat(answer).matches(a -> a.isEmpty() || a.startsWith("HTTP/1.1 400"));
        assertThat(heads).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET http://other.test/ HTTP/1.1",
                "GET index.html HTTP/1.1",
                "GET /a b HTTP/1.1",
                "GET /\u0001 HTTP/1.1",
                "GET / HTTP/3.7",
                "GET /",
                "CONNECT other.test:443 HTTP/1.1"
            })
    void strangeRequestLinesAreRefused(String line) {
        var answer = answer(line + "\r\nHost: a\r\nConnection: close\r\n\r\n");

        assertThat(answer).matches(a -> a.isEmpty() || a.matches("(?s)HTTP/\\d.\\d (4|50[15]).*"));
        assertThat(heads).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"0_5\r\nhello\r\n0\r\n\r\n", "-1\r\n", "11111111111111111\r\n", "zz\r\n"})
    void brokenChunksEndTheConnectionAndWhatFollowsIsNotARequest(String chunk) {
        answer(
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + chunk
                        + SMUGGLED);

        assertThat(heads).noneMatch(head -> head.contains("/smuggled"));
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

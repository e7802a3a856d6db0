package io.ekiden.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/// Plain requests beside others on one connection, and messages that come in pieces.
final class PlainClientTest extends WithFrontend {
    /// What [TestTask] makes of `hello`.
    private static final String HELLO = "5 907060870";

    private static final String POST = "POST " + TestTask.LARGE + " HTTP/1.1\r\nHost: a\r\n";
    private static final List<String> REQUESTS =
            List.of(
                    "GET /uri?1 HTTP/1.1\r\nHost: a\r\n\r\n",
                    POST + "Content-Length: 5\r\n\r\nhello",
                    "GET /uri?2 HTTP/1.1\r\nHost: a\r\n\r\n",
                    POST + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
                    POST + "Content-Length: 5\r\n\r\nhello",
                    "GET /uri?3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

    @Test
    void allThatIsAskedAtOnceIsAnsweredInTurn() throws Exception {
        frontend(task("one").port());

        var answers = Raw.exchange(port, String.join("", REQUESTS));

        assertThat(answers)
                .containsSubsequence("/uri?1", HELLO, "/uri?2", HELLO, HELLO, "/uri?3")
                .doesNotContain("HTTP/1.1 4", "HTTP/1.1 5");
        assertThat(Pattern.compile("HTTP/1.1 200").matcher(answers).results()).hasSize(6);
    }

    @Test
    void requestsMayComeByteByByte() throws Exception {
        frontend(task("one").port());

        try (var socket = Raw.open(port)) {
            dribble(socket, String.join("", REQUESTS));

            assertThat(Raw.rest(socket))
                    .containsSubsequence("/uri?1", HELLO, "/uri?2", HELLO, HELLO, "/uri?3");
        }
    }

    @Test
    void answersMayComeByteByByte() throws Exception {
        var answer = new AtomicReference<String>();
        var task =
                ended(
                        new RawTask((socket, _) -> {
                            while (true) {
                                RawTask.head(socket);
                                dribble(socket, answer.get());
                                if (!answer.get().contains("ength: ")
                                        && !answer.get().contains("chunked")) {
                                    return;
                                }
                            }
                        }));
        frontend(task.port());

        answer.set(
                "HTTP/1.1 103 Early\r\nX: y\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        assertThat(get()).endsWith("Content-Length: 5\r\nConnection: close\r\n\r\nhello");
        answer.set(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\nHost: b\r\n\r\n");
        assertThat(Strict.answers(get(), List.of("GET")))
                .singleElement()
                .satisfies(one -> assertThat(one.body()).isEqualTo("hello"))
                .matches(Strict.Message::complete);
        answer.set("HTTP/1.1 200 OK\r\nServer: x\r\n\r\nhello");
        assertThat(Strict.answers(get(), List.of("GET")))
                .singleElement()
                .satisfies(one -> assertThat(one.body()).isEqualTo("hello"))
                .matches(Strict.Message::complete);
    }

    @Test
    void anAnswerThatBreaksOffBreaksOff() throws Exception {
        var task =
                ended(
                        new RawTask((socket, _) -> {
                            RawTask.head(socket);
                            Raw.send(
                                    socket,
                                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
                        }));
        frontend(task.port());

        assertThat(Strict.answers(get(), List.of("GET"))).noneMatch(Strict.Message::complete);
    }

    @Test
    void aLargeBodyThatIsThereBeforeTheBackendIsArrivesWhole() throws Exception {
        frontend(task("one").port());
        int length = 8 << 20;
        var checksum = new CRC32();
        checksum.update("x".repeat(length).getBytes(StandardCharsets.US_ASCII));

        var answer =
                Raw.exchange(
                        port,
                        POST
                                + "Connection: close\r\nContent-Length: "
                                + length
                                + "\r\n\r\n"
                                + "x".repeat(length));

        assertThat(answer).endsWith(length + " " + checksum.getValue());
    }

    @Test
    void aBodyThatNobodyWantsIsReadAndForgotten() throws Exception {
        var task =
                ended(
                        new RawTask((socket, _) -> {
                            RawTask.head(socket);
                            Raw.send(socket, "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
                            // Whoever closes on what he has not read takes back what he said.
                            socket.getInputStream().readAllBytes();
                        }));
        frontend(task.port());
        int length = 4 << 20;

        try (var socket = Raw.open(port)) {
            Raw.send(
                    socket, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n\r\n");
            Raw.send(socket, "x".repeat(length));
            Raw.send(socket, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

            assertThat(Pattern.compile("HTTP/1.1 413").matcher(Raw.rest(socket)).results())
                    .hasSize(2);
        }
    }

    private String get() {
        return Raw.get(port, "a", "/");
    }

    private static void dribble(Socket socket, String text) throws IOException {
        socket.setTcpNoDelay(true);
        for (int i = 0; i < text.length(); i++) {
            Raw.send(socket, text.substring(i, i + 1));
        }
    }
}

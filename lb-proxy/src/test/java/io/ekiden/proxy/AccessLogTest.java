package io.ekiden.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/// One line for each request, whatever became of it.
final class AccessLogTest extends WithFrontend {
    private static final String TIME = "\\[\\d\\d/\\w{3}/\\d{4}:\\d\\d:\\d\\d:\\d\\d \\+0000]";

    private final List<String> lines = new CopyOnWriteArrayList<>();

    @BeforeEach
    void listen() {
        var logger = (Logger) LoggerFactory.getLogger("io.ekiden.access");
        var appender =
                new AppenderBase<ILoggingEvent>() {
                    @Override
                    protected void append(ILoggingEvent event) {
                        lines.add(event.getFormattedMessage());
                    }
                };
        appender.start();
        logger.addAppender(appender);
        logger.setAdditive(false);
        ended(() -> logger.detachAppender(appender));
    }

    private TestFrontend logging() throws Exception {
        var frontends =
                new ProxyConfig.Frontends(
                        Set.of("*"),
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        Optional.empty(),
                        Networks.NONE,
                        true);
        return ended(new TestFrontend(timeouts(RESPONSE), frontends));
    }

    private String line() {
        await().until(() -> !lines.isEmpty());
        return lines.getFirst();
    }

    @Test
    void whatIsAnsweredIsALine() throws Exception {
        int backend = task("one").port();
        logging().put(Given.endpoint("/shop/cart", 1, backend, port));

        Raw.exchange(
                port,
                Raw.head(
                        "GET /items?n=1 HTTP/1.1",
                        "Host: shop.test",
                        "Connection: close",
                        "Referer: http://a.test/\"x",
                        "User-Agent: curl/8.1 (\u00e9)"));

        assertThat(line())
                .matches(
                        "127\\.0\\.0\\.1 - - "
                                + TIME
                                + " \"GET /items\\?n=1 HTTP/1\\.1\" 200 3 \"http://a\\.test/'x\" \"curl/8\\.1 \\(\\?+\\)\""
                                + " \"shop\\.test\" /shop/cart 127\\.0\\.0\\.1:"
                                + backend
                                + " 0\\.\\d{3} ok");
    }

    @Test
    void whatIsRefusedIsALineWithoutABackend() throws Exception {
        var frontend = logging();

        Raw.get(frontend.lbPort(), "nobody.test", "/");

        assertThat(line())
                .contains(" \"GET / HTTP/1.1\" 404 ")
                .contains(" \"nobody.test\" - - 0.0");
        assertThat(line()).endsWith(" ok");
    }

    @Test
    void whoCannotBeReachedIsALineOfItsApp() throws Exception {
        logging().put(Given.endpoint("/a", 1, 1, port));

        Raw.get(port, "a", "/");

        assertThat(line()).contains(" 502 ").contains(" \"a\" /a - 0.");
    }

    @Test
    void aClientThatGoesBeforeItsAnswerIs499() throws Exception {
        var task = task("one");
        logging().put(Given.endpoint("/a", 1, task.port(), port));
        try (var client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            client.getOutputStream()
                    .write(
                            Raw.head("GET /wait HTTP/1.1", "Host: a")
                                    .getBytes(StandardCharsets.US_ASCII));
            await().until(() -> task.waiting() == 1);
        }

        assertThat(line()).contains(" 499 0 ").endsWith(" cut");
        task.letGo();
    }

    @Test
    void anAnswerThatBreaksOffHasItsStatusAndIsCut() throws Exception {
        var backend = ended(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        logging().put(Given.endpoint("/a", 1, backend.getLocalPort(), port));
        var breaking = Thread.ofVirtual().start(() -> breakOff(backend));

        Raw.exchange(port, Raw.head("POST / HTTP/1.1", "Host: a", "Content-Length: 0"));

        assertThat(line()).contains(" 201 ").endsWith(" cut");
        breaking.join();
    }

    private static void breakOff(ServerSocket backend) {
        try (var socket = backend.accept()) {
            var head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) socket.getInputStream().read());
            }
            Raw.send(socket, "HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void nothingIsLoggedUnasked() throws Exception {
        frontend(task("one").port());

        // A line is written before the next request of a connection goes out.
        var answers =
                Raw.exchange(
                        port,
                        Raw.head("GET / HTTP/1.1", "Host: a")
                                + Raw.head("GET / HTTP/1.1", "Host: a", "Connection: close"));

        assertThat(answers).endsWith("one");
        assertThat(answers.split("HTTP/1.1 200", -1)).hasSize(3);
        assertThat(lines).isEmpty();
    }
}

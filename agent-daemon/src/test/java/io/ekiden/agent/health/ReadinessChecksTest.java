package io.ekiden.agent.health;

import static io.ekiden.agent.Given.readinessCheck;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.ekiden.agent.Given;
import io.ekiden.agent.core.Event;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.model.Instance.Readiness;
import io.ekiden.model.ReadinessCheck.Protocol;
import io.ekiden.model.ReadinessResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Asks a real HTTP server.
final class ReadinessChecksTest {
    private static final InetSocketAddress ANY =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final List<Readiness> told = new CopyOnWriteArrayList<>();
    private final AtomicInteger asked = new AtomicInteger();
    private final ReadinessChecks checks =
            new ReadinessChecks(
                    "127.0.0.1",
                    new NoRuntime(),
                    event -> told.add(((Event.ReadinessSeen) event).readiness()));
    private volatile int status = 503;
    private volatile String body = "warming up";

    @AfterEach
    void stop() {
        checks.close();
    }

    /// Says `status` and `body`: with a length, or in chunks.
    private HttpServer serve(HttpServer server, boolean chunked) {
        server.createContext(
                "/ready",
                exchange -> {
                    asked.incrementAndGet();
                    var bytes = body.getBytes(StandardCharsets.UTF_8);
                    exchange.getResponseHeaders().set("Content-Type", "text/html");
                    exchange.sendResponseHeaders(status, chunked ? 0 : bytes.length);
                    try (var out = exchange.getResponseBody()) {
                        out.write(bytes);
                    }
                });
        server.start();
        return server;
    }

    private static LocalTask task(int port, Protocol protocol, boolean preserve) {
        return Given.cmd("x")
                .ports(port)
                .readiness(readinessCheck(protocol, preserve))
                .local(Given.taskId(), TaskState.RUNNING);
    }

    @Test
    void aPortThatIsNotTheHostsIsAskedAtTheTasksOwnAddress() throws IOException {
        status = 200;
        var own = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.2"), 0);
        var server = serve(HttpServer.create(own, 0), false);
        try (var inside =
                new ReadinessChecks(
                        "127.0.0.1",
                        new NoRuntime(Optional.of("127.0.0.2")),
                        event -> told.add(((Event.ReadinessSeen) event).readiness()))) {
            inside.begin(
                    Given.cmd("x")
                            .image("x")
                            .on("web")
                            .listening(server.getAddress().getPort())
                            .readiness(readinessCheck(Protocol.HTTP, false))
                            .local(Given.taskId(), TaskState.RUNNING));
            await().until(() -> !told.isEmpty());
            assertThat(told).extracting(Readiness::ready).containsExactly(true);
        } finally {
            server.stop(0);
        }
    }

    private static Readiness found(boolean ready, int status, String body) {
        return new Readiness(ready, Optional.of(new ReadinessResponse(status, "text/html", body)));
    }

    @ParameterizedTest(name = "chunked {0}")
    @CsvSource({"false", "true"})
    void tellsChangesUntilTheTaskIsReadyThenAsksNoMore(boolean chunked) throws IOException {
        var server = serve(HttpServer.create(ANY, 0), chunked);
        try {
            var task = task(server.getAddress().getPort(), Protocol.HTTP, true);
            checks.begin(task);
            await().until(() -> asked.get() >= 3);
            assertThat(told).containsExactly(found(false, 503, "warming up"));
            checks.begin(task);

            body = "x".repeat(5000);
            await().until(() -> told.size() == 2);
            assertThat(told.getLast()).isEqualTo(found(false, 503, "x".repeat(4096)));

            body = "yes";
            status = 200;
            await().until(() -> told.getLast().ready());
            assertThat(told.getLast()).isEqualTo(found(true, 200, "yes"));
            await().until(() -> !checks.asks(task.taskId()));
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aTaskThatWasReadyIsNotAskedAndOneThatHasEndedNoMore() throws IOException {
        var server = serve(HttpServer.create(ANY, 0), false);
        try {
            int port = server.getAddress().getPort();
            var task = task(port, Protocol.HTTP, false);
            checks.begin(task.withReadiness(new Readiness(true, Optional.empty())));
            assertThat(checks.asks(task.taskId())).isFalse();

            checks.begin(task);
            await().until(() -> told.size() == 1);
            assertThat(told).containsExactly(new Readiness(false, Optional.empty()));
            checks.end(task.taskId());
            assertThat(checks.asks(task.taskId())).isFalse();
        } finally {
            server.stop(0);
        }
        assertThat(told).hasSize(1);
    }

    @Test
    void noAnswerCountsAsStatus504WithTheReason() throws IOException {
        try (var nobody = new Socket()) {
            nobody.bind(ANY);
            checks.begin(task(nobody.getLocalPort(), Protocol.HTTP, true));
            await().until(() -> !told.isEmpty());
        }
        var last = told.getFirst().lastResponse().orElseThrow();
        assertThat(told.getFirst().ready()).isFalse();
        assertThat(last.status()).isEqualTo(504);
        assertThat(last.contentType()).isEqualTo("text/plain");
        assertThat(last.body()).contains("Connection refused");
    }

    @Test
    void acceptsAnyCertificate(@TempDir Path directory) throws Exception {
        var server = HttpsServer.create(ANY, 0);
        server.setHttpsConfigurator(new HttpsConfigurator(selfSigned(directory.resolve("keys"))));
        serve(server, false);
        try {
            status = 204;
            body = "";
            checks.begin(task(server.getAddress().getPort(), Protocol.HTTPS, false));
            await().until(() -> !told.isEmpty());
            assertThat(told).containsExactly(new Readiness(true, Optional.empty()));
        } finally {
            server.stop(0);
        }
    }

    private static SSLContext selfSigned(Path file) throws Exception {
        var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        var made =
                new ProcessBuilder(
                                keytool,
                                "-genkeypair",
                                "-keyalg",
                                "EC",
                                "-dname",
                                "CN=somebody.else",
                                "-storepass",
                                "secret",
                                "-keystore",
                                file.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        assertThat(made.waitFor()).isZero();
        var keys = KeyStore.getInstance("PKCS12");
        try (var stored = Files.newInputStream(file)) {
            keys.load(stored, "secret".toCharArray());
        }
        var managers = KeyManagerFactory.getInstance("PKIX");
        managers.init(keys, "secret".toCharArray());
        var context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }
}

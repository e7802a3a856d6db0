package io.ekiden.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.testkit.NeedsProgram;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A rolling update, a scale up and down, a restart and the drain of an agent, again and again,
/// under 500 requests a second on kept-alive connections and beside answers that take a second to
/// stream.
///
/// Three rounds, or as many as `-Dupheaval.rounds=50` says. Then an HAProxy is beside it that gets
/// a new configuration and a reload for each change of the tasks, as marathon-lb does it, and what
/// it loses is told, too.
@NeedsProgram("python3")
final class UpheavalsUnderLoadIT extends EkidenTest {
    private static final int ROUNDS = Integer.getInteger("upheaval.rounds", 3);
    private static final int USUAL_ROUNDS = 3;
    private static final int REQUESTS_PER_SECOND = 500;
    private static final int STREAMS_PER_SECOND = 20;
    private static final int HAPROXY_REQUESTS_PER_SECOND = 100;
    private static final int INSTANCES = 3;
    private static final String SERVER =
            """
            import http.server, sys, time

            class Handler(http.server.BaseHTTPRequestHandler):
                protocol_version = 'HTTP/1.1'
                disable_nagle_algorithm = True

                def do_GET(self):
                    self.send_response(200)
                    if self.path == '/stream':
                        self.send_header('Transfer-Encoding', 'chunked')
                        self.end_headers()
                        for _ in range(10):
                            time.sleep(0.1)
                            self.wfile.write(b'5\\r\\nhello\\r\\n')
                        self.wfile.write(b'0\\r\\n\\r\\n')
                    else:
                        self.send_header('Content-Length', '5')
                        self.end_headers()
                        self.wfile.write(b'hello')

                def log_message(self, *_):
                    pass

            http.server.ThreadingHTTPServer.request_queue_size = 512
            http.server.ThreadingHTTPServer((sys.argv[1], int(sys.argv[2])), Handler).serve_forever()
            """;

    private Optional<ReloadingHaproxy> haproxy = Optional.empty();
    private RunningEkiden ekiden;

    @AfterEach
    void stopHaproxy() {
        haproxy.ifPresent(ReloadingHaproxy::close);
    }

    @Test
    void noRequestIsLost() throws Exception {
        int ports = RunningEkiden.freeBlock();
        ekiden =
                up(
                        "--agent=name=agent-2;hostname=127.0.0.1;cpus=8;mem=8192;ports=%d-%d"
                                .formatted(ports, ports + 99));
        var app = app();
        put(app);
        ekiden.awaitHealthy("/web", INSTANCES);
        var url = URI.create("http://127.0.0.1:" + ekiden.servicePort() + "/");
        await().until(() -> ekiden.getService(ekiden.servicePort()).status() == 200);
        if (ROUNDS > USUAL_ROUNDS) {
            haproxy = Optional.of(ReloadingHaproxy.start(ekiden, "/web", directory));
        }

        try (var load = LoadGenerator.start(url, REQUESTS_PER_SECOND);
                var streams = LoadGenerator.start(url.resolve("/stream"), STREAMS_PER_SECOND)) {
            var beside =
                    haproxy.map(
                            other -> LoadGenerator.start(other.url(), HAPROXY_REQUESTS_PER_SECOND));
            for (int round = 1; round <= ROUNDS; round++) {
                upheave(app, round);
                if (ROUNDS > USUAL_ROUNDS) {
                    System.out.printf(
                            "round %d: %d answers, %d streams, %d failed; HAProxy: %s answers, %s failed after %s reloads%n",
                            round,
                            load.succeeded(),
                            streams.succeeded(),
                            load.failures().size() + streams.failures().size(),
                            beside.map(LoadGenerator::succeeded).orElse(0L),
                            beside.map(other -> other.failures().size()).orElse(0),
                            haproxy.map(ReloadingHaproxy::reloads).orElse(0));
                }
            }
            load.stop();
            streams.stop();
            if (beside.isPresent()) {
                beside.get().close();
            }

            assertThat(load.failures()).isEmpty();
            assertThat(streams.failures()).isEmpty();
            assertThat(load.succeeded()).isGreaterThan(REQUESTS_PER_SECOND);
        }
    }

    private void upheave(ObjectNode app, int round) {
        app.putObject("env").put("ROUND", Integer.toString(round));
        put(app);
        ekiden.awaitHealthy("/web", INSTANCES);

        put(app.put("instances", INSTANCES + 2));
        ekiden.awaitHealthy("/web", INSTANCES + 2);
        put(app.put("instances", INSTANCES));
        ekiden.awaitHealthy("/web", INSTANCES);

        assertThat(ekiden.post("/v2/apps/web/restart", "").status()).isEqualTo(200);
        ekiden.awaitHealthy("/web", INSTANCES);

        var agent = agents().getFirst();
        assertThat(ekiden.post("/v2/agents/" + agent + "/drain", "").status()).isBetween(200, 202);
        await().atMost(RunningEkiden.PATIENCE).until(() -> !agents().contains(agent));
        ekiden.awaitHealthy("/web", INSTANCES);
        assertThat(ekiden.delete("/v2/agents/" + agent + "/drain").status()).isBetween(200, 202);
    }

    private List<String> agents() {
        return ekiden.tasks("/web").stream().map(task -> task.path("slaveId").asText()).toList();
    }

    private void put(ObjectNode app) {
        assertThat(ekiden.put("/v2/apps/web", app.toString()).status()).isBetween(200, 201);
    }

    private ObjectNode app() throws Exception {
        Path server = Files.writeString(directory.resolve("server.py"), SERVER);
        var app = JsonNodeFactory.instance.objectNode();
        app.put("id", "/web").put("cmd", "exec python3 '" + server + "' $HOST $PORT0");
        app.put("instances", INSTANCES).put("cpus", 0.05).put("mem", 64).put("backoffSeconds", 1);
        app.putArray("portDefinitions").addObject().put("port", ekiden.servicePort());
        app.putArray("healthChecks")
                .addObject()
                .put("protocol", "HTTP")
                .put("portIndex", 0)
                .put("gracePeriodSeconds", 10)
                .put("intervalSeconds", 1)
                .put("timeoutSeconds", 5);
        return app;
    }
}

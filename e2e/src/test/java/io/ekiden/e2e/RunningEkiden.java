package io.ekiden.e2e;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/// The product, started by `./ekiden up` on free ports with its data in a directory of the test's,
/// and spoken to over HTTP only. [#close] stops it and every task.
final class RunningEkiden implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final int PORTS = 100;

    private final Path directory;
    private final int firstPort;
    private Launcher launcher;
    private JsonNode instance;

    private RunningEkiden(Path directory, int firstPort) {
        this.directory = directory;
        this.firstPort = firstPort;
    }

    /// @param body missing when it is not JSON
    record Answer(int status, JsonNode body, String text) {}

    /// Starts Ekiden and waits until it is ready.
    ///
    /// @param directory of the test's; `data` in it is the data directory
    /// @param args beside those that choose the ports
    static RunningEkiden up(Path directory, String... args) throws Exception {
        var ekiden = new RunningEkiden(directory, freeBlock());
        ekiden.start(args);
        return ekiden;
    }

    /// Starts Ekiden with these agents alone.
    static RunningEkiden upWith(Path directory, String... agents) throws Exception {
        var ekiden = new RunningEkiden(directory, freeBlock());
        ekiden.launch(List.of(agents));
        return ekiden;
    }

    /// Starts it (again) on the same data and the same service and task ports.
    void start(String... args) throws Exception {
        var agent =
                "--agent=name=agent-1;hostname=127.0.0.1;cpus=8;mem=8192;ports=%d-%d"
                        .formatted(firstPort + PORTS, firstPort + 2 * PORTS - 1);
        launch(Stream.concat(Stream.of(agent), Stream.of(args)).toList());
    }

    private void launch(List<String> args) throws Exception {
        var all =
                new ArrayList<>(
                        List.of(
                                "up",
                                "--data-dir",
                                data().toString(),
                                "--port=0",
                                "--lb-port=0",
                                "--admin-port=0",
                                "--dns-port=0",
                                "--kafka-port=0",
                                "--service-ports=%d-%d"
                                        .formatted(firstPort, firstPort + PORTS - 1)));
        all.addAll(args);
        launcher = Launcher.start(directory, all);
        var started = launcher;
        await("ready; it said " + started.remarks())
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> readyLine(started) || !started.isRunning());
        if (!readyLine(started)) {
            throw new IllegalStateException("it did not start and said " + started.remarks());
        }
        instance = JSON.readTree(data().resolve("ekiden.json").toFile());
    }

    private static boolean readyLine(Launcher launcher) {
        return launcher.results().stream().anyMatch(line -> line.startsWith("ekiden ready "));
    }

    Path data() {
        return directory.resolve("data");
    }

    Launcher launcher() {
        return launcher;
    }

    /// The first of this cluster's service ports.
    int servicePort() {
        return firstPort;
    }

    /// The first of the ports that its agent gives to tasks.
    int hostPort() {
        return firstPort + PORTS;
    }

    String kafka() {
        return instance.path("kafka").asText();
    }

    /// The API's address.
    String api() {
        return instance.path("api").asText();
    }

    /// The web UI's address.
    String ui() {
        return instance.path("ui").asText();
    }

    int lbPort() {
        return instance.path("lbPort").asInt();
    }

    /// Runs another `./ekiden` command against this one's data directory.
    Launcher command(String command, String... args) throws Exception {
        var all = new ArrayList<>(List.of(command, "--data-dir", data().toString()));
        all.addAll(List.of(args));
        return Launcher.run(directory, all);
    }

    Answer get(String path) {
        return send(api(path).GET());
    }

    Answer post(String path, String body) {
        return send(json(api(path)).POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    Answer put(String path, String body) {
        return send(json(api(path)).PUT(HttpRequest.BodyPublishers.ofString(body)));
    }

    Answer delete(String path) {
        return send(api(path).DELETE());
    }

    /// What the load balancer answers on a service port.
    Answer getService(int port) {
        return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/")).GET());
    }

    JsonNode app(String id) {
        return get("/v2/apps" + id + "?embed=app.taskStats&embed=app.lastTaskFailure")
                .body()
                .path("app");
    }

    /// The app's tasks that run.
    List<JsonNode> tasks(String id) {
        return stream(get("/v2/apps" + id + "/tasks").body().path("tasks")).toList();
    }

    static Stream<JsonNode> stream(JsonNode array) {
        return java.util.stream.StreamSupport.stream(array.spliterator(), false);
    }

    /// Waits until so many instances are healthy and no deployment of the app runs.
    void awaitHealthy(String id, int instances) {
        await(id + " to be healthy")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> {
                    var app = app(id);
                    return app.path("deployments").isEmpty()
                            && app.path("tasksHealthy").asInt() == instances
                            && app.path("tasksRunning").asInt() == instances;
                });
    }

    /// Waits until the app is gone and nothing of it runs.
    void awaitGone(String id) {
        await(id + " to be gone")
                .atMost(PATIENCE)
                .until(() -> get("/v2/apps" + id).status() == 404);
    }

    private HttpRequest.Builder api(String path) {
        return HttpRequest.newBuilder(URI.create(api() + path));
    }

    private static HttpRequest.Builder json(HttpRequest.Builder request) {
        return request.header("Content-Type", "application/json");
    }

    private static Answer send(HttpRequest.Builder request) {
        try {
            var answer =
                    HTTP.send(
                            request.timeout(Duration.ofSeconds(20)).build(),
                            HttpResponse.BodyHandlers.ofString());
            return new Answer(answer.statusCode(), parse(answer.body()), answer.body());
        } catch (IOException e) {
            return new Answer(0, JSON.missingNode(), e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            return JSON.missingNode();
        }
    }

    @Override
    public void close() throws IOException {
        try {
            if (launcher.isRunning()) {
                launcher.signal("TERM");
                launcher.awaitEnd();
            }
            launcher.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        keepLog();
    }

    /// The test's directory is deleted with the test; what the process logged is kept for reading.
    private void keepLog() throws IOException {
        var log = data().resolve("log/ekiden.log");
        if (Files.exists(log)) {
            var kept = Launcher.ROOT.resolve("e2e/target/logs");
            Files.createDirectories(kept);
            Files.copy(log, kept.resolve(directory.getFileName() + ".log"));
        }
    }

    /// The first of a run of ports nobody listens on, outside the range of outgoing connections.
    static int freeBlock() {
        var random = new Random();
        for (int attempt = 0; attempt < 100; attempt++) {
            int first = 11_000 + random.nextInt(100) * 2 * PORTS;
            if (first + 2 * PORTS < 32_000 && isFree(first, 2 * PORTS)) {
                return first;
            }
        }
        throw new IllegalStateException("no free block of ports");
    }

    private static boolean isFree(int first, int count) {
        for (int port = first; port < first + count; port++) {
            try (var socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            } catch (IOException e) {
                return false;
            }
        }
        return true;
    }
}

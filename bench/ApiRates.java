import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/// What one gateway takes, over HTTP: writes of distinct apps without instances, the list of all
/// apps, and listeners to events.
///
///     ./ekiden up --detach --data-dir /tmp/bench
///     java -cp 'standalone/target/lib/*' bench/ApiRates.java /tmp/bench
///     ./ekiden down --data-dir /tmp/bench
///
/// Writes are made by `WRITERS` clients at once, each waiting for its answer, which tells how many can
/// be made; then `OFFERED` a second, whether earlier ones are answered or not, whose latencies count
/// from the moment at which each was due. The first ones warm the JVM, as a process has that runs for
/// days; what they made is deleted. Lists are asked for by one client, one after the other. The heap
/// is that of the whole process, after a collection, with and without the listeners.
public final class ApiRates {
    private static final int WRITERS = 32;
    private static final int OFFERED = 500;
    private static final int LISTENERS = 1_000;
    private static final int TEAMS = 20;
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final URI api;
    private final String pid;
    private final AtomicInteger made = new AtomicInteger();

    private ApiRates(URI api, String pid) {
        this.api = api;
        this.pid = pid;
    }

    public static void main(String[] args) throws Exception {
        var instance = new ObjectMapper().readTree(Path.of(args[0], "ekiden.json").toFile());
        var rates = new ApiRates(URI.create(instance.get("api").asText()), instance.get("pid").asText());
        rates.writes("cold", 1_000);
        rates.writes("warm", 29_000);
        rates.deleteAll();
        rates.writes("writes", 1_000);
        rates.lists(50, false);
        rates.lists(200, true);
        rates.writes("writes", 4_000);
        rates.offered(10);
        rates.lists(5, false);
        rates.lists(20, true);
        rates.listeners();
    }

    private void writes(String what, int count) throws Exception {
        var latencies = new ArrayList<Future<List<Long>>>();
        long start = System.nanoTime();
        try (var pool = Executors.newFixedThreadPool(WRITERS)) {
            for (int w = 0; w < WRITERS; w++) {
                int mine = count / WRITERS + (w < count % WRITERS ? 1 : 0);
                latencies.add(pool.submit(() -> write(mine)));
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        var all = new ArrayList<Long>();
        for (var each : latencies) {
            all.addAll(each.get());
        }
        print("%s=%d rate=%.0f/s %s", what, count, count / seconds, percentiles(all));
    }

    private void offered(int seconds) throws Exception {
        var latencies = new ArrayList<CompletableFuture<Long>>();
        long begin = System.nanoTime();
        for (int i = 0; i < OFFERED * seconds; i++) {
            long due = begin + i * 1_000_000_000L / OFFERED;
            while (System.nanoTime() < due) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            latencies.add(
                    HTTP.sendAsync(next(), BodyHandlers.ofString())
                            .thenApply(
                                    answer -> {
                                        created(answer);
                                        return System.nanoTime() - due;
                                    }));
        }
        var all = new ArrayList<Long>();
        for (var each : latencies) {
            all.add(each.get());
        }
        print("offered=%d/s for %d s %s", OFFERED, seconds, percentiles(all));
    }

    private List<Long> write(int count) throws Exception {
        var latencies = new ArrayList<Long>();
        for (int i = 0; i < count; i++) {
            var request = next();
            long start = System.nanoTime();
            var answer = HTTP.send(request, BodyHandlers.ofString());
            latencies.add(System.nanoTime() - start);
            created(answer);
        }
        return latencies;
    }

    private HttpRequest next() {
        int n = made.getAndIncrement();
        var app =
                "{\"id\":\"/team%d/app%d\",\"cmd\":\"sleep 1000\",\"cpus\":0.1,\"mem\":32,\"instances\":0,\"portDefinitions\":[],\"labels\":{\"tier\":\"front\"}}"
                        .formatted(n % TEAMS, n);
        return HttpRequest.newBuilder(api.resolve("/v2/apps"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(app))
                .build();
    }

    private static void created(HttpResponse<String> answer) {
        if (answer.statusCode() != 201) {
            throw new IllegalStateException(answer.body());
        }
    }

    private void deleteAll() throws Exception {
        for (int team = 0; team < TEAMS; team++) {
            var request =
                    HttpRequest.newBuilder(api.resolve("/v2/groups/team" + team + "?force=true")).DELETE().build();
            var answer = HTTP.send(request, BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException(answer.body());
            }
        }
        made.set(0);
        var deployments = HttpRequest.newBuilder(api.resolve("/v2/deployments")).build();
        while (!HTTP.send(deployments, BodyHandlers.ofString()).body().equals("[]")) {
            Thread.sleep(100);
        }
    }

    private void lists(int count, boolean told) throws Exception {
        var request = HttpRequest.newBuilder(api.resolve("/v2/apps")).build();
        var latencies = new ArrayList<Long>();
        long bytes = 0;
        long begin = System.nanoTime();
        for (int i = 0; i < count; i++) {
            long start = System.nanoTime();
            bytes = HTTP.send(request, BodyHandlers.ofByteArray()).body().length;
            latencies.add(System.nanoTime() - start);
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        if (told) {
            print("lists=%d apps=%d bytes=%d rate=%.1f/s %s", count, made.get(), bytes, count / seconds, percentiles(latencies));
        }
    }

    private void listeners() throws Exception {
        long before = heap();
        var sockets = new ArrayList<Socket>();
        for (int i = 0; i < LISTENERS; i++) {
            var socket = new Socket(api.getHost(), api.getPort());
            socket.getOutputStream()
                    .write(
                            "GET /v2/events HTTP/1.1\r\nHost: %s:%d\r\nAccept: text/event-stream\r\n\r\n"
                                    .formatted(api.getHost(), api.getPort())
                                    .getBytes(StandardCharsets.US_ASCII));
            byte[] head = socket.getInputStream().readNBytes(15);
            if (!new String(head, StandardCharsets.US_ASCII).startsWith("HTTP/1.1 200")) {
                print("listeners: only %d were taken: %s", i, new String(head, StandardCharsets.US_ASCII));
                break;
            }
            sockets.add(socket);
        }
        print("listeners=%d heap=%.1f MiB more", sockets.size(), (heap() - before) / 1048576.0);
        for (var socket : sockets) {
            socket.close();
        }
    }

    private long heap() throws Exception {
        jcmd("GC.run");
        var used = Pattern.compile("used (\\d+)K").matcher(jcmd("GC.heap_info"));
        long bytes = 0;
        while (used.find()) {
            bytes += Long.parseLong(used.group(1)) * 1024;
        }
        return bytes;
    }

    private String jcmd(String command) throws Exception {
        var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        var process = new ProcessBuilder(jcmd, pid, command).redirectErrorStream(true).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static String percentiles(List<Long> nanos) {
        var sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        return String.format(
                Locale.ROOT,
                "p50=%.1f ms p99=%.1f ms max=%.1f ms",
                sorted[sorted.length / 2] / 1e6,
                sorted[(int) (sorted.length * 0.99)] / 1e6,
                Arrays.stream(sorted).max().orElse(0) / 1e6);
    }

    private static void print(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}

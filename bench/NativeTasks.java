import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.agent.core.Event;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.fetch.Fetcher;
import io.ekiden.agent.health.HealthChecks;
import io.ekiden.agent.runtime.NativeRuntime;
import io.ekiden.agent.runtime.TaskRecords;
import io.ekiden.agent.runtime.WorkDir;
import io.ekiden.agent.secrets.SecretKeeper;
import io.ekiden.json.AppJson;
import io.ekiden.json.Parsed;
import io.ekiden.log.AgentCommand;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.model.App;
import io.ekiden.model.InstanceId;
import io.ekiden.model.PathId;
import io.ekiden.model.TaskId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/// What native tasks cost an agent: one start against a plain fork and exec of the same shell, starts in a second, and
/// a thousand tasks with a health check each: the agent's memory, and how late the checks are.
///
///     java -Xmx384m -XX:+UseSerialGC -Dlogback.configurationFile=etc/logback-test.xml -cp 'standalone/target/lib/*' bench/NativeTasks.java /tmp/native 5 127.0.0.1:5000/busybox
///
/// Arguments: an empty directory, rounds, and if there is one a registry's image with `sh`, whose starts without an
/// engine are timed too. This is the agent's own runtime and its checks, in this process, without the
/// planner and Kafka. The checks ask a server of this process at a thousand ports, which notes when it is asked.
public final class NativeTasks {
    private static final int SINGLE_STARTS = 100;
    private static final int MANY = 300;
    private static final int MANY_IN_IMAGES = 100;
    private static final int CHECKED = 1_000;
    private static final int INTERVAL_SECONDS = 5;
    private static final int WATCHED_SECONDS = 60;
    private static final int FIRST_PORT = 20_000;
    private static final String COMMAND = "exec sleep 100000";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final NativeRuntime runtime;
    private final TaskRecords records;
    private final Map<TaskId, CountDownLatch> starts = new ConcurrentHashMap<>();
    private final Map<TaskId, CountDownLatch> ends = new ConcurrentHashMap<>();

    private NativeTasks(Path dir) throws IOException {
        var work = new WorkDir(dir);
        work.create();
        runtime =
                NativeRuntime.create(
                        work,
                        "boot",
                        "127.0.0.1",
                        new Fetcher(work.cache(), new Fetcher.Allowed(false, Optional.empty())),
                        new TreeMap<>(),
                        List.of(),
                        new SecretKeeper(dir.resolve("secrets"), Optional.empty()));
        records = new TaskRecords(work, "boot");
        runtime.watch(this::heard);
    }

    private void heard(Event event) {
        switch (event) {
            case Event.Running running -> starts.get(running.taskId()).countDown();
            case Event.Ended ended -> ends.get(ended.taskId()).countDown();
            case Event.NotStartable problem -> throw new IllegalStateException(problem.toString());
            default -> {}
        }
    }

    public static void main(String[] args) throws Exception {
        var bench = new NativeTasks(Path.of(args[0]));
        int rounds = Integer.parseInt(args[1]);
        bench.oneStart();
        bench.manyStarts("starts", MANY, rounds, Optional.empty());
        if (args.length > 2) {
            var image = Optional.of(args[2]);
            // Brings the image.
            bench.manyStarts("the first start in an image", 1, 1, image);
            bench.manyStarts("starts in an image", MANY_IN_IMAGES, rounds, image);
        }
        bench.aThousand();
        bench.runtime.close();
        System.exit(0);
    }

    private void oneStart() throws Exception {
        var plain = new double[SINGLE_STARTS];
        var task = new double[SINGLE_STARTS];
        for (int i = -10; i < SINGLE_STARTS; i++) {
            long begin = System.nanoTime();
            var process = new ProcessBuilder("/bin/sh", "-c", COMMAND).start();
            double forked = millis(begin);
            process.destroyForcibly().waitFor();

            begin = System.nanoTime();
            var one = start(task(Optional.empty(), Optional.empty()));
            starts.get(one).await();
            double started = millis(begin);
            end(List.of(one));
            if (i >= 0) {
                plain[i] = forked;
                task[i] = started;
            }
        }
        System.out.printf(
                "one start: fork and exec %.1f ms, native task %.1f ms (p95 %.1f and %.1f)%n",
                quantile(plain, 0.5), quantile(task, 0.5), quantile(plain, 0.95), quantile(task, 0.95));
    }

    private void manyStarts(String what, int many, int rounds, Optional<String> image) throws Exception {
        var rates = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            long begin = System.nanoTime();
            var tasks = new ArrayList<TaskId>();
            for (int i = 0; i < many; i++) {
                tasks.add(start(task(image, Optional.empty())));
            }
            for (var one : tasks) {
                starts.get(one).await();
            }
            rates[round] = many / millis(begin) * 1000;
            end(tasks);
        }
        System.out.printf(
                "%d %s at once: median %.1f/s of %s%n",
                many,
                what,
                quantile(rates, 0.5),
                Arrays.toString(Arrays.stream(rates).mapToLong(Math::round).toArray()));
    }

    private void aThousand() throws Exception {
        var server = new Asked();
        server.start();
        try (var checks = new HealthChecks("127.0.0.1", runtime, Clock.systemUTC(), _ -> {})) {
            long heap = heap();
            long resident = resident();
            var tasks = new ArrayList<TaskId>();
            for (int i = 0; i < CHECKED; i++) {
                var one = task(Optional.empty(), Optional.of(FIRST_PORT + i));
                tasks.add(start(one));
                starts.get(one.taskId()).await();
                checks.begin(one);
            }
            Thread.sleep(Duration.ofSeconds(2 * INTERVAL_SECONDS));
            server.asked.values().forEach(List::clear);
            Thread.sleep(Duration.ofSeconds(WATCHED_SECONDS));
            var late = server.lateMillis();
            System.out.printf(
                    "%d tasks with a check each %d s: heap %.1f KiB and resident %.1f KiB a task; %d checks, late p50 %.0f ms, p99 %.0f ms, at most %.0f ms%n",
                    CHECKED,
                    INTERVAL_SECONDS,
                    (heap() - heap) / 1024.0 / CHECKED,
                    (resident() - resident) / 1024.0 / CHECKED,
                    late.length,
                    quantile(late, 0.5),
                    quantile(late, 0.99),
                    quantile(late, 1));
            end(tasks);
        }
    }

    private TaskId start(LocalTask task) {
        starts.put(task.taskId(), new CountDownLatch(1));
        ends.put(task.taskId(), new CountDownLatch(1));
        records.write(task);
        runtime.start(task);
        return task.taskId();
    }

    private void end(List<TaskId> tasks) throws InterruptedException {
        tasks.forEach(task -> runtime.kill(task, Duration.ZERO));
        for (var task : tasks) {
            ends.get(task).await();
            runtime.collect(task);
            starts.remove(task);
            ends.remove(task);
        }
    }

    private static LocalTask task(Optional<String> image, Optional<Integer> port) throws IOException {
        var json =
                (ObjectNode)
                        JSON.readTree(
                                """
                                {"cmd": "%s", "cpus": 0.01, "mem": 32, "portDefinitions": [%s], "healthChecks": [%s]%s}
                                """
                                        .formatted(
                                                COMMAND,
                                                port.isPresent() ? "{\"port\": 0}" : "",
                                                port.isPresent()
                                                        ? "{\"protocol\": \"HTTP\", \"path\": \"/\", \"intervalSeconds\": %d, \"timeoutSeconds\": 2, \"gracePeriodSeconds\": 0}"
                                                                .formatted(INTERVAL_SECONDS)
                                                        : "",
                                                image.map(", \"container\": {\"type\": \"MESOS\", \"docker\": {\"image\": \"%s\"}}"::formatted)
                                                        .orElse("")));
        var id = PathId.of("/bench");
        var app =
                switch (AppJson.read(id, json)) {
                    case Parsed.Ok<App>(var ok) -> ok;
                    case Parsed.Invalid<App>(var problems) -> throw new IOException(problems.toString());
                };
        var taskId = InstanceId.of(id, UUID.randomUUID().toString()).task(1);
        return new LocalTask(
                taskId,
                Optional.of(new AgentCommand.Task(taskId, app, port.stream().toList(), List.of(), true)),
                1,
                TaskState.STARTING,
                Optional.empty(),
                Optional.empty(),
                "",
                false,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /// Answers every request at a thousand ports, and notes when a port was asked.
    private static final class Asked extends Thread {
        private static final byte[] ANSWER =
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

        private final Selector selector = Selector.open();
        private final Map<Integer, List<Long>> asked = new ConcurrentHashMap<>();

        Asked() throws IOException {
            setDaemon(true);
            for (int i = 0; i < CHECKED; i++) {
                var port = ServerSocketChannel.open();
                port.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), FIRST_PORT + i), 64);
                port.configureBlocking(false);
                port.register(selector, SelectionKey.OP_ACCEPT);
                asked.put(FIRST_PORT + i, new ArrayList<>());
            }
        }

        @Override
        public void run() {
            var buffer = ByteBuffer.allocate(4096);
            Consumer<SelectionKey> serve = key -> serve(key, buffer);
            while (true) {
                try {
                    selector.select(serve);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            }
        }

        private void serve(SelectionKey key, ByteBuffer buffer) {
            try {
                if (key.channel() instanceof ServerSocketChannel port) {
                    asked.get(port.socket().getLocalPort()).add(System.nanoTime());
                    var client = port.accept();
                    client.configureBlocking(false);
                    client.register(selector, SelectionKey.OP_READ);
                } else if (key.channel() instanceof SocketChannel client) {
                    buffer.clear();
                    if (client.read(buffer) > 0) {
                        client.write(ByteBuffer.wrap(ANSWER));
                    }
                    client.close();
                }
            } catch (IOException e) {
                key.cancel();
            }
        }

        /// By how much each came after its interval.
        double[] lateMillis() {
            return asked.values().stream()
                    .flatMapToDouble(times -> {
                        var late = new double[Math.max(0, times.size() - 1)];
                        for (int i = 0; i < late.length; i++) {
                            double gap = (times.get(i + 1) - times.get(i)) / 1e6;
                            late[i] = Math.max(0, gap - INTERVAL_SECONDS * 1000);
                        }
                        return Arrays.stream(late);
                    })
                    .toArray();
        }
    }

    private static long heap() {
        System.gc();
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static long resident() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }

    private static double millis(long begin) {
        return (System.nanoTime() - begin) / 1e6;
    }

    private static double quantile(double[] values, double q) {
        var sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.min(sorted.length - 1L, Math.floor(q * sorted.length))];
    }
}

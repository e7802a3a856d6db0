import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.ekiden.log.Codec;
import io.ekiden.log.Topics;
import io.ekiden.model.Endpoint;
import io.ekiden.model.Entity;
import io.ekiden.model.InstanceId;
import io.ekiden.model.PathId;
import io.ekiden.model.Sorted;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.LoggerFactory;

/// What changes of endpoints do to a load balancer: how long until one that is ready is routed, and
/// whether requests wait while thousands change.
///
///     ./ekiden up --detach --data-dir /tmp/bench
///     java -cp 'standalone/target/lib/*' bench/ProxyChanges.java /tmp/bench
///     ./ekiden down --data-dir /tmp/bench
///
/// A load balancer of its own, on topics of its own, whose endpoints are written as the planner does.
/// First 200 endpoints become ready one by one, each an app with a virtual host, and are asked for
/// without a pause until they answer. Then there are 10,000 (of 1,000 apps, with virtual hosts), of
/// which 1,000 a second change, ready ones to draining and back, while one client asks 500 times a
/// second on one connection; each request counts from the moment at which it was due.
public final class ProxyChanges {
    private static final int SINGLE = 200;
    private static final int ENDPOINTS = 10_000;
    private static final int APPS = 1_000;
    private static final int CHANGES_PER_SECOND = 1_000;
    private static final int REQUESTS_PER_SECOND = 500;
    private static final int SECONDS = 20;

    private final Topics topics = new Topics("bench" + new Random().nextInt(1_000_000) + ".");
    private final String kafka;
    private final int port;
    private final int backend;
    private final KafkaProducer<byte[], byte[]> pen;

    private ProxyChanges(String kafka, int port, int backend) {
        this.kafka = kafka;
        this.port = port;
        this.backend = backend;
        this.pen =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", kafka, "acks", "all", "linger.ms", "0"),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
    }

    public static void main(String[] args) throws Exception {
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
        var instance = new ObjectMapper().readTree(Path.of(args[0], "ekiden.json").toFile());
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext(
                "/",
                http -> {
                    http.sendResponseHeaders(200, 2);
                    http.getResponseBody().write("ok".getBytes(StandardCharsets.US_ASCII));
                    http.close();
                });
        server.start();
        var bench =
                new ProxyChanges(instance.get("kafka").asText(), free(), server.getAddress().getPort());
        var proxy = bench.start();
        try {
            bench.readyToRouted();
            bench.many();
        } finally {
            proxy.destroy();
            proxy.waitFor();
            server.stop(0);
            bench.pen.close();
        }
        System.exit(0);
    }

    private Process start() throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", kafka))) {
            var all =
                    List.of(
                                    topics.endpoints(),
                                    topics.agentReports(),
                                    topics.heartbeats(),
                                    topics.deadLetters())
                            .stream()
                            .map(topic -> new NewTopic(topic.fullName(), 1, (short) 1))
                            .toList();
            admin.createTopics(all).all().get();
        }
        put(endpoint("/first", 0, "first.example", Endpoint.State.READY)).get();
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of(System.getProperty("proxy.options", "-Xmx256m -XX:+UseParallelGC").split(" ")));
        command.addAll(
                List.of(
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.ekiden.proxy.ProxyMain",
                        "--bootstrap-servers=" + kafka,
                        "--topic-prefix=" + topics.endpoints().fullName().replaceAll("[^.]*$", ""),
                        "--proxy-id=bench",
                        "--lb-port=" + port,
                        "--admin-port=0",
                        "--service-ports=10000-10100"));
        var proxy =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(Path.of("/dev/null").toFile())
                        .start();
        for (int attempt = 0; attempt < 240 && !answers("first.example"); attempt++) {
            Thread.sleep(250);
        }
        return proxy;
    }

    private boolean answers(String host) {
        try (var client = new Client()) {
            return client.ask(host) == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private void readyToRouted() throws Exception {
        var latencies = new ArrayList<Long>();
        try (var client = new Client()) {
            for (int i = 0; i < 2 * SINGLE; i++) {
                var host = "single" + i + ".example";
                long start = System.nanoTime();
                put(endpoint("/single" + i, 0, host, Endpoint.State.READY)).get();
                long written = System.nanoTime();
                while (client.ask(host) != 200) {
                    Thread.onSpinWait();
                }
                if (i >= SINGLE) {
                    latencies.add(System.nanoTime() - start);
                }
                if (i == 2 * SINGLE - 1) {
                    print("the last write took %.1f ms of it", (written - start) / 1e6);
                }
            }
        }
        print("ready to routed, %d times: %s", SINGLE, percentiles(latencies));
    }

    private void many() throws Exception {
        var last = put(endpoint(0, Endpoint.State.READY));
        for (int i = 1; i < ENDPOINTS; i++) {
            last = put(endpoint(i, Endpoint.State.READY));
        }
        last.get();
        while (!answers("app" + (ENDPOINTS - 1) % APPS + ".example")) {
            Thread.sleep(50);
        }
        Thread.sleep(5_000);
        print("%d endpoints, nothing changes: %s", ENDPOINTS, percentiles(requests(5)));
        var changer = Thread.ofPlatform().start(this::change);
        var latencies = requests(SECONDS);
        changer.join();
        print("%d of them change each second: %s", CHANGES_PER_SECOND, percentiles(latencies));
        print("longer than 50 ms: %d of %d", latencies.stream().filter(l -> l > 50_000_000).count(), latencies.size());
    }

    private void change() {
        long begin = System.nanoTime();
        var random = new Random(7);
        var draining = new boolean[ENDPOINTS];
        for (int i = 0; i < CHANGES_PER_SECOND * SECONDS; i++) {
            sleepUntil(begin + i * 1_000_000_000L / CHANGES_PER_SECOND);
            // The first app's are left alone: it is asked.
            int one = random.nextInt(ENDPOINTS);
            if (one % APPS != 0) {
                draining[one] = !draining[one];
                put(endpoint(one, draining[one] ? Endpoint.State.DRAINING : Endpoint.State.READY));
            }
        }
    }

    private List<Long> requests(int seconds) throws IOException {
        var latencies = new ArrayList<Long>();
        long begin = System.nanoTime();
        try (var client = new Client()) {
            for (int i = 0; i < REQUESTS_PER_SECOND * seconds; i++) {
                long due = begin + i * 1_000_000_000L / REQUESTS_PER_SECOND;
                sleepUntil(due);
                int status = client.ask("app0.example");
                if (status != 200) {
                    throw new IOException("answered with " + status);
                }
                latencies.add(System.nanoTime() - due);
            }
        }
        return latencies;
    }

    private static void sleepUntil(long due) {
        while (System.nanoTime() < due) {
            LockSupport.parkNanos(due - System.nanoTime());
        }
    }

    private Endpoint endpoint(int number, Endpoint.State state) {
        int app = number % APPS;
        return endpoint("/app" + app, number / APPS, "app" + app + ".example", state);
    }

    private Endpoint endpoint(String app, int instance, String host, Endpoint.State state) {
        var id = PathId.of(app);
        return new Endpoint(
                InstanceId.of(id, "0000-" + instance).task(1),
                id,
                0,
                Optional.empty(),
                "127.0.0.1",
                backend,
                0,
                "tcp",
                Sorted.copyOf(Map.of("HAPROXY_0_VHOST", host)),
                state);
    }

    private Future<?> put(Endpoint endpoint) {
        return pen.send(
                new ProducerRecord<>(
                        topics.endpoints().fullName(),
                        0,
                        endpoint.key().getBytes(StandardCharsets.UTF_8),
                        Codec.encode(Entity.class, endpoint)));
    }

    /// One connection, on which one request follows the other.
    private final class Client implements AutoCloseable {
        private final Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        private final byte[] answer = new byte[8192];

        Client() throws IOException {
            socket.setTcpNoDelay(true);
        }

        int ask(String host) throws IOException {
            socket.getOutputStream()
                    .write(("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            int length = 0;
            while (true) {
                int read = socket.getInputStream().read(answer, length, answer.length - length);
                if (read < 0) {
                    throw new IOException("closed");
                }
                length += read;
                var text = new String(answer, 0, length, StandardCharsets.US_ASCII);
                int end = text.indexOf("\r\n\r\n");
                if (end > 0) {
                    var head = text.substring(0, end).toLowerCase(Locale.ROOT);
                    int at = head.indexOf("content-length: ") + "content-length: ".length();
                    int eol = head.indexOf('\r', at);
                    int body = Integer.parseInt(head.substring(at, eol < 0 ? head.length() : eol));
                    if (length >= end + 4 + body) {
                        return Integer.parseInt(text.substring(9, 12));
                    }
                }
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static int free() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static String percentiles(List<Long> nanos) {
        var sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        return String.format(
                Locale.ROOT,
                "p50=%.1f ms p99=%.1f ms max=%.1f ms",
                sorted[sorted.length / 2] / 1e6,
                sorted[(int) (sorted.length * 0.99)] / 1e6,
                sorted[sorted.length - 1] / 1e6);
    }

    private static void print(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}

package io.ekiden.testkit;

import io.ekiden.log.Topics;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/// A real Kafka broker in this JVM, on loopback, without topics. It can be stopped and started
/// again on its data and its ports. It is as Kafka is by default, but the shared one allows short
/// sessions.
public final class TestBroker implements AutoCloseable {
    private static final int FIRST_PORT = 5_000;
    private static final int LAST_PORT = 11_000;
    private static final Random RANDOM = new Random();
    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    /// The level of Kafka's feature `transaction.version` that Ekiden asks for.
    private static final short TRANSACTIONS = 2;

    private final Path dir;
    private final boolean ownDir;
    private final int port;
    private final Properties settings;
    private KafkaRaftServer server;

    private TestBroker(
            Path dir, boolean ownDir, int port, Map<String, String> further, short transactions)
            throws Exception {
        this.dir = dir;
        this.ownDir = ownDir;
        this.port = port;
        this.settings = settings(dir, port, freePort());
        settings.putAll(further);
        new Formatter()
                .setClusterId(Uuid.randomUuid().toString())
                .setNodeId(1)
                .setDirectories(List.of(dir.toString()))
                .setMetadataLogDirectory(dir.toString())
                .setControllerListenerName("CONTROLLER")
                .setIgnoreFormatted(true)
                .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
                .setFeatureLevel("transaction.version", transactions)
                .setPrintStream(
                        new PrintStream(
                                OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .run();
        start();
    }

    private static final class Shared {
        private static final TestBroker BROKER =
                start(freePort(), Map.of("group.min.session.timeout.ms", "500"), TRANSACTIONS);

        static {
            Runtime.getRuntime().addShutdownHook(new Thread(BROKER::close));
        }
    }

    /// One for all tests that do not need another; each uses topics with a prefix of its own. It
    /// ends with the JVM.
    public static TestBroker shared() {
        return Shared.BROKER;
    }

    /// @param transactions the level of Kafka's feature `transaction.version`
    public static TestBroker start(int port, Map<String, String> further, short transactions) {
        try {
            var dir = Files.createTempDirectory("ekiden-broker");
            return new TestBroker(dir, true, port, further, transactions);
        } catch (Exception e) {
            throw new IllegalStateException("the broker does not start", e);
        }
    }

    /// On any port, with its data in this directory, which stays.
    public static TestBroker start(Path dir) {
        try {
            return new TestBroker(dir, false, freePort(), Map.of(), TRANSACTIONS);
        } catch (Exception e) {
            throw new IllegalStateException("the broker does not start", e);
        }
    }

    /// Again, after [#stop].
    public void start() {
        server = new KafkaRaftServer(KafkaConfig.fromProps(settings, false), Time.SYSTEM);
        server.startup();
    }

    public void stop() {
        server.shutdown();
        server.awaitShutdown();
    }

    public String bootstrap() {
        return "127.0.0.1:" + port;
    }

    /// Makes these topics, with one replica each.
    public void create(List<Topics.Topic> topics) {
        var wanted =
                topics.stream()
                        .map(topic ->
                                new NewTopic(topic.fullName(), topic.partitions(), (short) 1)
                                        .configs(topic.settings()))
                        .toList();
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrap()))) {
            admin.createTopics(wanted).all().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the topics are not made", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the topics are not made", e);
        }
    }

    /// A port on which nobody listens. Not one of those that the system gives to whoever connects
    /// somewhere: between this and its use, another process would take it.
    public static int freePort() {
        for (int attempt = 0; attempt < 1000; attempt++) {
            int port = FIRST_PORT + RANDOM.nextInt(LAST_PORT - FIRST_PORT);
            if (GIVEN.add(port) && isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no free port");
    }

    private static boolean isFree(int port) {
        try (var _ = new ServerSocket(port)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        stop();
        if (ownDir) {
            delete();
        }
    }

    private void delete() {
        try (var files = Files.walk(dir)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Properties settings(Path dir, int port, int controller) {
        var settings = new Properties();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", "1");
        settings.put("controller.quorum.voters", "1@127.0.0.1:" + controller);
        settings.put(
                "listeners",
                "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controller);
        settings.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
        settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("inter.broker.listener.name", "PLAINTEXT");
        settings.put("log.dirs", dir.toString());
        settings.put("log.index.size.max.bytes", "65536");
        settings.put("auto.create.topics.enable", "false");
        settings.put("offsets.topic.replication.factor", "1");
        settings.put("offsets.topic.num.partitions", "3");
        settings.put("transaction.state.log.replication.factor", "1");
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("transaction.state.log.num.partitions", "3");
        settings.put("group.initial.rebalance.delay.ms", "0");
        return settings;
    }
}

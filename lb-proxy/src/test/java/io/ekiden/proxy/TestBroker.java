package io.ekiden.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ekiden.log.Topics;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/// A real Kafka broker in this process, on a loopback port, which can be stopped and started again
/// on the same data.
final class TestBroker implements AutoCloseable {
    private final Path folder;
    private final int port = freePort();
    private final int controllerPort = freePort();
    private final String clusterId = Uuid.randomUuid().toString();
    private KafkaRaftServer server;

    TestBroker(Path folder) throws Exception {
        this.folder = folder;
        format();
        start();
    }

    static int freePort() {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    void start() {
        server = new KafkaRaftServer(KafkaConfig.fromProps(settings()), Time.SYSTEM);
        server.startup();
    }

    void stop() {
        server.shutdown();
        server.awaitShutdown();
    }

    void create(Topics topics) throws Exception {
        var wanted =
                List.of(
                                topics.endpoints(),
                                topics.agentReports(),
                                topics.heartbeats(),
                                topics.deadLetters())
                        .stream()
                        .map(t ->
                                new NewTopic(t.fullName(), t.partitions(), (short) 1)
                                        .configs(t.settings()))
                        .toList();
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
            admin.createTopics(wanted).all().get();
        }
    }

    @Override
    public void close() {
        stop();
    }

    private void format() throws Exception {
        new Formatter()
                .setClusterId(clusterId)
                .setNodeId(1)
                .setDirectories(List.of(folder.toString()))
                .setMetadataLogDirectory(folder.toString())
                .setControllerListenerName("CONTROLLER")
                .setIgnoreFormatted(true)
                .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), true, UTF_8))
                .run();
    }

    private Properties settings() {
        var settings = new Properties();
        settings.putAll(
                Map.of(
                        "process.roles", "broker,controller",
                        "node.id", "1",
                        "controller.quorum.voters", "1@127.0.0.1:" + controllerPort,
                        "listeners",
                                "PLAINTEXT://127.0.0.1:"
                                        + port
                                        + ",CONTROLLER://127.0.0.1:"
                                        + controllerPort,
                        "controller.listener.names", "CONTROLLER",
                        "log.dirs", folder.toString(),
                        "offsets.topic.replication.factor", "1",
                        "transaction.state.log.replication.factor", "1",
                        "transaction.state.log.min.isr", "1",
                        "auto.create.topics.enable", "false"));
        settings.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
        return settings;
    }
}

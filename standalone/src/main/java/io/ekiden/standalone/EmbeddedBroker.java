package io.ekiden.standalone;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Consumer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A real Kafka broker (KRaft, broker and controller in one) inside this process, with all it keeps
/// in one directory. Started again on the same directory it is the same cluster with the same data.
/// Replication factor 1: what the disk loses is lost.
///
/// It uses Kafka's internal classes, as there are no public ones for this; hence Kafka's version is
/// pinned in the root pom.
final class EmbeddedBroker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);
    private static final int NODE_ID = 1;
    private static final int BIND_ATTEMPTS = 5;

    private final KafkaRaftServer server;
    private final String clusterId;
    private final String host;
    private final int port;

    private EmbeddedBroker(KafkaRaftServer server, String clusterId, String host, int port) {
        this.server = server;
        this.clusterId = clusterId;
        this.host = host;
        this.port = port;
    }

    /// Starts a broker and returns once it accepts clients.
    ///
    /// @param port 0 picks a free one
    /// @throws IOException when the directory cannot be used
    static EmbeddedBroker start(Path directory, String host, int port) throws IOException {
        Files.createDirectories(directory);
        var clusterId = format(directory);
        for (int attempt = 1; ; attempt++) {
            int clients = port == 0 ? freePort(host) : port;
            try {
                // The controller listens on loopback only; nobody but this broker speaks to it.
                var settings = BrokerSettings.of(directory, host, clients, freePort("127.0.0.1"));
                var server = new KafkaRaftServer(KafkaConfig.fromProps(settings), Time.SYSTEM);
                server.startup();
                LOG.info("broker started address={}:{} cluster={}", host, clients, clusterId);
                return new EmbeddedBroker(server, clusterId, host, clients);
            } catch (RuntimeException e) {
                // Between the choice of a free port and the bind somebody else may have taken it.
                if (port != 0 || attempt == BIND_ATTEMPTS) {
                    throw e;
                }
                LOG.warn("broker start repeated reason={}", e.toString());
            }
        }
    }

    /// What Kafka is to do when it gives up (its disk is full or gone, a fault in the controller):
    /// it wants to end the process, and would do so without a word on the terminal.
    static void onFatal(Consumer<String> fatal) {
        Exit.Procedure procedure =
                (status, message) -> {
                    fatal.accept(Optional.ofNullable(message).orElse("status " + status));
                    // Kafka counts on never coming back from here.
                    throw new IllegalStateException("the broker has ended");
                };
        Exit.setExitProcedure(procedure);
        Exit.setHaltProcedure(procedure);
    }

    String bootstrapServers() {
        return host + ":" + port;
    }

    int port() {
        return port;
    }

    String clusterId() {
        return clusterId;
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
        LOG.info("broker stopped address={}:{}", host, port);
    }

    /// Gives a new directory its cluster id; an existing one keeps its own.
    private static String format(Path directory) throws IOException {
        var formatter =
                new Formatter()
                        .setNodeId(NODE_ID)
                        .setClusterId(
                                existingClusterId(directory)
                                        .orElseGet(() -> Uuid.randomUuid().toString()))
                        .addDirectory(directory.toString())
                        .setMetadataLogDirectory(directory.toString())
                        .setControllerListenerName(BrokerSettings.CONTROLLER)
                        .setIgnoreFormatted(true)
                        .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
                        .setPrintStream(
                                new PrintStream(
                                        OutputStream.nullOutputStream(),
                                        false,
                                        StandardCharsets.UTF_8));
        try {
            formatter.run();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("cannot prepare " + directory + ": " + e.getMessage(), e);
        }
        return formatter.clusterId();
    }

    private static Optional<String> existingClusterId(Path directory) throws IOException {
        var file = directory.resolve("meta.properties");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        var properties = new Properties();
        try (var in = Files.newBufferedReader(file)) {
            properties.load(in);
        }
        return Optional.ofNullable(properties.getProperty("cluster.id"));
    }

    private static int freePort(String host) throws IOException {
        try (var socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByName(host), 0));
            return socket.getLocalPort();
        }
    }
}

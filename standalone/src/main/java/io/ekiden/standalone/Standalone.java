package io.ekiden.standalone;

import io.ekiden.log.TopicAdmin;
import io.ekiden.log.Topics;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/// The whole of Ekiden in this process: broker, planner, gateway, agents and load balancer, each
/// wired to the others by nothing but Kafka and HTTP, as if each ran alone.
final class Standalone implements AutoCloseable {
    /// What one standalone is told.
    record Settings(DataDirectory directory, String bind, Ports ports, List<String> agents) {}

    private static final Duration KAFKA_PATIENCE = Duration.ofSeconds(60);

    private final EmbeddedBroker broker;
    private final Instance instance;

    private Standalone(EmbeddedBroker broker, Instance instance) {
        this.broker = broker;
        this.instance = instance;
    }

    /// Returns once the API answers.
    static Standalone start(Settings settings, Consumer<String> progress)
            throws CommandFailure, IOException {
        progress.accept("starting the broker");
        var broker =
                EmbeddedBroker.start(
                        settings.directory().kafka(), settings.bind(), settings.ports().kafka());
        var topics = new Topics(Topics.DEFAULT_PREFIX);
        TopicAdmin.ensure(broker.bootstrapServers(), topics, (short) 1, KAFKA_PATIENCE);
        return new Standalone(broker, null);
    }

    Instance instance() {
        return instance;
    }

    /// Says good-bye for the agents.
    ///
    /// @param keepTasks their tasks run on; else they are stopped first
    void leave(boolean keepTasks) {}

    @Override
    public void close() {
        broker.close();
    }
}

package io.ekiden.gateway;

import static org.awaitility.Awaitility.await;

import io.ekiden.log.Topics;
import io.ekiden.testkit.TestBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;

/// A gateway and a scripted planner on topics of their own.
public final class TestCluster implements AutoCloseable {
    private final TestBroker broker;
    private final Topics topics;
    private final ScriptedPlanner planner;
    private GatewayServer gateway;

    public TestCluster() {
        this(TestBroker.shared());
    }

    public TestCluster(TestBroker broker) {
        this.broker = broker;
        this.topics = new Topics("t" + UUID.randomUUID() + ".");
        createTopics();
        this.planner = new ScriptedPlanner(broker.bootstrap(), topics);
    }

    /// Only those that a gateway uses: the others take the broker seconds.
    private void createTopics() {
        broker.create(
                List.of(
                        topics.desiredState(),
                        topics.journal(),
                        topics.clusterState(),
                        topics.auditRefused(),
                        topics.webhookDeliveries(),
                        topics.secrets()));
    }

    public Topics topics() {
        return topics;
    }

    public String bootstrap() {
        return broker.bootstrap();
    }

    /// What every Kafka client is given.
    public Map<String, Object> clients() {
        return Map.of("bootstrap.servers", broker.bootstrap());
    }

    public ScriptedPlanner planner() {
        return planner;
    }

    public Http start() {
        return start(UnaryOperator.identity());
    }

    public Http start(UnaryOperator<GatewayConfig> settings) {
        return serve(settings, 200);
    }

    /// Ends the gateway that runs now and starts another on another port.
    public Http restart() {
        stopGateway();
        return start();
    }

    public void stopGateway() {
        gateway.close();
        gateway = null;
    }

    /// Takes everything before this offset from a topic, as its retention would.
    public void forget(Topics.Topic topic, long offset) {
        var partition = new TopicPartition(topic.fullName(), 0);
        try (var admin = Admin.create(clients())) {
            admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(offset)))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// @param info what `/v2/info` answers when it serves
    private Http serve(UnaryOperator<GatewayConfig> settings, int info) {
        var config = GatewayConfig.of(bootstrap(), topics, "127.0.0.1", 0, "1.2.3");
        gateway = new GatewayServer(settings.apply(config));
        try {
            gateway.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var http = new Http(gateway.port());
        await().atMost(Duration.ofSeconds(20))
                .until(() -> http.get("/v2/info").status() == info && isFollowing(http));
        return http;
    }

    /// `/ping` also wants the planner to have decided something.
    private static boolean isFollowing(Http http) {
        return !http.get("/ping").text().contains("not been read");
    }

    /// A gateway that asks who calls.
    public Http startSecured(Tokens tokens) {
        return startSecured(tokens, UnaryOperator.identity());
    }

    public Http startSecured(Tokens tokens, UnaryOperator<GatewayConfig> settings) {
        return serve(config -> settings.apply(config.withSecurity(tokens.security())), 401);
    }

    @Override
    public void close() {
        if (gateway != null) {
            gateway.close();
        }
        planner.close();
    }
}

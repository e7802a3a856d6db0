package io.ekiden.proxy;

import static org.awaitility.Awaitility.await;

import io.ekiden.log.AgentReport;
import io.ekiden.log.Codec;
import io.ekiden.log.Heartbeat;
import io.ekiden.log.Topics;
import io.ekiden.model.Endpoint;
import io.ekiden.model.Entity;
import io.ekiden.model.PortRange;
import io.ekiden.proxy.vip.AddressRange;
import io.ekiden.testkit.TestBroker;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// One test's cluster on a broker: topics of its own, a proxy, and a pen to write endpoints with as
/// the planner does.
final class TestCluster implements AutoCloseable {
    static final ProxyConfig.Timeouts QUICK =
            new ProxyConfig.Timeouts(
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(20),
                    Duration.ofMinutes(1),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(1),
                    Duration.ofMillis(200),
                    Duration.ofSeconds(3),
                    Duration.ofMillis(200),
                    Duration.ofSeconds(2));

    private final TestBroker broker;
    private final Topics topics = new Topics("t" + UUID.randomUUID() + ".");
    private final KafkaProducer<byte[], byte[]> pen;
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<ProxyServer> proxies = new ArrayList<>();

    TestCluster(TestBroker broker) throws Exception {
        this.broker = broker;
        broker.create(
                List.of(
                        topics.endpoints(),
                        topics.agentReports(),
                        topics.heartbeats(),
                        topics.deadLetters()));
        pen =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", broker.bootstrap(), "acks", "all"),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
    }

    ProxyConfig config(ProxyConfig.Timeouts timeouts) {
        return config(timeouts, ProxyConfig.Frontends.DEFAULT);
    }

    private ProxyConfig config(ProxyConfig.Timeouts timeouts, ProxyConfig.Frontends frontends) {
        return new ProxyConfig(
                broker.bootstrap(),
                topics,
                "proxy-1",
                "this-host",
                "127.0.0.1",
                0,
                0,
                new PortRange(1024, 65_535),
                AddressRange.LOOPBACK,
                Optional.empty(),
                2,
                frontends,
                timeouts,
                Map.of());
    }

    ProxyServer proxy() throws Exception {
        return proxy(config(QUICK));
    }

    ProxyServer proxy(ProxyConfig.Frontends frontends) throws Exception {
        return proxy(config(QUICK, frontends));
    }

    ProxyServer proxy(ProxyConfig config) throws Exception {
        var proxy = new ProxyServer(config);
        proxies.add(proxy);
        proxy.start().await(30, TimeUnit.SECONDS);
        return proxy;
    }

    Topics topics() {
        return topics;
    }

    void put(Endpoint... endpoints) {
        for (var endpoint : endpoints) {
            write(endpoint.key(), Codec.encode(Entity.class, endpoint));
        }
    }

    void remove(Endpoint endpoint) {
        write(endpoint.key(), null);
    }

    void write(String key, byte[] value) {
        try {
            pen.send(
                            new ProducerRecord<>(
                                    topics.endpoints().fullName(),
                                    0,
                                    key == null ? null : key.getBytes(StandardCharsets.UTF_8),
                                    value))
                    .get();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    List<ConsumerRecord<byte[], byte[]>> read(String topic) {
        var partition = new TopicPartition(topic, 0);
        var found = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        try (var consumer =
                new KafkaConsumer<>(
                        Map.of("bootstrap.servers", broker.bootstrap()),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(found::add);
            }
        }
        return found;
    }

    List<AgentReport> reports() {
        return read(topics.agentReports().fullName()).stream()
                .map(r -> decode(AgentReport.class, r))
                .toList();
    }

    List<Heartbeat> heartbeats() {
        return read(topics.heartbeats().fullName()).stream()
                .map(r -> decode(Heartbeat.class, r))
                .toList();
    }

    private static <T> T decode(Class<T> type, ConsumerRecord<byte[], byte[]> record) {
        try {
            return Codec.decode(type, record.value());
        } catch (Codec.Unreadable e) {
            throw new AssertionError(e);
        }
    }

    HttpResponse<String> get(int port, String path) {
        try {
            return http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                            .timeout(Duration.ofSeconds(20))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /// Waits until the port answers with this.
    void awaitAnswer(int port, String path, String body) {
        await().atMost(Duration.ofSeconds(20))
                .ignoreExceptions()
                .until(() -> get(port, path).body().equals(body));
    }

    @Override
    public void close() {
        proxies.forEach(ProxyServer::close);
        pen.close(Duration.ofSeconds(1));
        http.close();
    }
}

package io.ekiden.planner.stream;

import io.ekiden.log.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks Kafka what the planner must know before it starts.
final class BrokerProbe {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerProbe.class);

    private static final String MIN_SESSION = "group.min.session.timeout.ms";
    private static final Duration CALL = Duration.ofSeconds(5);
    private static final Duration READ = Duration.ofSeconds(20);

    private BrokerProbe() {}

    /// The session timeout that is wanted, or the shortest that the broker allows. Kafka's default
    /// is longer than ours, and a client that asks for less is refused for ever.
    static Duration sessionTimeout(Admin admin, Duration wanted) {
        try {
            var node =
                    admin.describeCluster()
                            .nodes()
                            .get(CALL.toMillis(), TimeUnit.MILLISECONDS)
                            .iterator()
                            .next();
            var broker = new ConfigResource(ConfigResource.Type.BROKER, node.idString());
            var setting =
                    admin.describeConfigs(List.of(broker))
                            .all()
                            .get(CALL.toMillis(), TimeUnit.MILLISECONDS)
                            .get(broker)
                            .get(MIN_SESSION);
            var allowed =
                    setting == null ? wanted : Duration.ofMillis(Long.parseLong(setting.value()));
            if (allowed.compareTo(wanted) > 0) {
                LOG.warn(
                        "session=raised wanted={}ms allowed={}ms setting={}: a failover takes longer",
                        wanted.toMillis(),
                        allowed.toMillis(),
                        MIN_SESSION);
                return allowed;
            }
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("session=unchecked why={}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return wanted;
    }

    /// Kafka's ids of the planner's sources, by their names.
    static Map<String, String> sourceIds(Admin admin, Topics topics) {
        var names = List.of(topics.desiredState().fullName(), topics.agentReports().fullName());
        try {
            return admin
                    .describeTopics(names)
                    .allTopicNames()
                    .get(CALL.toMillis(), TimeUnit.MILLISECONDS)
                    .values()
                    .stream()
                    .collect(Collectors.toMap(d -> d.name(), d -> d.topicId().toString()));
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the sources cannot be described", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted at the start", e);
        }
    }

    /// Whether the journal has a committed entry. Its end offset alone does not tell: an aborted
    /// transaction leaves its mark too.
    static boolean journalHasEntries(Topics topics, Map<String, Object> clientSettings) {
        var settings = new HashMap<>(clientSettings);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        var partition = new TopicPartition(topics.journal().fullName(), 0);
        long deadline = System.nanoTime() + READ.toNanos();
        try (var consumer =
                new KafkaConsumer<>(
                        settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition), CALL).get(partition);
            while (consumer.position(partition, CALL) < end) {
                if (!consumer.poll(Duration.ofMillis(100)).isEmpty()) {
                    return true;
                }
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("the journal cannot be read");
                }
            }
            return false;
        }
    }
}

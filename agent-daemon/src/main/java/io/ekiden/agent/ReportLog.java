package io.ekiden.agent;

import io.ekiden.log.AgentReport;
import io.ekiden.log.Codec;
import io.ekiden.log.Heartbeat;
import io.ekiden.log.MemberKind;
import io.ekiden.log.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes what the agent says, in the order in which it is said, and tells of each record whether
/// Kafka has acknowledged it (every in-sync replica has it). Sending can block while Kafka is away,
/// so it has a thread of its own; nothing is kept here for longer than Kafka's delivery time-out.
final class ReportLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReportLog.class);
    private static final int PARTITION = 0;
    private static final Duration DELIVERY = Duration.ofSeconds(10);

    private final String agentId;
    private final Topics topics;
    private final Map<String, Object> settings;
    private final ExecutorService sender;
    private final AtomicBoolean beating = new AtomicBoolean();
    private Optional<KafkaProducer<byte[], byte[]>> producer = Optional.empty();

    ReportLog(String agentId, Topics topics, Map<String, Object> kafka) {
        this.agentId = agentId;
        this.topics = topics;
        this.settings = new HashMap<>(kafka);
        settings.put(ProducerConfig.CLIENT_ID_CONFIG, "ekiden-agent-%s-reports".formatted(agentId));
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, (int) DELIVERY.toMillis() / 2);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) DELIVERY.toMillis() / 2);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) DELIVERY.toMillis());
        this.sender =
                Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().name("reports-" + agentId).daemon().factory());
    }

    /// @param done is told whether it was delivered
    void report(AgentReport report, Consumer<Boolean> done) {
        send(
                new ProducerRecord<>(
                        topics.agentReports().fullName(),
                        PARTITION,
                        agentId.getBytes(StandardCharsets.UTF_8),
                        Codec.encode(AgentReport.class, report)),
                done);
    }

    /// Not said again when Kafka is away: the next one says the same.
    void heartbeat(long epoch, Consumer<Boolean> done) {
        if (!beating.compareAndSet(false, true)) {
            return;
        }
        send(
                new ProducerRecord<>(
                        topics.heartbeats().fullName(),
                        PARTITION,
                        agentId.getBytes(StandardCharsets.UTF_8),
                        Codec.encode(
                                Heartbeat.class, new Heartbeat(MemberKind.AGENT, agentId, epoch))),
                delivered -> {
                    beating.set(false);
                    done.accept(delivered);
                });
    }

    /// Sets a record aside that could not be read, as it was, with where it came from and why.
    void setAside(ConsumerRecord<byte[], byte[]> poison, String why) {
        var copy =
                new ProducerRecord<>(
                        topics.deadLetters().fullName(), PARTITION, poison.key(), poison.value());
        Map.of(
                        "ekiden.topic", poison.topic(),
                        "ekiden.partition", Integer.toString(poison.partition()),
                        "ekiden.offset", Long.toString(poison.offset()),
                        "ekiden.why", why,
                        "ekiden.reader", agentId)
                .forEach((k, v) -> copy.headers().add(k, v.getBytes(StandardCharsets.UTF_8)));
        send(
                copy,
                delivered -> {
                    if (!delivered) {
                        LOG.warn("agent={} dead letter lost offset={}", agentId, poison.offset());
                    }
                });
    }

    private void send(ProducerRecord<byte[], byte[]> message, Consumer<Boolean> done) {
        try {
            sender.execute(() -> sendNow(message, done));
        } catch (RejectedExecutionException e) {
            done.accept(false);
        }
    }

    private void sendNow(ProducerRecord<byte[], byte[]> message, Consumer<Boolean> done) {
        try {
            if (producer.isEmpty()) {
                producer =
                        Optional.of(
                                new KafkaProducer<>(
                                        settings,
                                        new ByteArraySerializer(),
                                        new ByteArraySerializer()));
            }
            // A time-out of the call itself is told to the callback too.
            var _ =
                    producer.get()
                            .send(
                                    message,
                                    (_, problem) -> {
                                        if (problem != null) {
                                            LOG.warn(
                                                    "agent={} undelivered topic={} why={}",
                                                    agentId,
                                                    message.topic(),
                                                    problem.toString());
                                        }
                                        done.accept(problem == null);
                                    });
        } catch (KafkaException | IllegalStateException e) {
            LOG.warn("agent={} cannot send, begins anew why={}", agentId, e.toString());
            producer.ifPresent(old -> old.close(Duration.ZERO));
            producer = Optional.empty();
            done.accept(false);
        }
    }

    /// Waits shortly for what was said last.
    @Override
    public void close() {
        sender.shutdown();
        try {
            if (!sender.awaitTermination(DELIVERY.toMillis() / 2, TimeUnit.MILLISECONDS)) {
                sender.shutdownNow();
            }
        } catch (InterruptedException e) {
            sender.shutdownNow();
            Thread.currentThread().interrupt();
        }
        producer.ifPresent(last -> last.close(Duration.ofSeconds(2)));
    }
}

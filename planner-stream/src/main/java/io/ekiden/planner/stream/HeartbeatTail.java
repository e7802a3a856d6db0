package io.ekiden.planner.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ekiden.log.Codec;
import io.ekiden.log.Heartbeat;
import io.ekiden.log.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads `heartbeats` from its end on, outside the planner's transaction, and tells [Liveness].
/// While this planner decides it also writes time marks there: records with a key of its own and no
/// value. Trouble with Kafka stops the time of [Liveness], nothing else.
final class HeartbeatTail implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HeartbeatTail.class);

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration END = Duration.ofSeconds(5);
    private static final long MARK_EVERY_NANOS = Liveness.MARK_EVERY.toNanos();
    private static final int MAX_BLOCK_MS = 2000;
    private static final int DELIVERY_MS = 5000;

    private final Liveness liveness;
    private final MachineClock clock;
    private final TopicPartition partition;
    private final Map<String, Object> clientSettings;
    private final String name = "planner/" + UUID.randomUUID();
    private final Thread thread;

    private volatile boolean closing;
    private long marks;
    private long markSent;
    private String mark = "";

    HeartbeatTail(
            Topics topics,
            Map<String, Object> clientSettings,
            Liveness liveness,
            MachineClock clock) {
        this.liveness = liveness;
        this.clock = clock;
        this.partition = new TopicPartition(topics.heartbeats().fullName(), 0);
        this.clientSettings = Map.copyOf(clientSettings);
        this.thread = Thread.ofPlatform().name("planner-heartbeats").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    @Override
    public void close() {
        // No interrupt: Kafka's clients answer it with stack traces, and a poll is short.
        closing = true;
        try {
            thread.join(END);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!closing) {
            try (var consumer = consumer();
                    var producer = producer()) {
                follow(consumer, producer);
            } catch (KafkaException e) {
                LOG.warn("heartbeats=trouble why={}", e.toString());
                pause();
            }
        }
    }

    private void follow(Consumer<byte[], byte[]> consumer, Producer<byte[], byte[]> producer) {
        consumer.assign(List.of(partition));
        consumer.seekToEnd(List.of(partition));
        while (!closing) {
            for (var record : consumer.poll(POLL)) {
                take(record);
            }
            mark(producer);
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            boolean newestOfOurs = new String(key(record), UTF_8).equals(mark);
            if (newestOfOurs) {
                liveness.marked(record.timestamp(), markSent);
            } else {
                liveness.passed(record.timestamp());
            }
            return;
        }
        try {
            liveness.heard(Codec.decode(Heartbeat.class, record.value()), record.timestamp());
        } catch (Codec.Unreadable e) {
            // Soft state: the next one will do, and nothing was decided on this one.
            LOG.debug("heartbeat=unreadable offset={} why={}", record.offset(), e.getMessage());
        }
    }

    private static byte[] key(ConsumerRecord<byte[], byte[]> record) {
        return record.key() == null ? new byte[0] : record.key();
    }

    private void mark(Producer<byte[], byte[]> producer) {
        long now = clock.nanos();
        if (liveness.judging() && (marks == 0 || now - markSent >= MARK_EVERY_NANOS)) {
            marks++;
            markSent = now;
            mark = name + "/" + marks;
            var _ =
                    producer.send(
                            new ProducerRecord<>(partition.topic(), 0, Outputs.utf8(mark), null),
                            (_, e) -> {
                                if (e != null) {
                                    LOG.debug("mark=lost why={}", e.toString());
                                }
                            });
        }
    }

    private Consumer<byte[], byte[]> consumer() {
        var settings = new HashMap<>(clientSettings);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, Topics.FETCH_MAX_WAIT_MS);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return new KafkaConsumer<>(
                settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private Producer<byte[], byte[]> producer() {
        var settings = new HashMap<>(clientSettings);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MS);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, DELIVERY_MS);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_MS);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

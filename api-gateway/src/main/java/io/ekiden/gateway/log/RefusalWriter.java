package io.ekiden.gateway.log;

import io.ekiden.log.Codec;
import io.ekiden.log.RefusedCalls;
import io.ekiden.log.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes `audit-refused`. Nobody waits for it: what Kafka does not take in time is counted, and is
/// in the gateway's own log.
public final class RefusalWriter implements Consumer<RefusedCalls>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RefusalWriter.class);
    private static final int WAITING = 1000;
    private static final int PATIENCE_MS = 10_000;

    private final String topic;
    private final Producer<byte[], byte[]> producer;
    private final BlockingQueue<RefusedCalls> waiting = new ArrayBlockingQueue<>(WAITING);
    private final AtomicLong lost = new AtomicLong();
    private final Thread thread;

    /// @param clients what every Kafka client is given
    public RefusalWriter(Map<String, Object> clients, Topics topics) {
        this.topic = topics.auditRefused().fullName();
        var settings = new HashMap<>(clients);
        settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.CLIENT_ID_CONFIG, "gateway-audit");
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, PATIENCE_MS);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MS / 2);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, PATIENCE_MS);
        this.producer = new KafkaProducer<>(settings);
        this.thread = Thread.ofPlatform().name("gateway-audit").daemon(true).start(this::run);
    }

    @Override
    public void accept(RefusedCalls calls) {
        if (!waiting.offer(calls)) {
            lost.incrementAndGet();
        }
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                send(waiting.take());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void send(RefusedCalls calls) {
        var key = calls.actor().name().getBytes(StandardCharsets.UTF_8);
        try {
            var value = Codec.encode(RefusedCalls.class, calls);
            var _ =
                    producer.send(
                            new ProducerRecord<>(topic, 0, key, value),
                            (_, problem) -> {
                                if (problem != null) {
                                    lose(problem);
                                }
                            });
        } catch (KafkaException | IllegalStateException e) {
            lose(e);
        }
    }

    private void lose(Exception problem) {
        if (lost.incrementAndGet() == 1) {
            LOG.error("topic={} state=not-written why={}", topic, problem.toString());
        }
    }

    /// Records that are not on the topic.
    public long lost() {
        return lost.get();
    }

    @Override
    public void close() {
        thread.interrupt();
        producer.close(Duration.ofSeconds(1));
    }
}

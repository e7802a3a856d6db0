package io.ekiden.gateway.log;

import io.ekiden.gateway.core.Applied;
import io.ekiden.log.Codec;
import io.ekiden.log.Topics;
import io.ekiden.log.WantedChange;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hands wanted changes to the planner and parks each until the journal entry comes by that decided
/// it. That entry is the answer; there is no other way back.
///
/// Fails with [OutcomeUnknown] when no entry came in time: the change may still be decided later.
public final class ChangeWriter implements EntryListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChangeWriter.class);

    /// One attempt; the whole is tried for as long as the request waits.
    private static final Duration ATTEMPT = Duration.ofSeconds(3);

    private final Producer<byte[], byte[]> producer;
    private final String topic;
    private final Duration patience;
    private final Map<String, Parked<?>> parked = new ConcurrentHashMap<>();
    // KafkaProducer.send may block while it looks for the broker, which an event loop must not.
    private final ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor();

    /// @param clients what every Kafka client is given
    public ChangeWriter(Map<String, Object> clients, Topics topics, Duration patience) {
        this.topic = topics.desiredState().fullName();
        this.patience = patience;
        int millis = (int) patience.toMillis();
        var settings = new HashMap<>(clients);
        settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.CLIENT_ID_CONFIG, "gateway-writer");
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Topics.MAX_MESSAGE_BYTES);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, millis);
        settings.put(
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                (int) Math.min(millis, ATTEMPT.toMillis()));
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, millis);
        this.producer = new KafkaProducer<>(settings);
    }

    /// No decision was seen in time; whether the change takes effect is unknown.
    public static final class OutcomeUnknown extends Exception {
        private static final long serialVersionUID = 1;

        OutcomeUnknown(Throwable cause) {
            super(cause);
        }
    }

    /// The record is larger than Kafka takes; it was not written.
    public static final class TooLarge extends Exception {
        private static final long serialVersionUID = 1;

        TooLarge(Throwable cause) {
            super(cause);
        }
    }

    private record Parked<T>(Function<Applied, T> answer, CompletableFuture<T> future) {
        void complete(Applied applied) {
            try {
                future.complete(answer.apply(applied));
            } catch (RuntimeException e) {
                future.completeExceptionally(e);
            }
        }
    }

    /// @param answer is given the entry and the image right after it, on the follower's thread
    public <T> CompletableFuture<T> write(WantedChange wanted, Function<Applied, T> answer) {
        var id = wanted.changeId();
        var entry = new Parked<>(answer, new CompletableFuture<T>());
        parked.put(id, entry);
        senders.execute(() -> send(wanted, entry));
        return entry.future()
                .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((_, _) -> parked.remove(id))
                .exceptionallyCompose(ChangeWriter::failure);
    }

    private static <T> CompletableFuture<T> failure(Throwable problem) {
        var cause = problem instanceof CompletionException ? problem.getCause() : problem;
        boolean late = cause instanceof TimeoutException;
        return CompletableFuture.failedFuture(late ? new OutcomeUnknown(cause) : cause);
    }

    private void send(WantedChange wanted, Parked<?> entry) {
        try {
            var key = wanted.changeId().getBytes(StandardCharsets.UTF_8);
            var value = Codec.encode(WantedChange.class, wanted);
            var _ =
                    producer.send(
                            new ProducerRecord<>(topic, 0, key, value),
                            (_, problem) -> {
                                if (problem != null) {
                                    refuse(wanted, entry, problem);
                                }
                            });
        } catch (KafkaException | IllegalStateException e) {
            refuse(wanted, entry, e);
        }
    }

    private static void refuse(WantedChange wanted, Parked<?> entry, Exception problem) {
        LOG.error("change={} state=not-delivered why={}", wanted.changeId(), problem.toString());
        entry.future()
                .completeExceptionally(
                        problem instanceof RecordTooLargeException
                                ? new TooLarge(problem)
                                : new OutcomeUnknown(problem));
    }

    /// Requests that wait for their decision.
    public int parked() {
        return parked.size();
    }

    @Override
    public void applied(Applied applied) {
        applied.entry().changeId().map(parked::get).ifPresent(waiting -> waiting.complete(applied));
    }

    @Override
    public void known(Applied applied) {
        applied(applied);
    }

    @Override
    public void close() {
        senders.shutdownNow();
        producer.close(Duration.ofSeconds(1));
    }
}

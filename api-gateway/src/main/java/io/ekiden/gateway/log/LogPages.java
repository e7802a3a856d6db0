package io.ekiden.gateway.log;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// Reads what is committed on the log a page at a time, from any place, for readers that come and
/// go. A few consumers are lent out, each for one page: who takes his time with a page holds none.
///
/// Every method may be called from any thread but an event loop, and fails with Kafka's exception
/// when Kafka does not answer in time or has deleted what was asked for.
public final class LogPages implements AutoCloseable {
    static final int CONSUMERS = 4;

    /// A page has no more than this, or one record if that is larger.
    private static final int PAGE_BYTES = 256 << 10;

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration CALL = Duration.ofSeconds(5);

    /// Longer than all that wait before one can take, as long as Kafka answers.
    private static final Duration LENDING = Duration.ofSeconds(30);

    private static final CloseOptions AT_ONCE = CloseOptions.timeout(Duration.ZERO);

    private final Map<String, Object> settings;
    private final Semaphore lending = new Semaphore(CONSUMERS, true);
    private final ArrayDeque<Consumer<byte[], byte[]>> idle = new ArrayDeque<>();
    private boolean closed;

    /// @param clients what every Kafka client is given
    public LogPages(Map<String, Object> clients) {
        this.settings = new HashMap<>(clients);
        settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, "gateway-pages");
        settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, PAGE_BYTES);
        settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, PAGE_BYTES);
        // The next reader must not wait for a request of the one before.
        settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 10);
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) CALL.toMillis());
    }

    /// @param records in their order; may be none before the end too, where only marks of
    ///   transactions are
    /// @param next where the following page begins
    /// @param end up to where everything was committed when the page was read
    public record Page(List<ConsumerRecord<byte[], byte[]>> records, long next, long end) {
        public Page {
            records = List.copyOf(records);
        }

        public boolean isLast() {
            return next >= end;
        }
    }

    public Page page(TopicPartition partition, long offset) {
        return lend(
                partition,
                consumer -> {
                    long end = consumer.endOffsets(List.of(partition)).get(partition);
                    if (offset >= end) {
                        return new Page(List.of(), offset, end);
                    }
                    // Left alone, a consumer that is in the right place has more of the log
                    // already.
                    if (consumer.position(partition) != offset) {
                        consumer.seek(partition, offset);
                    }
                    var records = consumer.poll(POLL).records(partition);
                    return new Page(records, consumer.position(partition), end);
                });
    }

    /// The offsets of the first record that is kept, and behind the last that is committed.
    public record Span(long beginning, long end) {}

    public Span span(TopicPartition partition) {
        var one = List.of(partition);
        return lend(
                partition,
                consumer ->
                        new Span(
                                consumer.beginningOffsets(one).get(partition),
                                consumer.endOffsets(one).get(partition)));
    }

    /// The first record that was appended at this time or later; empty when there is none.
    public Optional<Long> offsetAt(TopicPartition partition, Instant time) {
        var wanted = Map.of(partition, time.toEpochMilli());
        return lend(
                partition,
                consumer ->
                        Optional.ofNullable(consumer.offsetsForTimes(wanted).get(partition))
                                .map(found -> found.offset()));
    }

    private <T> T lend(TopicPartition partition, Function<Consumer<byte[], byte[]>, T> reading) {
        acquire();
        try {
            return lend(take(), partition, reading);
        } finally {
            lending.release();
        }
    }

    private <T> T lend(
            Consumer<byte[], byte[]> consumer,
            TopicPartition partition,
            Function<Consumer<byte[], byte[]>, T> reading) {
        boolean sound = false;
        try {
            if (!consumer.assignment().contains(partition)) {
                consumer.assign(List.of(partition));
                consumer.seek(partition, 0);
            }
            var read = reading.apply(consumer);
            sound = true;
            return read;
        } finally {
            giveBack(consumer, sound);
        }
    }

    private void acquire() {
        try {
            if (!lending.tryAcquire(LENDING.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new TimeoutException("all readers of the log are lent out");
            }
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private synchronized Consumer<byte[], byte[]> take() {
        var known = idle.pollFirst();
        return known != null ? known : new KafkaConsumer<>(settings);
    }

    private void giveBack(Consumer<byte[], byte[]> consumer, boolean sound) {
        synchronized (this) {
            if (sound && !closed) {
                idle.addFirst(consumer);
                return;
            }
        }
        consumer.close(AT_ONCE);
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            idle.forEach(consumer -> consumer.close(AT_ONCE));
            idle.clear();
        }
    }
}

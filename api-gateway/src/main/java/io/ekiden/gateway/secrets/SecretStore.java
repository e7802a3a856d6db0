package io.ekiden.gateway.secrets;

import io.ekiden.log.Codec;
import io.ekiden.log.SealedSecret;
import io.ekiden.log.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The secrets of the cluster: written to the topic `secrets` sealed, and followed from there, so
/// that every gateway has what any of them was given. What is kept in memory is sealed too; a value
/// is opened when it is brought to a task.
///
/// Reads are as new as their beginning: what was acknowledged before is in them.
public final class SecretStore implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SecretStore.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofSeconds(5);
    private static final Duration FETCH_WAIT = Duration.ofMillis(250);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Map<String, Object> clients;
    private final TopicPartition partition;
    private final Optional<Envelope> envelope;
    private final InstantSource clock;
    private final Producer<byte[], byte[]> producer;
    private final Thread thread;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Queue<CompletableFuture<Void>> asking = new ConcurrentLinkedQueue<>();

    /// Of those who have asked, by the offset before which everything is to be known.
    private final TreeMap<Long, List<CompletableFuture<Void>>> promised = new TreeMap<>();

    private volatile SortedMap<String, SealedSecret> known = new TreeMap<>();
    private volatile Optional<Consumer<byte[], byte[]>> consumer = Optional.empty();
    private volatile boolean polling;

    /// What there is under a path.
    public sealed interface Found {
        @SuppressWarnings("ArrayRecordComponent") // carried, never compared
        record Value(byte[] bytes) implements Found {
            /// Never the value.
            @Override
            public String toString() {
                return "Value[hidden]";
            }
        }

        record Nothing() implements Found {}

        /// This gateway's keys do not open it.
        record Locked() implements Found {}
    }

    /// @param clients what every Kafka client is given
    /// @param keys absent: nothing can be set or opened here
    public SecretStore(
            Map<String, Object> clients,
            Topics topics,
            Optional<MasterKeys> keys,
            InstantSource clock) {
        this.clients = Map.copyOf(clients);
        this.partition = new TopicPartition(topics.secrets().fullName(), 0);
        this.envelope = keys.map(Envelope::new);
        this.clock = clock;
        this.producer = new KafkaProducer<>(producerSettings());
        this.thread = Thread.ofPlatform().name("gateway-secrets").daemon(true).unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /// Whether secrets can be set and opened here.
    public boolean opens() {
        return envelope.isPresent();
    }

    private Map<String, Object> producerSettings() {
        var settings = new HashMap<>(clients);
        settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.CLIENT_ID_CONFIG, "gateway-secrets");
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, PATIENCE.toMillis());
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis() / 2);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Topics.MAX_MESSAGE_BYTES);
        return settings;
    }

    private Map<String, Object> consumerSettings() {
        var settings = new HashMap<>(clients);
        settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, "gateway-secrets");
        // A question for the end has to wait for the request under way.
        settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, (int) FETCH_WAIT.toMillis());
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
        return settings;
    }

    private boolean closed() {
        return closing.getCount() == 0;
    }

    private void run() {
        boolean said = false;
        while (!closed()) {
            try (var kafka = new KafkaConsumer<byte[], byte[]>(consumerSettings())) {
                consumer = Optional.of(kafka);
                follow(kafka);
            } catch (WakeupException | InterruptException e) {
                LOG.debug("secrets=woken");
            } catch (KafkaException e) {
                if (!said) {
                    LOG.warn("topic={} state=not-read why={}", partition.topic(), e.toString());
                    said = true;
                }
                fail(e);
                pause();
            }
        }
        fail(new KafkaException("closed"));
    }

    private void follow(Consumer<byte[], byte[]> kafka) {
        var reading = new TreeMap<String, SealedSecret>();
        kafka.assign(List.of(partition));
        kafka.seekToBeginning(List.of(partition));
        while (!closed()) {
            try {
                promise(kafka);
                // Whoever asks from now on wakes it, and who has asked just before is seen here.
                polling = true;
                for (var record : kafka.poll(asking.isEmpty() ? POLL : Duration.ZERO)) {
                    take(record, reading);
                }
            } catch (WakeupException e) {
                LOG.trace("secrets=woken");
            } finally {
                polling = false;
            }
            // A copy, which readers have to themselves; there are few secrets, and they seldom
            // change.
            if (!reading.equals(known)) {
                known = new TreeMap<>(reading);
            }
            keepPromises(kafka.position(partition));
        }
    }

    /// The end is asked for once for all who wait.
    private void promise(Consumer<byte[], byte[]> kafka) {
        if (asking.isEmpty()) {
            return;
        }
        // Who comes from now on is not in this answer.
        int those = asking.size();
        long end = kafka.endOffsets(List.of(partition)).get(partition);
        var all = promised.computeIfAbsent(end, _ -> new ArrayList<>());
        for (int i = 0; i < those; i++) {
            all.add(asking.remove());
        }
        keepPromises(kafka.position(partition));
    }

    private void keepPromises(long position) {
        var kept = promised.headMap(position, true);
        kept.values().forEach(all -> all.forEach(one -> one.complete(null)));
        kept.clear();
    }

    private void fail(KafkaException problem) {
        promised.values().forEach(all -> all.forEach(one -> one.completeExceptionally(problem)));
        promised.clear();
        for (var one = asking.poll(); one != null; one = asking.poll()) {
            one.completeExceptionally(problem);
        }
    }

    private void pause() {
        try {
            closing.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void take(
            ConsumerRecord<byte[], byte[]> record, SortedMap<String, SealedSecret> reading) {
        if (record.key() == null) {
            return;
        }
        var path = new String(record.key(), StandardCharsets.UTF_8);
        if (record.value() == null) {
            reading.remove(path);
            return;
        }
        try {
            reading.put(path, Codec.decode(SealedSecret.class, record.value()));
        } catch (Codec.Unreadable e) {
            LOG.error("topic={} offset={} problem=unreadable", record.topic(), record.offset());
        }
    }

    /// Waits until everything is known that was acknowledged before this call.
    ///
    /// @throws KafkaException when Kafka does not answer
    public void refresh() {
        var turn = new CompletableFuture<Void>();
        asking.add(turn);
        // Else a question for the end might be broken off again and again.
        if (polling) {
            consumer.ifPresent(Consumer::wakeup);
        }
        answer(turn);
    }

    private static <T> void answer(Future<T> answer) {
        try {
            var _ = answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new KafkaException(e.getCause());
        } catch (TimeoutException e) {
            throw new KafkaException("no answer within %d s".formatted(PATIENCE.toSeconds()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException(e);
        }
    }

    /// All that there are, by their paths; sealed. As of the last [#refresh] or newer.
    public SortedMap<String, SealedSecret> all() {
        return new TreeMap<>(known);
    }

    /// As of the last [#refresh] or newer.
    public Found find(String path) {
        var secret = known.get(path);
        if (secret == null) {
            return new Found.Nothing();
        }
        return envelope.flatMap(keys -> keys.open(path, secret))
                .<Found>map(Found.Value::new)
                .orElseGet(Found.Locked::new);
    }

    /// Returns when it is on the log.
    ///
    /// @throws IllegalStateException when nothing can be set here
    /// @throws KafkaException when Kafka does not answer; then it may be set all the same
    public SealedSecret put(String path, byte[] value, String by) {
        var keys = envelope.orElseThrow(() -> new IllegalStateException("there is no key"));
        var secret = keys.seal(path, value, clock.instant(), by);
        send(path, Codec.encode(SealedSecret.class, secret));
        return secret;
    }

    /// Returns when it is on the log.
    ///
    /// @throws KafkaException when Kafka does not answer; then it may be gone all the same
    public void delete(String path) {
        send(path, null);
    }

    private void send(String path, byte[] value) {
        var key = path.getBytes(StandardCharsets.UTF_8);
        answer(producer.send(new ProducerRecord<>(partition.topic(), 0, key, value)));
    }

    @Override
    public void close() {
        closing.countDown();
        consumer.ifPresent(Consumer::wakeup);
        producer.close(Duration.ofSeconds(1));
        if (thread.getState() == Thread.State.NEW) {
            return;
        }
        try {
            thread.join(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

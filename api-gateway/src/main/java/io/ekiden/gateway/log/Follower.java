package io.ekiden.gateway.log;

import io.ekiden.gateway.core.Applied;
import io.ekiden.log.Fact;
import io.ekiden.log.Head;
import io.ekiden.log.JournalEntry;
import io.ekiden.log.Topics;
import io.ekiden.model.PathId;
import io.ekiden.state.ClusterImage;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the gateway's cluster image: read from `cluster-state`, then led on by the journal's
/// committed entries. One thread changes the image; readers share a lock with it.
///
/// When the journal cannot be followed (an entry is missing, is of a newer schema, the state is not
/// what its head says), the follower says so, [#trouble] has the reason and nothing is served; it
/// reads the state anew until that succeeds. Records of others on its topics do not stop it. Kafka
/// being away is no trouble: the image stays, it only gets old, which [ReadBarrier] notices.
public final class Follower implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Follower.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration CALL = Duration.ofSeconds(5);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final Map<String, Object> clients;
    private final Topics topics;
    private final TopicPartition journal;
    private final Thread thread;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final List<EntryListener> listeners = new CopyOnWriteArrayList<>();
    private final OffsetWaiters waiters = new OffsetWaiters();
    private final AtomicLong foreign = new AtomicLong();

    private ClusterImage image = new ClusterImage();
    private volatile long sequence;
    private volatile Optional<String> trouble = Optional.of("the log has not been read yet");
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile Consumer<byte[], byte[]> consumer;

    /// @param clients what every Kafka client is given
    public Follower(Map<String, Object> clients, Topics topics) {
        this.clients = Map.copyOf(clients);
        this.topics = topics;
        this.journal = new TopicPartition(topics.journal().fullName(), 0);
        this.thread =
                Thread.ofPlatform().name("gateway-follower").daemon(true).unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    public void listen(EntryListener listener) {
        listeners.add(listener);
    }

    /// Why nothing can be told about the cluster at all; empty when the image may be served.
    public Optional<String> trouble() {
        return trouble;
    }

    /// Of the newest entry in the image; 0 for none.
    public long sequence() {
        return sequence;
    }

    /// Everything in the journal before this offset is in the image.
    public long appliedOffset() {
        return waiters.reached();
    }

    /// Records on the journal that were no entries of the planner.
    public long foreignRecords() {
        return foreign.get();
    }

    /// Completes, on the follower's thread, when everything before `offset` is in the image.
    public CompletableFuture<Void> awaitOffset(long offset) {
        return waiters.await(offset);
    }

    /// What was read, and the newest entry that it knows of.
    public record Reading<T>(long sequence, T value) {}

    /// Looks at the image while it stands still. `view` must be short and must keep nothing of it.
    public <T> Reading<T> read(Function<ClusterImage, T> view) {
        lock.readLock().lock();
        try {
            return new Reading<>(sequence, view.apply(image));
        } finally {
            lock.readLock().unlock();
        }
    }

    private boolean closed() {
        return closing.getCount() == 0;
    }

    private void run() {
        var pause = FIRST_PAUSE;
        while (!closed()) {
            try (var kafka = new KafkaConsumer<byte[], byte[]>(settings())) {
                consumer = kafka;
                var chain = bootstrap(kafka);
                pause = FIRST_PAUSE;
                follow(kafka, chain);
            } catch (WakeupException | InterruptException e) {
                LOG.debug("follower=woken");
            } catch (Damaged | KafkaException e) {
                stumble(String.valueOf(e.getMessage()), pause);
                pause = pause.multipliedBy(2);
                pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
            } catch (RuntimeException e) {
                LOG.error("follower=failed", e);
                stumble("internal error", pause);
            }
        }
    }

    private void stumble(String why, Duration pause) {
        if (closed()) {
            return;
        }
        if (trouble.filter(why::equals).isEmpty()) {
            LOG.error("follower=stopped sequence={} why={}", sequence, why);
        }
        trouble = Optional.of(why);
        try {
            closing.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Map<String, Object> settings() {
        var settings = new HashMap<>(clients);
        settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, "gateway-follower");
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) CALL.toMillis());
        return settings;
    }

    private EntryChain bootstrap(Consumer<byte[], byte[]> kafka) throws Damaged {
        var state = new Bootstrap(kafka, topics).read();
        lock.writeLock().lock();
        try {
            image = state.image();
            sequence = state.head().map(Head::sequence).orElse(0L);
        } finally {
            lock.writeLock().unlock();
        }
        waiters.restart(kafka.position(journal));
        listeners.forEach(EntryListener::restarted);
        trouble = Optional.empty();
        LOG.info("follower=following sequence={} offset={}", sequence, waiters.reached());
        return new EntryChain(state.head(), state.provenOffset());
    }

    private void follow(Consumer<byte[], byte[]> kafka, EntryChain chain) throws Damaged {
        while (!closed()) {
            for (var record : kafka.poll(POLL)) {
                take(chain, record);
                waiters.reach(record.offset() + 1);
            }
            // Beyond the last record there are the markers that end transactions.
            waiters.reach(kafka.position(journal));
        }
    }

    private void take(EntryChain chain, ConsumerRecord<byte[], byte[]> record) throws Damaged {
        switch (chain.judge(record.offset(), record.key(), record.value())) {
            case EntryChain.Verdict.Next(var entry) -> apply(entry);
            case EntryChain.Verdict.Known(var entry) -> {
                var known = new Applied(entry, image, Set.of());
                listeners.forEach(listener -> listener.known(known));
            }
            case EntryChain.Verdict.Foreign(var why) -> {
                foreign.incrementAndGet();
                LOG.error(
                        "topic={} offset={} problem=foreign why={}",
                        record.topic(),
                        record.offset(),
                        why);
            }
            case EntryChain.Verdict.After(var entry) ->
                    throw new Damaged(
                            "what is before entry %d cannot be read".formatted(entry.sequence()));
            case EntryChain.Verdict.Broken(var why) -> throw new Damaged(why);
        }
    }

    private void apply(JournalEntry entry) {
        var created = created(entry);
        lock.writeLock().lock();
        try {
            entry.facts().forEach(image::replay);
            sequence = entry.sequence();
        } finally {
            lock.writeLock().unlock();
        }
        // Only this thread changes the image: here it may be read without the lock.
        var applied = new Applied(entry, image, created);
        for (var listener : listeners) {
            try {
                listener.applied(applied);
            } catch (RuntimeException e) {
                LOG.error("entry={} listener=failed", entry.sequence(), e);
            }
        }
    }

    private Set<PathId> created(JournalEntry entry) {
        var created = new HashSet<PathId>();
        for (var fact : entry.facts()) {
            if (fact instanceof Fact.RunSpecPut(var spec) && image.runSpec(spec.id()).isEmpty()) {
                created.add(spec.id());
            }
        }
        return created;
    }

    @Override
    public void close() {
        closing.countDown();
        var kafka = consumer;
        if (kafka != null) {
            kafka.wakeup();
        }
        if (thread.getState() == Thread.State.NEW) {
            return;
        }
        try {
            thread.join(CLOSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

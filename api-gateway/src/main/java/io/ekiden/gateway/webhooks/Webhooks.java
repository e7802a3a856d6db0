package io.ekiden.gateway.webhooks;

import io.ekiden.gateway.log.Follower;
import io.ekiden.gateway.log.JournalWalk;
import io.ekiden.gateway.log.LogPages;
import io.ekiden.log.Topics;
import io.ekiden.model.EventSubscription;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Posts events to all who subscribed, while this gateway owns the deliveries: Kafka gives the one
/// partition of `webhook-deliveries` to one gateway of the group, and to another when that is gone.
/// Positions are written after what they tell of, so a takeover repeats some events and misses
/// none.
public final class Webhooks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Webhooks.class);

    /// Of one attempt to post.
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private static final Duration ROUND = Duration.ofMillis(500);
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final Duration CLOSE = Duration.ofSeconds(5);

    /// After so long without a sign of life a gateway's deliveries are another's.
    private static final Duration SESSION = Duration.ofSeconds(10);

    private final Map<String, Object> clients;
    private final Topics topics;
    private final Follower follower;
    private final LogPages pages;
    private final InstantSource clock;
    private final HttpClient http;
    private final Positions positions;
    private final News news = new News();
    private final Map<String, Running> running = new TreeMap<>();
    private final Thread thread;
    private volatile boolean closed;
    private boolean owner;
    private boolean reading;

    private record Running(EventSubscription subscription, Thread thread) {}

    /// @param clients what every Kafka client is given
    public Webhooks(
            Map<String, Object> clients,
            Topics topics,
            Follower follower,
            LogPages pages,
            InstantSource clock,
            Vertx vertx) {
        this.clients = Map.copyOf(clients);
        this.topics = topics;
        this.follower = follower;
        this.pages = pages;
        this.clock = clock;
        this.http =
                vertx.createHttpClient(
                        new HttpClientOptions(),
                        new PoolOptions().setHttp1MaxSize(EventSubscription.MAX));
        this.positions = new Positions(clients, topics);
        this.thread =
                Thread.ofPlatform().name("gateway-webhooks").daemon(true).unstarted(this::run);
        follower.listen(news);
    }

    public void start() {
        thread.start();
    }

    private Map<String, Object> settings() {
        var settings = new HashMap<>(clients);
        settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, topics.webhookGroup());
        settings.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, (int) SESSION.toMillis());
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, "gateway-webhooks");
        return settings;
    }

    private void run() {
        while (!closed) {
            try (var consumer = new KafkaConsumer<byte[], byte[]>(settings())) {
                var topic = topics.webhookDeliveries().fullName();
                consumer.subscribe(List.of(topic), new Ownership(consumer));
                while (!closed) {
                    round(consumer);
                }
                stop();
            } catch (WakeupException | InterruptException e) {
                LOG.debug("webhooks=woken");
            } catch (RuntimeException e) {
                LOG.warn("webhooks=waiting", e);
                stop();
                pause();
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void round(Consumer<byte[], byte[]> consumer) {
        consumer.poll(ROUND)
                .forEach(record -> {
                    // What it writes itself it knows.
                    if (reading) {
                        positions.read(record);
                    }
                });
        if (reading && isRead(consumer)) {
            reading = false;
        }
        if (owner && !reading && follower.trouble().isEmpty()) {
            var now = follower.read(image -> List.copyOf(image.subscriptions()));
            adjust(now.value(), now.sequence());
            positions.flush();
        }
    }

    private static boolean isRead(Consumer<byte[], byte[]> consumer) {
        return consumer.endOffsets(consumer.assignment()).entrySet().stream()
                .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    /// Begins and ends deliveries so that there is one for each subscription.
    private void adjust(List<EventSubscription> wanted, long sequence) {
        var byUrl = new TreeMap<String, EventSubscription>();
        wanted.forEach(one -> byUrl.put(one.callbackUrl(), one));
        running.values()
                .removeIf(one -> {
                    boolean ends =
                            !one.subscription().equals(byUrl.get(one.subscription().callbackUrl()));
                    if (ends) {
                        end(List.of(one));
                    }
                    return ends;
                });
        positions.keep(byUrl, sequence);
        byUrl.forEach((url, one) -> running.computeIfAbsent(url, _ -> begin(one)));
    }

    private Running begin(EventSubscription subscription) {
        var delivery =
                new Delivery(
                        new Receiver(http, subscription.callbackUrl(), TIMEOUT),
                        positions.of(subscription),
                        from -> JournalWalk.from(pages, topics, from),
                        news,
                        id -> positions.moved(subscription, id),
                        clock);
        return new Running(
                subscription, Thread.ofVirtual().name("webhook-delivery").start(delivery));
    }

    /// They have ended when it returns, unless they are not to be stopped.
    private static void end(Collection<Running> some) {
        some.forEach(one -> one.thread().interrupt());
        for (var one : some) {
            try {
                one.thread().join(CLOSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// Whatever was taken is on the topic before another goes on.
    private void stop() {
        boolean was = owner;
        drop();
        if (was) {
            positions.settle();
        }
    }

    private void drop() {
        end(running.values());
        running.clear();
        if (owner) {
            LOG.info("webhooks=given-up");
        }
        owner = false;
        reading = false;
    }

    /// On the thread that polls.
    private final class Ownership implements ConsumerRebalanceListener {
        private final Consumer<byte[], byte[]> consumer;

        Ownership(Consumer<byte[], byte[]> consumer) {
            this.consumer = consumer;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            if (!partitions.isEmpty()) {
                consumer.seekToBeginning(partitions);
                positions.clear();
                owner = true;
                reading = true;
                LOG.info("webhooks=taken-over");
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            if (!partitions.isEmpty()) {
                stop();
            }
        }

        /// Another may have gone on long ago: its positions are the newer ones.
        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            drop();
        }
    }

    @Override
    public void close() {
        closed = true;
        if (thread.isAlive()) {
            try {
                thread.join(CLOSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        positions.close();
        var _ = http.close();
    }
}

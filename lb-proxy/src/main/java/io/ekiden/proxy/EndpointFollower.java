package io.ekiden.proxy;

import io.ekiden.log.Codec;
import io.ekiden.log.Codec.Unreadable;
import io.ekiden.log.Topics;
import io.ekiden.model.Endpoint;
import io.ekiden.model.Entity;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows the `endpoints` topic on a thread of its own: first to its end, which completes
/// [#loaded], then each change as it comes. While Kafka is away the routing stays as it is.
///
/// After so long an absence that tombstones may have been compacted away, and when its place in the
/// topic is lost, it reads the topic again from the beginning and puts what it finds in the place
/// of what it had; but a topic that has become empty takes nothing away.
final class EndpointFollower {
    private static final Logger LOG = LoggerFactory.getLogger(EndpointFollower.class);

    /// Less than half of Kafka's `delete.retention.ms` of a day.
    private static final Duration LONGEST_ABSENCE = Duration.ofHours(1);

    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration CALL = Duration.ofSeconds(5);
    private static final long RETRY_MS = 500;

    private final ProxyConfig config;
    private final Routing routing;
    private final Reports reports;
    private final TopicPartition partition;
    private final Thread thread = new Thread(this::run, "proxy-endpoints");
    private final CompletableFuture<Void> loaded = new CompletableFuture<>();
    private final AtomicLong unreadable = new AtomicLong();
    private volatile Consumer<byte[], byte[]> current;
    private volatile long lastContact = System.nanoTime();
    private volatile long lag = -1;
    private volatile boolean closing;
    private long setAsideUpTo = -1;

    EndpointFollower(ProxyConfig config, Routing routing, Reports reports) {
        this.config = config;
        this.routing = routing;
        this.reports = reports;
        this.partition = new TopicPartition(config.topics().endpoints().fullName(), 0);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /// Completes when the topic was read to its end for the first time.
    CompletableFuture<Void> loaded() {
        return loaded;
    }

    /// Records that could not be read.
    long unreadable() {
        return unreadable.get();
    }

    /// How long ago Kafka last answered, be it that there is nothing new.
    Duration sinceContact() {
        return Duration.ofNanos(System.nanoTime() - lastContact);
    }

    /// Records that are not yet in the table; -1 while that is not known.
    long lag() {
        return lag;
    }

    void close() {
        closing = true;
        Optional.ofNullable(current).ifPresent(Consumer::wakeup);
        thread.interrupt();
        try {
            thread.join(CALL.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!closing) {
            try (var consumer = new KafkaConsumer<byte[], byte[]>(settings())) {
                current = consumer;
                consumer.assign(List.of(partition));
                follow(consumer);
            } catch (WakeupException | InterruptException e) {
                return;
            } catch (KafkaException e) {
                LOG.warn("topic={} reason={} next=read again", partition.topic(), Texts.reason(e));
                if (!pause()) {
                    return;
                }
            }
        }
    }

    private void follow(Consumer<byte[], byte[]> consumer) {
        load(consumer);
        var contact = new Contact(consumer);
        while (!closing) {
            try {
                apply(consumer.poll(POLL));
            } catch (InvalidOffsetException e) {
                LOG.warn("topic={} reason={}", partition.topic(), Texts.reason(e));
                load(consumer);
            }
            if (contact.renewed() && contact.absence().compareTo(LONGEST_ABSENCE) > 0) {
                load(consumer);
            }
            lag = consumer.currentLag(partition).orElse(-1);
        }
    }

    /// Reads the topic from its beginning to its present end.
    private void load(Consumer<byte[], byte[]> consumer) {
        var endpoints = new TreeMap<String, Endpoint>();
        consumer.seekToBeginning(List.of(partition));
        long end = consumer.endOffsets(List.of(partition), CALL).get(partition);
        while (consumer.position(partition, CALL) < end && !closing) {
            changes(consumer.poll(POLL))
                    .forEach((key, change) ->
                            change.ifPresentOrElse(
                                    e -> endpoints.put(key, e), () -> endpoints.remove(key)));
        }
        lastContact = System.nanoTime();
        if (endpoints.isEmpty() && !routing.endpoints().isEmpty()) {
            LOG.warn(
                    "topic={} is empty; the last table of endpoints={} is kept",
                    partition.topic(),
                    routing.endpoints().size());
        } else {
            routing.replace(endpoints);
            LOG.info("topic={} read endpoints={}", partition.topic(), endpoints.size());
        }
        loaded.complete(null);
    }

    private void apply(ConsumerRecords<byte[], byte[]> records) {
        var changes = changes(records);
        if (!changes.isEmpty()) {
            routing.apply(changes);
        }
    }

    /// What the records say, the last one of each key; what cannot be read is set aside.
    private Map<String, Optional<Endpoint>> changes(ConsumerRecords<byte[], byte[]> records) {
        var changes = new HashMap<String, Optional<Endpoint>>();
        for (var record : records) {
            try {
                changes.put(key(record), endpoint(record));
            } catch (Unreadable e) {
                setAside(record, Texts.reason(e));
            } catch (Misplaced e) {
                setAside(record, e.why);
            }
        }
        return changes;
    }

    private static String key(ConsumerRecord<byte[], byte[]> record) throws Misplaced {
        if (record.key() == null) {
            throw new Misplaced("no key");
        }
        return new String(record.key(), StandardCharsets.UTF_8);
    }

    private static Optional<Endpoint> endpoint(ConsumerRecord<byte[], byte[]> record)
            throws Unreadable, Misplaced {
        if (record.value() == null) {
            return Optional.empty();
        }
        if (!(Codec.decode(Entity.class, record.value()) instanceof Endpoint endpoint)) {
            throw new Misplaced("not an endpoint");
        }
        if (!endpoint.key().equals(key(record))) {
            throw new Misplaced("the key is not that of the endpoint");
        }
        if (endpoint.host().isBlank() || endpoint.port() < 1 || endpoint.port() > 65_535) {
            throw new Misplaced("no address");
        }
        return Optional.of(endpoint);
    }

    private void setAside(ConsumerRecord<byte[], byte[]> record, String why) {
        if (record.offset() > setAsideUpTo) {
            setAsideUpTo = record.offset();
            unreadable.incrementAndGet();
            LOG.warn("record={}@{} unreadable={}", partition, record.offset(), why);
            reports.deadLetter(record, why);
        }
    }

    private boolean pause() {
        try {
            Thread.sleep(RETRY_MS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Map<String, Object> settings() {
        var settings = new HashMap<String, Object>(config.kafka());
        settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, config.proxyId() + "-endpoints");
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, Topics.FETCH_MAX_WAIT_MS);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        return settings;
    }

    /// A record that can be read but has no business here.
    private static final class Misplaced extends Exception {
        private static final long serialVersionUID = 1;
        private final String why;

        Misplaced(String why) {
            super(why);
            this.why = why;
        }
    }

    /// Sees that Kafka answers even when it has nothing new: the client counts answered fetches.
    private final class Contact {
        private final Optional<? extends Metric> fetches;
        private double seen = -1;
        private Duration absence = Duration.ZERO;

        Contact(Consumer<byte[], byte[]> consumer) {
            this.fetches =
                    consumer.metrics().entrySet().stream()
                            .filter(m -> m.getKey().name().equals("fetch-total"))
                            .map(Map.Entry::getValue)
                            .findFirst();
        }

        boolean renewed() {
            double count = fetches.map(m -> ((Number) m.metricValue()).doubleValue()).orElse(0d);
            if (count == seen) {
                return false;
            }
            seen = count;
            long now = System.nanoTime();
            absence = Duration.ofNanos(now - lastContact);
            lastContact = now;
            return true;
        }

        Duration absence() {
            return absence;
        }
    }
}

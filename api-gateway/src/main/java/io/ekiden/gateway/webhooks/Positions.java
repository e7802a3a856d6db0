package io.ekiden.gateway.webhooks;

import io.ekiden.gateway.core.EventId;
import io.ekiden.log.Codec;
import io.ekiden.log.DeliveryPosition;
import io.ekiden.log.Topics;
import io.ekiden.model.EventSubscription;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How far each subscription is, as `webhook-deliveries` has it: read when this gateway takes over,
/// written by it from then on, at [#flush].
final class Positions implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Positions.class);

    private static final int PATIENCE_MS = 5_000;

    private final String topic;
    private final Producer<byte[], byte[]> producer;
    private final Map<String, DeliveryPosition> known = new TreeMap<>();
    private final Map<String, DeliveryPosition> unwritten = new TreeMap<>();

    Positions(Map<String, Object> clients, Topics topics) {
        this.topic = topics.webhookDeliveries().fullName();
        var settings = new HashMap<>(clients);
        settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.CLIENT_ID_CONFIG, "gateway-webhooks");
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, PATIENCE_MS);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MS / 2);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, PATIENCE_MS);
        this.producer = new KafkaProducer<>(settings);
    }

    /// Nothing is known, as another may have written since.
    synchronized void clear() {
        known.clear();
        unwritten.clear();
    }

    synchronized void read(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null) {
            return;
        }
        var url = new String(record.key(), StandardCharsets.UTF_8);
        if (record.value() == null) {
            known.remove(url);
            return;
        }
        try {
            known.put(url, Codec.decode(DeliveryPosition.class, record.value()));
        } catch (Codec.Unreadable e) {
            LOG.error("topic={} offset={} problem=unreadable", topic, record.offset());
        }
    }

    /// The last event that a subscription needs not be told.
    synchronized EventId of(EventSubscription subscription) {
        var position = known.get(subscription.callbackUrl());
        return position != null && position.since() == subscription.since()
                ? new EventId(position.sequence(), position.n())
                : new EventId(subscription.since(), -1);
    }

    synchronized void moved(EventSubscription subscription, EventId last) {
        var position = new DeliveryPosition(subscription.since(), last.sequence(), last.n());
        known.put(subscription.callbackUrl(), position);
        unwritten.put(subscription.callbackUrl(), position);
    }

    /// Ends the positions of subscriptions that are no more.
    ///
    /// @param sequence as of which these are all that there are
    synchronized void keep(Map<String, EventSubscription> subscriptions, long sequence) {
        known.entrySet()
                .removeIf(entry -> {
                    boolean gone =
                            !subscriptions.containsKey(entry.getKey())
                                    && entry.getValue().sequence() <= sequence;
                    if (gone) {
                        unwritten.remove(entry.getKey());
                        var _ = producer.send(record(entry.getKey(), null));
                    }
                    return gone;
                });
    }

    /// Writes what has moved since the last time.
    synchronized void flush() {
        var all = new TreeMap<>(unwritten);
        unwritten.clear();
        all.forEach(this::write);
    }

    /// Writes what has moved, and returns when all is on the topic or Kafka does not take it.
    void settle() {
        flush();
        producer.flush();
    }

    private void write(String url, DeliveryPosition position) {
        var _ =
                producer.send(
                        record(url, Codec.encode(DeliveryPosition.class, position)),
                        (_, problem) -> {
                            if (problem != null) {
                                again(url, position);
                            }
                        });
    }

    /// One that is not written costs a repetition after the next takeover.
    private synchronized void again(String url, DeliveryPosition position) {
        if (position.equals(known.get(url))) {
            unwritten.putIfAbsent(url, position);
        }
    }

    private ProducerRecord<byte[], byte[]> record(String url, byte[] value) {
        return new ProducerRecord<>(topic, 0, url.getBytes(StandardCharsets.UTF_8), value);
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(1));
    }
}

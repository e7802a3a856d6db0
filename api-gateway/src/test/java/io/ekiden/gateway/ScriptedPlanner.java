package io.ekiden.gateway;

import io.ekiden.log.Actor;
import io.ekiden.log.Codec;
import io.ekiden.log.EntryHash;
import io.ekiden.log.Fact;
import io.ekiden.log.Head;
import io.ekiden.log.Input;
import io.ekiden.log.JournalEntry;
import io.ekiden.log.StateChecksum;
import io.ekiden.log.StateRecord;
import io.ekiden.log.Topics;
import io.ekiden.log.WantedChange;
import io.ekiden.state.ClusterImage;
import io.ekiden.state.Effects;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Stands in for the planner: answers each wanted change with the facts that the test has written
/// down for it, in one transaction over the journal and `cluster-state`, as the real one does.
public final class ScriptedPlanner implements AutoCloseable {
    /// What is decided on a change; nothing at all when it is empty.
    public interface Script {
        List<Fact> decide(WantedChange wanted, ClusterImage image);
    }

    private final String bootstrap;
    private final Topics topics;
    private final KafkaProducer<byte[], byte[]> producer;
    private final ClusterImage image = new ClusterImage();
    private final StateChecksum checksum = new StateChecksum();
    private final List<WantedChange> seen = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private volatile Script script = (_, _) -> List.of();
    private volatile boolean closed;
    private long sequence;
    private String hash = "";

    public ScriptedPlanner(String bootstrap, Topics topics) {
        this.bootstrap = bootstrap;
        this.topics = topics;
        this.producer =
                new KafkaProducer<>(
                        Map.of(
                                "bootstrap.servers", bootstrap,
                                "key.serializer", ByteArraySerializer.class,
                                "value.serializer", ByteArraySerializer.class,
                                "max.request.size", Topics.MAX_MESSAGE_BYTES,
                                "transactional.id", "scripted-" + UUID.randomUUID()));
        producer.initTransactions();
        this.thread = Thread.ofPlatform().name("scripted-planner").start(this::run);
    }

    public void script(Script script) {
        this.script = script;
    }

    /// The changes that were wanted so far.
    public List<WantedChange> seen() {
        return seen;
    }

    private void run() {
        try (var consumer =
                new KafkaConsumer<byte[], byte[]>(
                        Map.of(
                                "bootstrap.servers",
                                bootstrap,
                                "key.deserializer",
                                ByteArrayDeserializer.class,
                                "value.deserializer",
                                ByteArrayDeserializer.class,
                                "auto.offset.reset",
                                "earliest",
                                "enable.auto.commit",
                                false))) {
            consumer.assign(List.of(new TopicPartition(topics.desiredState().fullName(), 0)));
            while (!closed) {
                for (var record : consumer.poll(Duration.ofMillis(100))) {
                    decide(Codec.decode(WantedChange.class, record.value()));
                }
            }
        } catch (Codec.Unreadable e) {
            throw new IllegalStateException(e);
        }
    }

    private synchronized void decide(WantedChange wanted) {
        seen.add(wanted);
        var facts = script.decide(wanted, image);
        if (!facts.isEmpty()) {
            append(
                    Optional.of(wanted.changeId()),
                    wanted.actor(),
                    new Input.Changed(wanted),
                    facts);
        }
    }

    /// Decides by itself.
    public synchronized JournalEntry append(Fact... facts) {
        return append(
                Optional.empty(), Actor.PLANNER, new Input.Founded("cluster-1"), List.of(facts));
    }

    /// An entry as only a newer version writes it; what it did to the state is none.
    public synchronized void appendUnreadable() {
        var bytes =
                "{\"v\":1,\"record\":{\"sequence\":%d,\"news\":true}}"
                        .formatted(sequence + 1)
                        .getBytes(StandardCharsets.UTF_8);
        producer.beginTransaction();
        write(bytes);
        producer.commitTransaction();
    }

    /// The next entry, as the journal and the state's head have it.
    private void write(byte[] bytes) {
        sequence++;
        hash = EntryHash.of(bytes);
        var head =
                new Head(sequence, Given.NOON, hash, checksum.sum(), checksum.count(), List.of());
        send(topics.clusterState(), Head.KEY, Codec.encode(Head.class, head));
        send(topics.journal(), Long.toString(sequence), bytes);
    }

    private JournalEntry append(
            Optional<String> changeId, Actor actor, Input input, List<Fact> facts) {
        var entry =
                new JournalEntry(
                        sequence + 1,
                        Given.NOON,
                        hash,
                        "test",
                        "test",
                        changeId,
                        changeId,
                        Optional.empty(),
                        actor,
                        input,
                        facts);
        var bytes = Codec.encode(JournalEntry.class, entry);
        producer.beginTransaction();
        facts.forEach(this::apply);
        write(bytes);
        producer.commitTransaction();
        return entry;
    }

    private void apply(Fact fact) {
        image.replay(fact);
        Effects.of(fact)
                .forEach((key, entity) -> {
                    var value =
                            entity.map(e ->
                                    Codec.encode(
                                            StateRecord.class, new StateRecord(sequence + 1, e)));
                    value.ifPresentOrElse(
                            bytes -> checksum.put(key, bytes), () -> checksum.remove(key));
                    send(topics.clusterState(), key, value.orElse(null));
                });
    }

    private void send(Topics.Topic topic, String key, byte[] value) {
        var name = key.getBytes(StandardCharsets.UTF_8);
        var _ = producer.send(new ProducerRecord<>(topic.fullName(), 0, name, value));
    }

    public synchronized long sequence() {
        return sequence;
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close(Duration.ofSeconds(2));
    }
}

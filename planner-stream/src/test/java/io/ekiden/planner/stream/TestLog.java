package io.ekiden.planner.stream;

import io.ekiden.log.AgentReport;
import io.ekiden.log.Codec;
import io.ekiden.log.Input;
import io.ekiden.log.JournalEntry;
import io.ekiden.log.Topics;
import io.ekiden.log.Topics.Topic;
import io.ekiden.log.WantedChange;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// The topics of one test as gateways, agents and readers see them.
final class TestLog implements AutoCloseable {
    private final Topics topics;
    private final String bootstrap;
    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> follower;
    private long reported;

    TestLog(String bootstrap, Topics topics) {
        this.bootstrap = bootstrap;
        this.topics = topics;
        var settings = new HashMap<String, Object>();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("linger.ms", 0);
        settings.put("max.request.size", 32 << 20);
        settings.put("compression.type", "lz4");
        producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        follower = consumer();
        follower.assign(List.of(new TopicPartition(topics.journal().fullName(), 0)));
    }

    Topics topics() {
        return topics;
    }

    Admin admin() {
        return Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrap));
    }

    void report(AgentReport report) {
        send(
                topics.agentReports(),
                Outputs.utf8(report.memberId()),
                Codec.encode(AgentReport.class, report));
    }

    void want(WantedChange wanted) {
        send(
                topics.desiredState(),
                Outputs.utf8(wanted.changeId()),
                Codec.encode(WantedChange.class, wanted));
    }

    void send(Topic topic, byte[] key, byte[] value) {
        var _ = producer.send(new ProducerRecord<>(topic.fullName(), 0, key, value));
    }

    void flush() {
        producer.flush();
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        var settings = new HashMap<String, Object>();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("isolation.level", "read_committed");
        settings.put("enable.auto.commit", false);
        settings.put("auto.offset.reset", "earliest");
        return new KafkaConsumer<>(
                settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /// All that is committed on a topic now.
    List<ConsumerRecord<byte[], byte[]>> read(Topic topic) {
        var partitions =
                IntStream.range(0, topic.partitions())
                        .mapToObj(i -> new TopicPartition(topic.fullName(), i))
                        .toList();
        var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        try (var consumer = consumer()) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }

    /// How many reports are decided and committed. Cheap to ask again.
    synchronized long reported() {
        for (var record : follower.poll(Duration.ofMillis(50))) {
            reported += entry(record).input() instanceof Input.Reported ? 1 : 0;
        }
        return reported;
    }

    List<JournalEntry> journal() {
        return read(topics.journal()).stream().map(TestLog::entry).toList();
    }

    static JournalEntry entry(ConsumerRecord<byte[], byte[]> record) {
        return decoded(JournalEntry.class, record.value());
    }

    static <T> T decoded(Class<T> type, byte[] bytes) {
        try {
            return Codec.decode(type, bytes);
        } catch (Codec.Unreadable e) {
            throw new AssertionError(e);
        }
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
        follower.close();
    }
}

package io.ekiden.e2e;

import io.ekiden.log.Codec;
import io.ekiden.log.JournalEntry;
import io.ekiden.log.Topics;
import io.ekiden.model.PortRange;
import io.ekiden.planner.core.Planner;
import io.ekiden.planner.core.Replay;
import io.ekiden.planner.core.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// The journal of a running Ekiden, read from its Kafka by a plain consumer.
record Journal(List<JournalEntry> entries) {
    Journal {
        entries = List.copyOf(entries);
    }

    static Journal read(String bootstrapServers) throws Codec.Unreadable {
        var partition =
                new TopicPartition(new Topics(Topics.DEFAULT_PREFIX).journal().fullName(), 0);
        var entries = new ArrayList<JournalEntry>();
        try (var consumer =
                new KafkaConsumer<>(
                        Map.<String, Object>of(
                                "bootstrap.servers",
                                bootstrapServers,
                                "isolation.level",
                                "read_committed"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                for (var record : consumer.poll(Duration.ofSeconds(1))) {
                    entries.add(Codec.decode(JournalEntry.class, record.value()));
                }
            }
        }
        return new Journal(entries);
    }

    /// What the planner of this build would decide otherwise than is recorded.
    List<Replay.Difference> differences(PortRange servicePorts) {
        var replay = new Replay(new Planner(Settings.DEFAULT.withServicePorts(servicePorts)));
        var differences = new ArrayList<Replay.Difference>();
        for (var entry : entries) {
            replay.take(entry).ifPresent(differences::add);
        }
        return differences;
    }
}

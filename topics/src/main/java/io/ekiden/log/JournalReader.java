package io.ekiden.log;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// Reads the committed journal from the first entry that is kept to the end that it has when the
/// reading begins, and checks on the way that no entry is missing or was altered.
public final class JournalReader {
    private static final Duration POLL = Duration.ofSeconds(1);

    private JournalReader() {}

    /// Takes one entry after the other.
    public interface Taker {
        void take(JournalEntry entry);
    }

    /// The journal is not what the planner wrote.
    public static final class Damaged extends Exception {
        private static final long serialVersionUID = 1;

        Damaged(String message) {
            super(message);
        }
    }

    /// @param kafka settings of the clients, `bootstrap.servers` among them
    /// @throws Damaged when an entry cannot be read, is missing between two others, or does not
    ///   name the hash of the one before it
    public static void read(Map<String, String> kafka, Topics topics, Taker taker) throws Damaged {
        var settings = new HashMap<String, Object>(kafka);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        var partition = new TopicPartition(topics.journal().fullName(), 0);
        try (var consumer =
                new KafkaConsumer<>(
                        settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            var chain = new Chain();
            while (consumer.position(partition) < end) {
                for (var record : consumer.poll(POLL)) {
                    taker.take(chain.next(record.value()));
                }
            }
        }
    }

    private static final class Chain {
        private long sequence;
        private String hash = "";

        JournalEntry next(byte[] value) throws Damaged {
            var entry = decoded(value);
            boolean first = sequence == 0;
            if (!first && entry.sequence() != sequence + 1) {
                throw new Damaged(
                        "entry %d follows entry %d".formatted(entry.sequence(), sequence));
            }
            if (!first && !entry.previousHash().equals(hash)) {
                throw new Damaged(
                        "entry %d does not name the hash of entry %d: one of them was altered"
                                .formatted(entry.sequence(), sequence));
            }
            sequence = entry.sequence();
            hash = EntryHash.of(value);
            return entry;
        }

        private JournalEntry decoded(byte[] value) throws Damaged {
            try {
                return Codec.decode(JournalEntry.class, value);
            } catch (Codec.Unreadable e) {
                throw new Damaged(
                        "what follows entry %d cannot be read: %s"
                                .formatted(sequence, e.getMessage()));
            }
        }
    }
}

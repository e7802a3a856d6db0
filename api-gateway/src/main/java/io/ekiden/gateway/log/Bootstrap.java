package io.ekiden.gateway.log;

import io.ekiden.log.Codec;
import io.ekiden.log.Head;
import io.ekiden.log.StateChecksum;
import io.ekiden.log.StateRecord;
import io.ekiden.log.Topics;
import io.ekiden.state.ClusterImage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads `cluster-state` to its present end into a new image, proves it by its head, and finds the
/// place in the journal from which to go on.
final class Bootstrap {
    private static final Logger LOG = LoggerFactory.getLogger(Bootstrap.class);
    private static final Duration POLL = Duration.ofMillis(200);

    /// The topics of one transaction become visible at slightly different times, and brokers'
    /// clocks differ: so much earlier than the head's record the journal is taken up.
    private static final Duration MARGIN = Duration.ofSeconds(5);

    private final Consumer<byte[], byte[]> consumer;
    private final TopicPartition stateTopic;
    private final TopicPartition journal;
    private final ClusterImage image = new ClusterImage();
    private final StateChecksum checksum = new StateChecksum();
    private byte[] headBytes;
    private long headTimestamp;

    Bootstrap(Consumer<byte[], byte[]> consumer, Topics topics) {
        this.consumer = consumer;
        this.stateTopic = new TopicPartition(topics.clusterState().fullName(), 0);
        this.journal = new TopicPartition(topics.journal().fullName(), 0);
    }

    /// @param provenOffset see [EntryChain]
    record State(ClusterImage image, Optional<Head> head, long provenOffset) {}

    /// Leaves the consumer assigned to the journal, at the place to go on from.
    ///
    /// @throws Damaged when what was read is not what the head says
    State read() throws Damaged {
        consumer.assign(List.of(journal));
        // Before the state: so every entry below it is in the state or follows it directly.
        long provenOffset = end(journal);
        consumer.assign(List.of(stateTopic));
        consumer.seekToBeginning(List.of(stateTopic));
        long end = end(stateTopic);
        while (consumer.position(stateTopic) < end) {
            consumer.poll(POLL).forEach(this::restore);
        }
        var head = verified();
        consumer.assign(List.of(journal));
        long start = head.isEmpty() ? 0 : Math.min(provenOffset, offsetBefore(headTimestamp));
        consumer.seek(journal, Math.max(start, beginning(journal)));
        return new State(image, head, provenOffset);
    }

    private long end(TopicPartition partition) {
        return consumer.endOffsets(List.of(partition)).get(partition);
    }

    private long beginning(TopicPartition partition) {
        return consumer.beginningOffsets(List.of(partition)).get(partition);
    }

    private long offsetBefore(long timestamp) {
        var time = timestamp - MARGIN.toMillis();
        var found = consumer.offsetsForTimes(Map.of(journal, time)).get(journal);
        return found == null ? Long.MAX_VALUE : found.offset();
    }

    private void restore(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null) {
            LOG.warn("topic={} offset={} problem=no-key", stateTopic.topic(), record.offset());
            return;
        }
        var key = new String(record.key(), StandardCharsets.UTF_8);
        if (key.equals(Head.KEY)) {
            headBytes = record.value();
            headTimestamp = record.timestamp();
        } else if (record.value() == null) {
            image.remove(key);
            checksum.remove(key);
        } else {
            put(key, record);
        }
    }

    /// What cannot be read is left out: if it belonged to the state, the checksum says so.
    private void put(String key, ConsumerRecord<byte[], byte[]> record) {
        try {
            image.put(Codec.decode(StateRecord.class, record.value()).entity());
            checksum.put(key, record.value());
        } catch (Codec.Unreadable e) {
            LOG.error(
                    "topic={} offset={} key={} problem=unreadable why={}",
                    stateTopic.topic(),
                    record.offset(),
                    key,
                    e.getMessage());
        }
    }

    private Optional<Head> verified() throws Damaged {
        if (headBytes == null) {
            if (checksum.count() > 0) {
                throw new Damaged(
                        "cluster-state has %d entities but no head".formatted(checksum.count()));
            }
            return Optional.empty();
        }
        var head = head();
        if (head.count() != checksum.count() || !head.checksum().equals(checksum.sum())) {
            throw new Damaged(
                    "cluster-state is not what its head of entry %d says: %d entities, must be %d"
                            .formatted(head.sequence(), checksum.count(), head.count()));
        }
        return Optional.of(head);
    }

    private Head head() throws Damaged {
        try {
            return Codec.decode(Head.class, headBytes);
        } catch (Codec.Unreadable e) {
            throw new Damaged("cluster-state's head is unreadable: " + e.getMessage());
        }
    }
}

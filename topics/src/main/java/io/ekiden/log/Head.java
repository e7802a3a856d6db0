package io.ekiden.log;

import java.time.Instant;
import java.util.List;

/// How far `cluster-state` goes: its record under [#KEY], written with every journal entry, in the
/// same transaction. Whoever has read the topic up to it holds the state after `sequence`, or the
/// topic is damaged; [StateChecksum] tells.
///
/// @param sequence of the newest journal entry
/// @param time of that entry
/// @param entryHash SHA-256 (hex) of that entry's bytes
/// @param checksum of the entities' records, see [StateChecksum]
/// @param count of the entities
/// @param inputs up to where the sources are decided
public record Head(
        long sequence,
        Instant time,
        String entryHash,
        String checksum,
        long count,
        List<Position> inputs) {
    /// No entity's key: those begin with the kind of an entity.
    public static final String KEY = "head";

    public Head {
        inputs = List.copyOf(inputs);
    }

    /// Everything before `next` on this topic is decided, whatever Kafka's consumer group says: it
    /// forgets its positions after a week without a planner.
    ///
    /// @param topicId Kafka's id: a topic that was deleted and made again begins anew
    public record Position(String topic, String topicId, long next) {}
}

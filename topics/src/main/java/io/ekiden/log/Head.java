package io.ekiden.log;

import java.time.Instant;

/// How far `cluster-state` goes: its record under [#KEY], written with every journal entry, in the
/// same transaction. Whoever has read the topic up to it holds the state after `sequence`, or the
/// topic is damaged; [StateChecksum] tells.
///
/// @param sequence of the newest journal entry
/// @param time of that entry
/// @param entryHash SHA-256 (hex) of that entry's bytes
/// @param checksum of the entities' records, see [StateChecksum]
/// @param count of the entities
public record Head(long sequence, Instant time, String entryHash, String checksum, long count) {
    /// No entity's key: those begin with the kind of an entity.
    public static final String KEY = "head";
}

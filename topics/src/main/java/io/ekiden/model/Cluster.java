package io.ekiden.model;

import java.time.Instant;
import java.util.Optional;

/// The cluster itself.
///
/// @param id of this log: that of its Kafka cluster and when it was begun; labels tasks and seeds
///   generated ids
/// @param unfinished when set, placement stopped at its slice and goes on at once in a further
///   input
/// @param lastReplacement the lost agent whose instances were last replaced (the replacement brake)
public record Cluster(
        String id, Optional<Instant> unfinished, Optional<Replacement> lastReplacement)
        implements Entity {
    public static final String KEY = "cluster";

    /// When the replacing of a lost agent's instances began.
    public record Replacement(String agentId, Instant at) {}

    @Override
    public String key() {
        return KEY;
    }

    @Override
    public Optional<Instant> due() {
        return unfinished;
    }
}

package io.ekiden.model;

import java.time.Instant;
import java.util.Optional;

/// What a root version changed at one path: what stood there before, and the group that stood there
/// afterwards. Every definition and group that a change touches leaves one, so that groups can be
/// shown and restored as they were and a deployment can be taken back (ADR 16).
///
/// @param version of the root, which the change made
/// @param spec what stood there before as app or pod; empty when there was none
/// @param group what stood there before as group
/// @param groupThen the group after the change
public record Former(
        Instant version,
        PathId id,
        Optional<RunSpec> spec,
        Optional<Group> group,
        Optional<Group> groupThen)
        implements Entity {
    public static final String PREFIX = "former/";

    /// So many root versions can be returned to (Marathon's `zk_max_versions`).
    public static final int VERSIONS_KEPT = 50;

    public static String prefix(Instant version) {
        return PREFIX + Timestamps.format(version);
    }

    public static String key(Instant version, PathId id) {
        return prefix(version) + id;
    }

    @Override
    public String key() {
        return key(version, id);
    }
}

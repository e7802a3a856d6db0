package io.ekiden.model;

import java.time.Instant;

/// One version of an app or pod as it was, kept so that users can look at it and return to it.
public record RunSpecVersion(RunSpec spec) implements Entity {
    /// So many versions of one are kept (Marathon's `zk_max_versions`).
    public static final int KEPT = 50;

    public static String prefix(PathId id) {
        return "version" + id + "@";
    }

    public static String key(PathId id, Instant version) {
        return prefix(id) + Timestamps.format(version);
    }

    @Override
    public String key() {
        return key(spec.id(), spec.version());
    }
}

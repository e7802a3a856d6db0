package io.ekiden.model;

import java.time.Instant;
import java.util.Optional;

/// A task that has ended, kept so that its sandbox can still be found.
///
/// @param condition the one it ended in
/// @param version the app's version that it ran
public record EndedTask(
        TaskId taskId,
        PathId runSpecId,
        String agentId,
        String hostname,
        Condition condition,
        String message,
        Instant version,
        Optional<Instant> stagedAt,
        Optional<Instant> startedAt,
        Instant endedAt)
        implements Entity {
    /// So many of one app are kept, the last to end.
    public static final int KEPT = 10;

    public static String prefix(PathId app) {
        return "ended" + app + "@";
    }

    public static String key(PathId app, Instant endedAt, TaskId taskId) {
        return prefix(app) + Timestamps.format(endedAt) + "@" + taskId;
    }

    @Override
    public String key() {
        return key(runSpecId, endedAt, taskId);
    }
}

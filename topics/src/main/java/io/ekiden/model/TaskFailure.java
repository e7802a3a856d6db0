package io.ekiden.model;

import java.time.Instant;
import java.util.Optional;

/// The last failure of one of an app's tasks: Marathon's `lastTaskFailure`.
public record TaskFailure(
        PathId runSpecId,
        TaskId taskId,
        String state,
        String message,
        Optional<String> host,
        Optional<String> agentId,
        Instant version,
        Instant timestamp)
        implements Entity {

    public static String key(PathId app) {
        return "failure" + app;
    }

    @Override
    public String key() {
        return key(runSpecId);
    }
}

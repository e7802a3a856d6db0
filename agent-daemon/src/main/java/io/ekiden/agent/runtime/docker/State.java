package io.ekiden.agent.runtime.docker;

import com.github.dockerjava.api.command.InspectContainerResponse;

/// Where a container is in its life. It runs once at most: none is ever started again.
enum State {
    /// Its program was never executed.
    CREATED,
    RUNNING,
    ENDED;

    /// What the engine says as the start of a container that never began.
    private static final String NEVER = "0001-01-01T00:00:00Z";

    static State of(InspectContainerResponse container) {
        var state = container.getState();
        var status = of(state == null ? null : state.getStatus());
        // The engine removes, and says so of, one that never began as well.
        return status == ENDED && state != null && NEVER.equals(state.getStartedAt())
                ? CREATED
                : status;
    }

    /// @param status the engine's word
    static State of(String status) {
        return switch (String.valueOf(status)) {
            case "created" -> CREATED;
            case "running", "paused", "restarting" -> RUNNING;
            default -> ENDED; // exited, dead, removing
        };
    }
}

package io.ekiden.agent.runtime.docker;

import com.github.dockerjava.api.command.InspectContainerResponse;

/// Where a container is in its life. It runs once at most: none is ever started again.
enum State {
    /// Its program was never executed.
    CREATED,
    RUNNING,
    ENDED;

    static State of(InspectContainerResponse container) {
        var state = container.getState();
        return of(state == null ? null : state.getStatus());
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

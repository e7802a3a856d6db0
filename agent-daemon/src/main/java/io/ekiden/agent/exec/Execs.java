package io.ekiden.agent.exec;

import io.ekiden.agent.runtime.Exec;
import io.ekiden.model.TaskId;
import java.util.Optional;

/// Begins commands in this agent's tasks. Asked from several threads.
public interface Execs {
    /// Whether a command was begun.
    sealed interface Begun {
        record Done(Exec exec) implements Begun {}

        /// @param status of HTTP
        record Refused(int status, String message) implements Begun {}
    }

    /// Blocks, for some seconds at most.
    ///
    /// @param container of the pod whose task it is
    Begun begin(TaskId taskId, Optional<String> container, Exec.Wanted wanted);
}

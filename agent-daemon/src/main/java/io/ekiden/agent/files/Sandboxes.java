package io.ekiden.agent.files;

import io.ekiden.model.TaskId;
import java.util.Optional;

/// The tasks whose files can be read. Asked from several threads.
public interface Sandboxes {
    /// Empty when no such task is, or was lately, on this agent.
    Optional<Sandbox> find(TaskId taskId);

    /// Whether a task writes nothing more: it has ended, or is not known.
    boolean ended(TaskId taskId);
}

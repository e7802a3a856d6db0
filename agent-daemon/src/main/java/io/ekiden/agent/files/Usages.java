package io.ekiden.agent.files;

import com.fasterxml.jackson.databind.JsonNode;
import io.ekiden.model.TaskId;
import java.util.Optional;

/// What tasks use. Asked from several threads.
public interface Usages {
    /// Empty when no such task runs. Blocks, for some seconds at most.
    Optional<JsonNode> of(TaskId taskId);
}

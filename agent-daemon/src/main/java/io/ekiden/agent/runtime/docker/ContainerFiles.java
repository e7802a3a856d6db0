package io.ekiden.agent.runtime.docker;

import io.ekiden.agent.core.Event;
import io.ekiden.agent.runtime.WorkDir;
import io.ekiden.log.Codec;
import io.ekiden.model.TaskId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What an agent writes into a task's folder beside its record, for the agent that comes after it.
///
/// - `container`: written before the engine is asked for anything. A task without it has none.
/// - `copied-stdout`, `copied-stderr`: how far its output was copied ([OutputFile]).
/// - `end`: how the task ended, written before its container is removed and before it is told.
record ContainerFiles(TaskId taskId, Path folder) {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerFiles.class);

    /// @param started whether it ever was
    record End(boolean started, Optional<Integer> exitCode, String message) {
        Event event(TaskId taskId) {
            return started
                    ? new Event.Ended(taskId, exitCode, message)
                    : new Event.NotStartable(taskId, message);
        }
    }

    static ContainerFiles of(WorkDir work, TaskId taskId) {
        return new ContainerFiles(taskId, work.task(taskId));
    }

    private Path container() {
        return folder.resolve("container");
    }

    Path copied(String output) {
        return folder.resolve("copied-" + output);
    }

    private Path end() {
        return folder.resolve("end");
    }

    void expectContainer(String name) throws IOException {
        Files.createDirectories(folder);
        WorkDir.writeAtomically(container(), (name + "\n").getBytes(StandardCharsets.UTF_8));
    }

    boolean expectsContainer() {
        return Files.exists(container());
    }

    /// Should it fail, the container itself still says how it ended.
    ///
    /// @return whether the container may be removed
    boolean ended(End end) {
        try {
            Files.createDirectories(folder);
            WorkDir.writeAtomically(end(), Codec.encode(End.class, end));
            return true;
        } catch (IOException e) {
            LOG.warn("task={} its end could not be written down: {}", taskId, e.toString());
            return false;
        }
    }

    Optional<End> readEnd() {
        try {
            return Files.exists(end())
                    ? Optional.of(Codec.decode(End.class, Files.readAllBytes(end())))
                    : Optional.empty();
        } catch (Codec.Unreadable | IOException e) {
            LOG.warn("task={} the file about its end is unreadable: {}", taskId, e.toString());
            return Optional.empty();
        }
    }
}

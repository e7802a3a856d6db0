package io.ekiden.agent;

import io.ekiden.agent.core.AgentState;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.files.Sandbox;
import io.ekiden.agent.files.Sandboxes;
import io.ekiden.agent.runtime.WorkDir;
import io.ekiden.model.TaskId;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/// The sandboxes of the tasks that the agent knows.
///
/// @param state as it is now
record KnownSandboxes(WorkDir work, Supplier<AgentState> state) implements Sandboxes {
    @Override
    public Optional<Sandbox> find(TaskId taskId) {
        return task(taskId).map(task -> new Sandbox(work.sandbox(taskId), mounts(task)));
    }

    private SortedMap<String, Path> mounts(LocalTask local) {
        var mounts = new TreeMap<String, Path>();
        local.task().stream()
                .flatMap(task -> task.volumes().stream())
                .forEach(volume -> mounts.put(volume.containerPath(), work.volume(volume.id())));
        return mounts;
    }

    @Override
    public boolean ended(TaskId taskId) {
        return task(taskId).map(LocalTask::ended).orElse(true);
    }

    private Optional<LocalTask> task(TaskId taskId) {
        return Optional.ofNullable(state.get().tasks().get(taskId));
    }
}

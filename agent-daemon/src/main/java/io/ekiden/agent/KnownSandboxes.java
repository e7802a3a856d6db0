package io.ekiden.agent;

import io.ekiden.agent.core.AgentState;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.files.Sandbox;
import io.ekiden.agent.files.Sandboxes;
import io.ekiden.agent.runtime.WorkDir;
import io.ekiden.log.AgentCommand;
import io.ekiden.model.Pod;
import io.ekiden.model.PodContainer.VolumeMount;
import io.ekiden.model.TaskId;
import java.nio.file.Path;
import java.util.List;
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
        return task(taskId.unit())
                .map(task -> new Sandbox(work.sandbox(taskId), mounts(taskId, task)));
    }

    private SortedMap<String, Path> mounts(TaskId taskId, LocalTask local) {
        if (local.task().filter(task -> task.spec() instanceof Pod).isPresent()) {
            return podMounts(taskId, local.task().get());
        }
        var mounts = new TreeMap<String, Path>();
        local.task().stream()
                .flatMap(task -> task.volumes().stream())
                .forEach(volume -> mounts.put(volume.containerPath(), work.volume(volume.id())));
        return mounts;
    }

    /// Of a pod's container, or of all of them by the directories that they have in the pod's.
    private SortedMap<String, Path> podMounts(TaskId taskId, AgentCommand.Task task) {
        var folders = new TreeMap<String, Path>();
        task.volumes()
                .forEach(volume -> folders.put(volume.containerPath(), work.volume(volume.id())));
        var mounts = new TreeMap<String, Path>();
        for (var container : ((Pod) task.spec()).containers()) {
            boolean mine = taskId.container().map(container.name()::equals).orElse(true);
            var prefix =
                    taskId.container().isPresent()
                            ? ""
                            : WorkDir.CONTAINERS + "/" + container.name() + "/";
            for (var mount : mine ? container.volumeMounts() : List.<VolumeMount>of()) {
                var folder = folders.get(mount.name());
                if (folder != null) {
                    mounts.put(prefix + mount.mountPath(), folder);
                }
            }
        }
        return mounts;
    }

    @Override
    public boolean ended(TaskId taskId) {
        return task(taskId.unit()).map(LocalTask::ended).orElse(true);
    }

    private Optional<LocalTask> task(TaskId taskId) {
        return Optional.ofNullable(state.get().tasks().get(taskId));
    }
}

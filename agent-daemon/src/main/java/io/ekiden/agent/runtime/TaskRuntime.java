package io.ekiden.agent.runtime;

import io.ekiden.agent.core.Event;
import io.ekiden.agent.core.Finding;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.core.Measurement;
import io.ekiden.model.Container;
import io.ekiden.model.TaskId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.function.Consumer;

/// Runs tasks. What becomes of them is told to the listener given to [#watch]: `Running` when the
/// task's program was executed, then once `Ended`, or `NotStartable`. Tasks outlive this object and
/// are found again by [#recover].
public interface TaskRuntime extends AutoCloseable {

    /// Takes over what is on this machine of earlier, as records tell of it: each with its last
    /// known state. To be called once, before [#watch].
    List<LocalTask> recover(List<TaskRecords.Found> found);

    /// Begins to tell; of recovered tasks that have ended meanwhile, before it returns, unless that
    /// would take long.
    void watch(Consumer<Event> listener);

    /// Starts a task whose record is on disk already. Returns at once.
    void start(LocalTask task);

    /// SIGTERM to the task's process group; after `grace` SIGKILL to all that belongs to it, until
    /// nothing is left. Returns at once.
    void kill(TaskId taskId, Duration grace);

    /// Runs a shell command in a running task's surroundings, and kills it after `timeout`. Blocks.
    Finding check(LocalTask task, String command, Duration timeout);

    /// Begins a command of somebody's in a running task's surroundings: of a pod, in one of its
    /// containers. May block for a moment.
    Exec.Begun exec(LocalTask task, Exec.Wanted wanted);

    /// When a running task's program was executed.
    Optional<Instant> runningSince(TaskId taskId);

    /// What a running task has used: of a pod, one of its containers. Blocks, for some seconds at
    /// most.
    Measurement usage(TaskId taskId);

    /// Removes an ended task's sandbox and record.
    void collect(TaskId taskId);

    /// The kinds of containers that it can run now.
    SortedSet<Container.Type> runs();

    /// Where a running task is reached when it has an address of its own. May block for a moment.
    Optional<String> address(LocalTask task);

    /// What it says of itself in the agent's attributes.
    SortedMap<String, String> attributes();

    /// Stops telling; tasks run on.
    @Override
    void close();
}

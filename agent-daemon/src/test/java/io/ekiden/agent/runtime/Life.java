package io.ekiden.agent.runtime;

import static org.awaitility.Awaitility.await;

import io.ekiden.agent.core.Event;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.core.PodParts;
import io.ekiden.model.TaskId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.core.ConditionFactory;

/// One life of an agent's runtime on a work directory, and what it told.
public final class Life {
    private static final Duration LONG = Duration.ofSeconds(30);

    public final WorkDir work;
    public final TaskRecords records;
    public final TaskRuntime runtime;
    public final List<LocalTask> recovered;
    private final Set<TaskId> seen;
    private final List<Event> events = new CopyOnWriteArrayList<>();

    /// @param seen all tasks that the test knows, to be ended after it
    public Life(WorkDir work, String bootId, TaskRuntime runtime, Set<TaskId> seen) {
        this.work = work;
        this.runtime = runtime;
        this.seen = seen;
        records = new TaskRecords(work, bootId);
        recovered = runtime.recover(records.read());
        runtime.watch(events::add);
    }

    public void start(LocalTask task) {
        seen.add(task.taskId());
        PodParts.of(task).forEach(part -> seen.add(part.taskId()));
        records.write(task);
        runtime.start(task);
    }

    public Path sandbox(LocalTask task) {
        return work.sandbox(task.taskId());
    }

    public String stdout(LocalTask task) {
        return text(task, "stdout");
    }

    public String text(LocalTask task, String name) {
        try {
            return Files.readString(sandbox(task).resolve(name));
        } catch (IOException e) {
            return "";
        }
    }

    public List<Event> events() {
        return List.copyOf(events);
    }

    public List<Event> events(LocalTask task) {
        return events.stream().filter(e -> about(e).equals(Optional.of(task.taskId()))).toList();
    }

    public void awaitRunning(LocalTask task) {
        soon().until(() -> events(task).stream().anyMatch(Event.Running.class::isInstance));
    }

    /// Until it has written this.
    public void awaitOutput(LocalTask task, String text) {
        soon().until(() -> stdout(task).contains(text));
    }

    public Event end(LocalTask task) {
        return soon().until(
                        () -> events(task).stream().filter(Life::terminal).findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    private static ConditionFactory soon() {
        return await().atMost(LONG).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(20));
    }

    static boolean terminal(Event event) {
        return event instanceof Event.Ended || event instanceof Event.NotStartable;
    }

    private static Optional<TaskId> about(Event event) {
        return switch (event) {
            case Event.Staging(var id, _) -> Optional.of(id);
            case Event.Found(var id) -> Optional.of(id);
            case Event.Running(var id, _) -> Optional.of(id);
            case Event.Ended(var id, _, _, _) -> Optional.of(id);
            case Event.NotStartable(var id, _) -> Optional.of(id);
            default -> Optional.empty();
        };
    }
}

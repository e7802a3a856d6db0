package io.ekiden.agent.runtime;

import io.ekiden.agent.core.Event;
import io.ekiden.agent.core.Finding;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.core.Measurement;
import io.ekiden.agent.core.PodParts;
import io.ekiden.log.AgentCommand;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.model.Container;
import io.ekiden.model.Pod;
import io.ekiden.model.TaskId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// Pods on top of a runtime of single tasks: each container of a pod is a task of that runtime, and
/// what becomes of them all is told as what becomes of one. The tasks of apps pass through.
public final class PodRuntime implements TaskRuntime {
    private final TaskRuntime plain;
    private final WorkDir work;
    private final Duration grace;
    private final Map<TaskId, PodUnit> units = new ConcurrentHashMap<>();
    private volatile Optional<Consumer<Event>> listener = Optional.empty();

    /// @param plain runs the containers
    /// @param grace between SIGTERM and SIGKILL, for containers that name none
    public PodRuntime(TaskRuntime plain, WorkDir work, Duration grace) {
        this.plain = plain;
        this.work = work;
        this.grace = grace;
    }

    @Override
    public List<LocalTask> recover(List<TaskRecords.Found> found) {
        var tasks = new ArrayList<LocalTask>();
        var others = new ArrayList<TaskRecords.Found>();
        for (var one : found) {
            if (isPod(one.task())) {
                tasks.add(recovered(one));
            } else {
                others.add(one);
            }
        }
        tasks.addAll(plain.recover(others));
        return List.copyOf(tasks);
    }

    /// A pod whose record cannot be read is known by the directories of its containers.
    private boolean isPod(LocalTask task) {
        return task.task()
                .map(definition -> definition.spec() instanceof Pod)
                .orElseGet(() -> Files.isDirectory(containers(task.taskId())));
    }

    private Path containers(TaskId pod) {
        return work.task(pod).resolve(WorkDir.CONTAINERS);
    }

    private LocalTask recovered(TaskRecords.Found found) {
        var pod = found.task();
        var parts = parts(pod);
        if (pod.ended()) {
            // What an earlier agent had no time to remove is known to be over.
            plain.recover(
                    parts.stream()
                            .map(part -> part.withState(pod.state(), Optional.empty(), ""))
                            .map(part -> new TaskRecords.Found(part, found.bootId()))
                            .toList());
            return pod;
        }
        var states =
                plain.recover(
                        parts.stream()
                                .map(part -> new TaskRecords.Found(part, found.bootId()))
                                .toList());
        var gone = states.stream().filter(part -> part.state() == TaskState.GONE).findFirst();
        if (gone.isPresent()) {
            return pod.withState(TaskState.GONE, Optional.empty(), gone.get().message());
        }
        units.put(pod.taskId(), unit(pod, parts));
        boolean running = states.stream().allMatch(part -> part.state() == TaskState.RUNNING);
        return pod.withState(
                running ? TaskState.RUNNING : TaskState.STARTING, Optional.empty(), "");
    }

    private List<LocalTask> parts(LocalTask pod) {
        if (pod.task().isPresent()) {
            return PodParts.of(pod);
        }
        try (var folders = Files.list(containers(pod.taskId()))) {
            return folders.map(folder -> pod.taskId().ofContainer(folder.getFileName().toString()))
                    .sorted()
                    .map(id -> LocalTask.stranger(id, TaskState.STARTING, ""))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static PodUnit unit(LocalTask pod, List<LocalTask> parts) {
        var definition =
                pod.task()
                        .map(AgentCommand.Task::spec)
                        .filter(Pod.class::isInstance)
                        .map(Pod.class::cast);
        return new PodUnit(
                pod.taskId(), definition, parts.stream().map(LocalTask::taskId).toList());
    }

    @Override
    public void watch(Consumer<Event> events) {
        listener = Optional.of(events);
        plain.watch(this::told);
    }

    private void told(Event event) {
        switch (event) {
            case Event.Staging(var id, var message) when unitOf(id).isPresent() ->
                    tell(new Event.Staging(unitOf(id).get().taskId(), message));
            case Event.Running running when unitOf(running.taskId()).isPresent() ->
                    unitOf(running.taskId()).get().running(running).ifPresent(this::tell);
            case Event.Ended end when unitOf(end.taskId()).isPresent() ->
                    ended(unitOf(end.taskId()).get(), end.taskId(), end(end));
            case Event.NotStartable(var id, var reason) when unitOf(id).isPresent() ->
                    ended(
                            unitOf(id).get(),
                            id,
                            new PodUnit.End(Optional.empty(), reason, "", false));
            default -> tell(event);
        }
    }

    private PodUnit.End end(Event.Ended end) {
        var last = end.unexplained() ? LastOutput.of(work.sandbox(end.taskId())) : "";
        return new PodUnit.End(end.exitCode(), end.message(), last, true);
    }

    private Optional<PodUnit> unitOf(TaskId id) {
        return id.container().flatMap(_ -> Optional.ofNullable(units.get(id.unit())));
    }

    /// With one container the others are to end.
    private void ended(PodUnit unit, TaskId container, PodUnit.End end) {
        // Not before all were started: what is started later would not be ended.
        synchronized (unit) {
            ended(unit, unit.ended(container, end));
        }
    }

    private void ended(PodUnit unit, Optional<Event> outcome) {
        if (outcome.isPresent()) {
            units.remove(unit.taskId());
            tell(outcome.get());
        } else if (unit.beginEnd()) {
            unit.living().forEach(part -> plain.kill(part, unit.graceOf(part).orElse(grace)));
        }
    }

    private void tell(Event event) {
        listener.ifPresent(to -> to.accept(event));
    }

    @Override
    public void start(LocalTask task) {
        if (!isPod(task)) {
            plain.start(task);
            return;
        }
        var parts = PodParts.of(task);
        var unit = unit(task, parts);
        if (units.putIfAbsent(task.taskId(), unit) != null) {
            return;
        }
        try {
            Files.createDirectories(work.sandbox(task.taskId()));
            WorkDir.restrict(work.sandbox(task.taskId()), "rwx--x--x");
            for (var part : parts) {
                Files.createDirectories(work.task(part.taskId()));
            }
        } catch (IOException e) {
            units.remove(task.taskId());
            tell(new Event.NotStartable(task.taskId(), "the pod could not be started: " + e));
            return;
        }
        synchronized (unit) {
            parts.forEach(plain::start);
        }
    }

    @Override
    public void kill(TaskId taskId, Duration grace) {
        var unit = Optional.ofNullable(units.get(taskId));
        if (unit.isPresent()) {
            unit.get().beginEnd();
            unit.get().living().forEach(part -> plain.kill(part, grace));
        } else {
            plain.kill(taskId, grace);
        }
    }

    @Override
    public Finding check(LocalTask task, String command, Duration timeout) {
        return plain.check(task, command, timeout);
    }

    @Override
    public Exec.Begun exec(LocalTask task, Exec.Wanted wanted) {
        return plain.exec(task, wanted);
    }

    /// A pod runs since the last of its containers does.
    @Override
    public Optional<Instant> runningSince(TaskId taskId) {
        var unit = Optional.ofNullable(units.get(taskId));
        return unit.isEmpty()
                ? plain.runningSince(taskId)
                : unit.get().parts().stream()
                        .flatMap(part -> plain.runningSince(part).stream())
                        .max(Comparator.naturalOrder());
    }

    @Override
    public Measurement usage(TaskId taskId) {
        return plain.usage(taskId);
    }

    @Override
    public void collect(TaskId taskId) {
        if (units.containsKey(taskId)) {
            return;
        }
        if (Files.isDirectory(containers(taskId))) {
            parts(LocalTask.stranger(taskId, TaskState.STARTING, ""))
                    .forEach(part -> plain.collect(part.taskId()));
        }
        plain.collect(taskId);
    }

    @Override
    public SortedSet<Container.Type> runs() {
        return plain.runs();
    }

    @Override
    public Optional<String> address(LocalTask task) {
        return plain.address(task);
    }

    @Override
    public SortedMap<String, String> attributes() {
        return plain.attributes();
    }

    @Override
    public void close() {
        listener = Optional.empty();
        plain.close();
    }
}

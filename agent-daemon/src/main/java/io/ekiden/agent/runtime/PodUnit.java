package io.ekiden.agent.runtime;

import io.ekiden.agent.core.Event;
import io.ekiden.model.Pod;
import io.ekiden.model.PodContainer;
import io.ekiden.model.TaskId;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/// One pod's task, as the sum of its containers. Guarded by itself.
final class PodUnit {
    private final TaskId taskId;
    private final Optional<Pod> pod;
    private final List<TaskId> parts;
    private final TreeSet<TaskId> running = new TreeSet<>();

    /// In the order in which they ended.
    private final Map<TaskId, End> ends = new LinkedHashMap<>();

    /// That of the container whose network they share.
    private Optional<String> address = Optional.empty();

    private boolean announced;
    private boolean ending;

    /// How a container ended.
    ///
    /// @param started whether its program was ever executed
    record End(Optional<Integer> exit, String message, String lastOutput, boolean started) {
        boolean good() {
            return exit.equals(Optional.of(0));
        }
    }

    /// @param pod absent when its record could not be read
    PodUnit(TaskId taskId, Optional<Pod> pod, List<TaskId> parts) {
        this.taskId = taskId;
        this.pod = pod;
        this.parts = List.copyOf(parts);
    }

    TaskId taskId() {
        return taskId;
    }

    List<TaskId> parts() {
        return parts;
    }

    Optional<Duration> graceOf(TaskId part) {
        return pod.flatMap(definition -> part.container().flatMap(definition::container))
                .flatMap(PodContainer::killGraceSeconds)
                .map(Duration::ofSeconds);
    }

    synchronized List<TaskId> living() {
        return parts.stream().filter(part -> !ends.containsKey(part)).toList();
    }

    /// `true` once: to whoever is to end the containers that live.
    synchronized boolean beginEnd() {
        boolean first = !ending;
        ending = true;
        return first;
    }

    /// The pod runs, once, when all its containers have come to run.
    synchronized Optional<Event> running(Event.Running part) {
        running.add(part.taskId());
        address = address.or(part::address);
        boolean all = !announced && running.containsAll(parts);
        announced = announced || all;
        return all ? Optional.of(new Event.Running(taskId, address)) : Optional.empty();
    }

    /// The pod has ended when all its containers have: well only if each did.
    synchronized Optional<Event> ended(TaskId part, End end) {
        ends.putIfAbsent(part, end);
        return ends.keySet().containsAll(parts) ? Optional.of(end()) : Optional.empty();
    }

    /// The first that ended is the cause, since with it the others were made to end.
    private Event end() {
        var cause = ends.entrySet().iterator().next();
        var message =
                "container '%s': %s".formatted(name(cause.getKey()), cause.getValue().message());
        if (!cause.getValue().started()) {
            return new Event.NotStartable(taskId, message);
        }
        var exit =
                ends.values().stream()
                        .filter(end -> !end.good())
                        .findFirst()
                        .map(End::exit)
                        .orElse(Optional.of(0));
        return new Event.Ended(taskId, exit, message, cause.getValue().lastOutput());
    }

    private static String name(TaskId part) {
        return part.container().orElse("");
    }
}

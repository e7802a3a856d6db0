package io.ekiden.agent.core;

import io.ekiden.log.AgentCommand;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.model.App;
import io.ekiden.model.GenericCheck;
import io.ekiden.model.HealthCheck;
import io.ekiden.model.Network;
import io.ekiden.model.Pod;
import io.ekiden.model.PodContainer;
import io.ekiden.model.TaskId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;

/// The containers of a pod's task as tasks: each has the pod's definition, ports and volumes, and
/// an id that names the container.
public final class PodParts {
    private PodParts() {}

    /// A check, and the task or container in whose surroundings it is carried out.
    public record OnPart<C>(LocalTask part, C check) {}

    /// Empty for the task of an app, and for one whose definition is not known.
    public static List<LocalTask> of(LocalTask unit) {
        return unit.task().stream()
                .flatMap(task ->
                        task.spec() instanceof Pod pod
                                ? parts(task, pod, unit.state())
                                : Stream.of())
                .toList();
    }

    /// Where the pod runs, all of them do.
    private static Stream<LocalTask> parts(AgentCommand.Task task, Pod pod, TaskState unit) {
        var state = unit == TaskState.RUNNING ? TaskState.RUNNING : TaskState.STARTING;
        return pod.containers().stream().map(container -> part(task, container, state));
    }

    private static LocalTask part(AgentCommand.Task task, PodContainer container, TaskState state) {
        var id = task.taskId().ofContainer(container.name());
        return new LocalTask(
                id,
                Optional.of(
                        new AgentCommand.Task(
                                id, task.spec(), task.hostPorts(), task.volumes(), task.launch())),
                0,
                state,
                Optional.empty(),
                Optional.empty(),
                "",
                false,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /// The part whose network this one shares, where the parts have one apart from the machine's:
    /// the first. Empty for the first itself.
    public static Optional<TaskId> networkOf(AgentCommand.Task part) {
        return part.spec() instanceof Pod pod && pod.network() != Network.HOST
                ? Optional.of(part.taskId().ofContainer(pod.containers().getFirst().name()))
                        .filter(first -> !first.equals(part.taskId()))
                : Optional.empty();
    }

    /// The health checks of a task: of a pod those of all its containers.
    public static List<OnPart<HealthCheck>> healthChecks(LocalTask unit) {
        return checks(
                unit,
                App::healthChecks,
                (container, first) ->
                        container.healthCheck().map(check -> check.withPortsFrom(first)));
    }

    /// The generic checks of a task.
    public static List<OnPart<GenericCheck>> checks(LocalTask unit) {
        return checks(
                unit,
                app -> app.check().stream().toList(),
                (container, first) -> container.check().map(check -> check.withPortsFrom(first)));
    }

    /// A container's check counts its own endpoints; the task's ports are those of the whole pod.
    ///
    /// @param ofContainer given a container and which of the pod's ports is its first
    private static <C> List<OnPart<C>> checks(
            LocalTask unit,
            Function<App, List<C>> ofApp,
            BiFunction<PodContainer, Integer, Optional<C>> ofContainer) {
        if (unit.task().isEmpty()) {
            return List.of();
        }
        return switch (unit.task().get().spec()) {
            case App app ->
                    ofApp.apply(app).stream().map(check -> new OnPart<>(unit, check)).toList();
            case Pod pod -> {
                var parts = of(unit);
                var checks = new ArrayList<OnPart<C>>();
                int first = 0;
                for (int i = 0; i < parts.size(); i++) {
                    var part = parts.get(i);
                    var container = pod.containers().get(i);
                    ofContainer
                            .apply(container, first)
                            .ifPresent(check -> checks.add(new OnPart<>(part, check)));
                    first += container.endpoints().size();
                }
                yield checks;
            }
        };
    }
}

package io.ekiden.agent.core;

import io.ekiden.log.AgentCommand;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.model.App;
import io.ekiden.model.HealthCheck;
import io.ekiden.model.Network;
import io.ekiden.model.Pod;
import io.ekiden.model.PodContainer;
import io.ekiden.model.TaskId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The containers of a pod's task as tasks: each has the pod's definition, ports and volumes, and
/// an id that names the container.
public final class PodParts {
    private PodParts() {}

    /// A health check, and the task in whose surroundings it is carried out.
    public record Probe(LocalTask task, HealthCheck check) {}

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
    public static List<Probe> probes(LocalTask unit) {
        if (unit.task().isEmpty()) {
            return List.of();
        }
        return switch (unit.task().get().spec()) {
            case App app ->
                    app.healthChecks().stream().map(check -> new Probe(unit, check)).toList();
            case Pod pod -> probes(unit, pod);
        };
    }

    /// A container's check counts its own endpoints; the task's ports are those of the whole pod.
    private static List<Probe> probes(LocalTask unit, Pod pod) {
        var parts = of(unit);
        var probes = new ArrayList<Probe>();
        int offset = 0;
        for (int i = 0; i < parts.size(); i++) {
            var container = pod.containers().get(i);
            if (container.healthCheck().isPresent()) {
                var check = container.healthCheck().get().withPortsFrom(offset);
                probes.add(new Probe(parts.get(i), check));
            }
            offset += container.endpoints().size();
        }
        return probes;
    }
}

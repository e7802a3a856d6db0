package io.ekiden.agent.core;

import io.ekiden.log.AgentCommand;
import io.ekiden.model.App;
import io.ekiden.model.Pod;
import io.ekiden.model.ResourceLimits;
import io.ekiden.model.Resources;
import java.util.Optional;
import java.util.stream.Stream;

/// What a definition gives a task of the machine's cpus.
public final class Allotment {
    private Allotment() {}

    private record Share(Resources resources, Optional<ResourceLimits> limits) {
        long cpus() {
            return limits.flatMap(ResourceLimits::cpus)
                    .filter(ResourceLimits.Limit.AtMost.class::isInstance)
                    .map(limit -> ((ResourceLimits.Limit.AtMost) limit).millionths())
                    .orElse(resources.cpus());
        }
    }

    /// As many as it may use, or where it may use what others leave, as it asks for. Of a pod those
    /// of all its containers; of a container of a pod, named by the task's id, its own.
    public static Optional<Double> cpus(AgentCommand.Task task) {
        return shares(task).map(Share::cpus).reduce(Long::sum).map(Resources::number);
    }

    private static Stream<Share> shares(AgentCommand.Task task) {
        return switch (task.spec()) {
            case App app -> Stream.of(new Share(app.resources(), app.resourceLimits()));
            case Pod pod ->
                    pod.containers().stream()
                            .filter(container ->
                                    task.taskId()
                                            .container()
                                            .map(container.name()::equals)
                                            .orElse(true))
                            .map(container ->
                                    new Share(container.resources(), container.resourceLimits()));
        };
    }
}

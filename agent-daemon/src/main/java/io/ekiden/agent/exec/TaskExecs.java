package io.ekiden.agent.exec;

import io.ekiden.agent.core.AgentState;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.core.PodParts;
import io.ekiden.agent.runtime.Exec;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.model.TaskId;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Commands in the tasks that the agent knows.
///
/// @param state as it is now
/// @param runtime begins a command in a task that runs, or in a container of its pod
public record TaskExecs(
        Supplier<AgentState> state, BiFunction<LocalTask, Exec.Wanted, Exec.Begun> runtime)
        implements Execs {

    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;

    @Override
    public Begun begin(TaskId taskId, Optional<String> container, Exec.Wanted wanted) {
        var known = Optional.ofNullable(state.get().tasks().get(taskId.unit()));
        if (known.isEmpty()) {
            return new Begun.Refused(NOT_FOUND, "Task '%s' is not on this agent".formatted(taskId));
        }
        if (known.get().state() != TaskState.RUNNING) {
            return new Begun.Refused(CONFLICT, "Task '%s' does not run".formatted(taskId));
        }
        var parts = PodParts.of(known.get());
        var name = container.or(taskId::container);
        if (parts.isEmpty()) {
            return name.isEmpty()
                    ? begin(known.get(), wanted)
                    : new Begun.Refused(
                            BAD_REQUEST,
                            "Task '%s' is no pod's: it has no containers".formatted(taskId));
        }
        if (name.isEmpty() && parts.size() == 1) {
            return begin(parts.getFirst(), wanted);
        }
        return parts.stream()
                .filter(part -> part.taskId().container().equals(name))
                .findFirst()
                .map(part -> begin(part, wanted))
                .orElseGet(() -> new Begun.Refused(BAD_REQUEST, which(name, parts)));
    }

    private Begun begin(LocalTask task, Exec.Wanted wanted) {
        return switch (runtime.apply(task, wanted)) {
            case Exec.Begun.Done(var exec) -> new Begun.Done(exec);
            case Exec.Begun.Failed(var why) -> new Begun.Refused(CONFLICT, why);
        };
    }

    private static String which(Optional<String> name, List<LocalTask> parts) {
        var names =
                parts.stream()
                        .flatMap(part -> part.taskId().container().stream())
                        .collect(Collectors.joining(", "));
        return name.map(other -> "There is no container '%s'".formatted(other))
                        .orElse("The pod has several containers")
                + ": say container= and one of "
                + names;
    }
}

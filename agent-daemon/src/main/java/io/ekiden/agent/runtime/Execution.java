package io.ekiden.agent.runtime;

import io.ekiden.log.AgentCommand;
import io.ekiden.model.App;
import io.ekiden.model.Pod;
import io.ekiden.model.PodContainer;
import io.ekiden.model.PodContainer.Command;
import io.ekiden.model.ResourceLimits;
import io.ekiden.model.Resources;
import java.util.List;
import java.util.Optional;

/// What a native process is started with: that of an app's task, or of one of a pod's containers.
///
/// @param command program and arguments; empty when there is none
/// @param tty whether input and output are a terminal
record Execution(
        List<String> command,
        Optional<String> user,
        Resources resources,
        Optional<ResourceLimits> limits,
        boolean tty) {
    Execution {
        command = List.copyOf(command);
    }

    /// @param task a pod's container is named by its id
    static Execution of(AgentCommand.Task task) {
        return switch (task.spec()) {
            case App app ->
                    new Execution(
                            app.cmd().map(Execution::shell).orElse(app.args()),
                            app.user(),
                            app.resources(),
                            app.resourceLimits(),
                            app.tty());
            case Pod pod ->
                    task.taskId()
                            .container()
                            .flatMap(pod::container)
                            .map(container -> of(pod, container))
                            .orElse(
                                    new Execution(
                                            List.of(),
                                            Optional.empty(),
                                            Resources.NONE,
                                            Optional.empty(),
                                            false));
        };
    }

    private static Execution of(Pod pod, PodContainer container) {
        return new Execution(
                container.command().map(Execution::arguments).orElse(List.of()),
                container.user().or(pod::user),
                container.resources(),
                container.resourceLimits(),
                container.hasTerminal());
    }

    private static List<String> arguments(Command command) {
        return switch (command) {
            case Command.Shell(var line) -> shell(line);
            case Command.Argv(var arguments) -> arguments;
        };
    }

    private static List<String> shell(String line) {
        return List.of("/bin/sh", "-c", line);
    }
}

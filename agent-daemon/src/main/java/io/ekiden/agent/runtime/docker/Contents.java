package io.ekiden.agent.runtime.docker;

import io.ekiden.log.AgentCommand;
import io.ekiden.model.App;
import io.ekiden.model.Container;
import io.ekiden.model.LinuxInfo;
import io.ekiden.model.Pod;
import io.ekiden.model.PodContainer;
import io.ekiden.model.PodContainer.Command;
import io.ekiden.model.ResourceLimits;
import io.ekiden.model.Resources;
import io.ekiden.model.Volume;
import java.util.List;
import java.util.Optional;

/// What a definition says of one container: that of an app's task, or one of a pod's.
///
/// A line for a shell is run in place of the image's entry point, arguments are given to it unless
/// they are to override it, and without either the image's own command is run (Mesos' rules).
///
/// @param image empty when it names none
/// @param entryPoint in place of the image's own; absent: the image's
/// @param arguments empty: the image's, unless its entry point is replaced
/// @param unconfined whether it is free of the engine's filter of system calls
/// @param hostVolumes of an app; those of a pod are known by their mounts
/// @param externalVolumes of an app; pods have none
public record Contents(
        String image,
        boolean forcePull,
        Optional<List<String>> entryPoint,
        List<String> arguments,
        Optional<String> user,
        Resources resources,
        Optional<ResourceLimits> limits,
        Parameters parameters,
        boolean privileged,
        boolean unconfined,
        Optional<LinuxInfo.Ipc> ipc,
        boolean tty,
        List<Volume.Host> hostVolumes,
        List<Volume.External> externalVolumes) {
    private static final List<String> SHELL = List.of("/bin/sh");

    public Contents {
        arguments = List.copyOf(arguments);
        hostVolumes = List.copyOf(hostVolumes);
        externalVolumes = List.copyOf(externalVolumes);
    }

    /// @param task a pod's container is named by its id
    /// @return empty when the definition has no such container
    public static Optional<Contents> of(AgentCommand.Task task) {
        return switch (task.spec()) {
            case App app -> Optional.of(of(app));
            case Pod pod -> task.taskId().container().flatMap(pod::container).map(c -> of(pod, c));
        };
    }

    private static Contents of(App app) {
        var docker = app.container().flatMap(Container::docker);
        var linux = app.container().flatMap(Container::linuxInfo);
        return new Contents(
                docker.map(Container.Docker::image).orElse(""),
                docker.filter(Container.Docker::forcePullImage).isPresent(),
                app.cmd().map(_ -> SHELL),
                app.cmd().map(Contents::line).orElse(app.args()),
                app.user(),
                app.resources(),
                app.resourceLimits(),
                new Parameters(docker.map(Container.Docker::parameters).orElse(List.of())),
                docker.filter(Container.Docker::privileged).isPresent(),
                linux.flatMap(LinuxInfo::unconfined).orElse(false),
                linux.flatMap(LinuxInfo::ipc),
                app.tty(),
                app.container().stream()
                        .flatMap(container -> container.volumes().stream())
                        .filter(Volume.Host.class::isInstance)
                        .map(Volume.Host.class::cast)
                        .toList(),
                app.externalVolumes());
    }

    private static Contents of(Pod pod, PodContainer container) {
        boolean overrides = container.overrideEntrypoint().orElse(false);
        var entryPoint = container.command().flatMap(command -> entryPoint(command, overrides));
        return new Contents(
                container.image().map(PodContainer.Image::id).orElse(""),
                container.image().filter(PodContainer.Image::forcePull).isPresent(),
                entryPoint,
                container.command().map(command -> arguments(command, overrides)).orElse(List.of()),
                container.user().or(pod::user),
                container.resources(),
                container.resourceLimits(),
                new Parameters(List.of()),
                false,
                false,
                Optional.empty(),
                container.hasTerminal(),
                List.of(),
                List.of());
    }

    private static Optional<List<String>> entryPoint(Command command, boolean overrides) {
        return switch (command) {
            case Command.Shell _ -> Optional.of(SHELL);
            case Command.Argv(var all) ->
                    overrides ? Optional.of(all.subList(0, 1)) : Optional.empty();
        };
    }

    private static List<String> arguments(Command command, boolean overrides) {
        return switch (command) {
            case Command.Shell(var line) -> line(line);
            case Command.Argv(var all) -> overrides ? all.subList(1, all.size()) : all;
        };
    }

    private static List<String> line(String line) {
        return List.of("-c", line);
    }

    /// Whether it could do to the machine what the machine's root can.
    boolean wantsAllRights() {
        return privileged || unconfined;
    }
}

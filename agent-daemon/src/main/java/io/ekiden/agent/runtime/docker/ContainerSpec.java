package io.ekiden.agent.runtime.docker;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.AccessMode;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.InternetProtocol;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import io.ekiden.agent.core.TaskEnvironment;
import io.ekiden.agent.runtime.Limits;
import io.ekiden.agent.runtime.WorkDir;
import io.ekiden.agent.secrets.Brought;
import io.ekiden.log.AgentCommand;
import io.ekiden.model.App;
import io.ekiden.model.Container;
import io.ekiden.model.DockerOption;
import io.ekiden.model.LinuxInfo;
import io.ekiden.model.Network;
import io.ekiden.model.Sorted;
import io.ekiden.model.TaskId;
import io.ekiden.model.Volume;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What a task's container is to be, in the engine's words.
///
/// A `cmd` runs by the image's `/bin/sh` in place of its entry point, `args` are given to its entry
/// point, and the working directory is the image's own (Mesos' rules). Limits are those of native
/// tasks: memory without swap, cpu as a share, a bound on processes. Signals reach all of the
/// task's process group, as they do natively: `TINI_KILL_PROCESS_GROUP` says so to the engine's
/// init.
///
/// @param sandbox the task's directory on the agent's machine
/// @param volumes directories of its persistent volumes by their container paths
/// @param brought secrets: values for its environment, and files
/// @param init whether the engine has an init of its own
record ContainerSpec(
        AgentCommand.Task task,
        TaskHost host,
        Labels labels,
        Path sandbox,
        SortedMap<String, Path> volumes,
        Brought brought,
        boolean init) {
    /// Where a task finds its sandbox: Mesos' own place.
    static final String SANDBOX = "/mnt/mesos/sandbox";

    private static final String INIT_SIGNALS = "TINI_KILL_PROCESS_GROUP";
    private static final Pattern NOT_IN_A_NAME = Pattern.compile("[^a-zA-Z0-9_.-]");

    ContainerSpec {
        volumes = Sorted.copyOf(volumes);
    }

    /// The log is read again from its beginning after a restart, so it must not be cut: the size is
    /// one that no log reaches. Else the defaults of the engine's own configuration would hold.
    private static final Map<String, String> WHOLE_LOG =
            Map.of("max-size", "1000p", "max-file", "1", "compress", "false");

    /// One for a task for ever, so that the engine refuses to make a second container for it.
    static String name(TaskId taskId) {
        return "ekiden-" + NOT_IN_A_NAME.matcher(WorkDir.name(taskId)).replaceAll("-");
    }

    static Optional<String> image(AgentCommand.Task task) {
        return task.app().container().flatMap(Container::docker).map(Container.Docker::image);
    }

    /// Why the engine cannot be asked for this task at all.
    static Optional<String> problem(AgentCommand.Task task, TaskHost host, Path sandbox) {
        var app = task.app();
        if (image(task).isEmpty()) {
            return Optional.of("it names no image");
        }
        if (wantsAllRights(app) && !host.privileged()) {
            return Optional.of("this agent runs no privileged containers");
        }
        var parameter = parameters(app).problem();
        if (parameter.isPresent()) {
            return parameter;
        }
        boolean zero =
                Stream.of(
                                app.cmd().stream(),
                                app.args().stream(),
                                app.env().keySet().stream(),
                                app.env().values().stream())
                        .flatMap(texts -> texts)
                        .anyMatch(text -> text.indexOf('\0') >= 0);
        if (zero) {
            return Optional.of("a command or an environment variable holds a zero character");
        }
        return hostVolumes(app)
                .map(volume -> problem(volume, sandbox))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static boolean wantsAllRights(App app) {
        return privileged(app) || unconfined(app);
    }

    private static boolean privileged(App app) {
        return docker(app).filter(Container.Docker::privileged).isPresent();
    }

    private static boolean unconfined(App app) {
        return linux(app).flatMap(LinuxInfo::unconfined).orElse(false);
    }

    private static Optional<Container.Docker> docker(App app) {
        return app.container().flatMap(Container::docker);
    }

    private static Optional<LinuxInfo> linux(App app) {
        return app.container().flatMap(Container::linuxInfo);
    }

    private static Parameters parameters(App app) {
        return new Parameters(docker(app).map(Container.Docker::parameters).orElse(List.of()));
    }

    private static Optional<String> problem(Volume.Host volume, Path sandbox) {
        var from = sandbox.resolve(volume.hostPath()).normalize();
        if (!volume.hostPath().startsWith("/") && !from.startsWith(sandbox)) {
            return Optional.of("the volume '%s' leaves the sandbox".formatted(volume.hostPath()));
        }
        // A colon separates what the engine is told of a volume.
        return Stream.of(volume.hostPath(), volume.containerPath())
                .filter(path -> path.indexOf(':') >= 0 || path.indexOf('\0') >= 0)
                .findFirst()
                .map("the path '%s' of a volume cannot be told to the engine"::formatted);
    }

    private static Stream<Volume.Host> hostVolumes(App app) {
        return app.container().stream()
                .flatMap(container -> container.volumes().stream())
                .filter(Volume.Host.class::isInstance)
                .map(Volume.Host.class::cast);
    }

    CreateContainerCmd fill(CreateContainerCmd command) {
        var app = task.app();
        app.cmd()
                .ifPresent(cmd ->
                        command.withEntrypoint(List.of("/bin/sh")).withCmd(List.of("-c", cmd)));
        if (app.cmd().isEmpty() && !app.args().isEmpty()) {
            command.withCmd(app.args());
        }
        var parameters = parameters(app);
        parameters.apply(command);
        app.user().ifPresent(command::withUser);
        var all = new TreeMap<>(parameters.pairs(DockerOption.LABEL));
        all.putAll(labels.of(task));
        return command.withName(name(task.taskId()))
                .withLabels(all)
                .withTty(app.tty())
                .withEnv(environment())
                .withExposedPorts(bindings().stream().map(PortBinding::getExposedPort).toList())
                .withHostConfig(hostConfig());
    }

    private List<String> environment() {
        var variables = new TreeMap<>(host.common());
        variables.putAll(parameters(task.app()).pairs(DockerOption.ENV));
        if (init) {
            variables.put(INIT_SIGNALS, "1");
        }
        variables.putAll(TaskEnvironment.inContainer(task, host.name(), SANDBOX, brought.env()));
        return variables.entrySet().stream().map(v -> v.getKey() + "=" + v.getValue()).toList();
    }

    private HostConfig hostConfig() {
        var app = task.app();
        var resources = app.resources();
        var config =
                HostConfig.newHostConfig()
                        .withBinds(binds())
                        .withCpuShares(Math.toIntExact(Limits.cpuShares(resources)))
                        .withPidsLimit((long) Limits.MAX_PIDS)
                        .withLogConfig(new LogConfig(LogConfig.LoggingType.JSON_FILE, WHOLE_LOG))
                        .withPrivileged(privileged(app))
                        .withSecurityOpts(securityOptions(app))
                        .withNetworkMode(mode(app.network()))
                        .withPortBindings(bindings());
        Limits.memoryBytes(resources, app.resourceLimits())
                .ifPresent(bytes -> config.withMemory(bytes).withMemorySwap(bytes));
        Limits.cpuQuotaMicros(app.resourceLimits())
                .ifPresent(quota ->
                        config.withCpuPeriod(Limits.CPU_PERIOD_MICROS).withCpuQuota(quota));
        var parameters = parameters(app);
        parameters.apply(config);
        linux(app).flatMap(LinuxInfo::ipc).ifPresent(ipc -> isolate(config, ipc));
        return init ? config.withInit(parameters.init().orElse(true)) : config;
    }

    private static List<String> securityOptions(App app) {
        if (privileged(app)) {
            return List.of();
        }
        return unconfined(app)
                ? List.of("no-new-privileges", "seccomp=unconfined")
                : List.of("no-new-privileges");
    }

    private static void isolate(HostConfig config, LinuxInfo.Ipc ipc) {
        config.withIpcMode("private");
        ipc.shmSize().ifPresent(mib -> config.withShmSize((long) mib << 20));
    }

    private static String mode(Network network) {
        return switch (network) {
            case HOST -> "host";
            case BRIDGE -> "bridge";
        };
    }

    private List<Bind> binds() {
        var binds = new ArrayList<Bind>();
        binds.add(bind(sandbox, SANDBOX, AccessMode.rw));
        hostVolumes(task.app())
                .forEach(volume ->
                        binds.add(
                                bind(
                                        sandbox.resolve(volume.hostPath()).normalize(),
                                        inContainer(volume.containerPath()),
                                        switch (volume.mode()) {
                                            case RO -> AccessMode.ro;
                                            case RW -> AccessMode.rw;
                                        })));
        volumes.forEach(
                (path, folder) -> binds.add(bind(folder, inContainer(path), AccessMode.rw)));
        brought.files()
                .forEach((path, file) -> binds.add(bind(file, inContainer(path), AccessMode.ro)));
        return binds;
    }

    private static Bind bind(Path from, String to, AccessMode mode) {
        return new Bind(from.toString(), new com.github.dockerjava.api.model.Volume(to), mode);
    }

    private static String inContainer(String path) {
        return path.startsWith("/") ? path : SANDBOX + "/" + path;
    }

    private List<PortBinding> bindings() {
        var app = task.app();
        if (app.network() == Network.HOST) {
            return List.of();
        }
        var bindings = new ArrayList<PortBinding>();
        int mapped = Math.min(app.portDefinitions().size(), task.hostPorts().size());
        for (int i = 0; i < mapped; i++) {
            var definition = app.portDefinitions().get(i);
            int hostPort = task.hostPorts().get(i);
            for (var protocol : definition.protocol().split(",", -1)) {
                var inside =
                        new ExposedPort(
                                definition.containerPort(hostPort),
                                InternetProtocol.parse(protocol.toLowerCase(Locale.ROOT)));
                var outside = Ports.Binding.bindIpAndPort(host.ip(), hostPort);
                bindings.add(new PortBinding(outside, inside));
            }
        }
        return bindings;
    }
}

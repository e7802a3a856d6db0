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
import io.ekiden.agent.core.PodParts;
import io.ekiden.agent.core.TaskEnvironment;
import io.ekiden.agent.runtime.Limits;
import io.ekiden.agent.runtime.Mounts;
import io.ekiden.agent.runtime.WorkDir;
import io.ekiden.agent.secrets.Brought;
import io.ekiden.log.AgentCommand;
import io.ekiden.model.DockerOption;
import io.ekiden.model.LinuxInfo;
import io.ekiden.model.Network;
import io.ekiden.model.Pod;
import io.ekiden.model.PodContainer;
import io.ekiden.model.PodVolume;
import io.ekiden.model.PortDefinition;
import io.ekiden.model.TaskId;
import io.ekiden.model.Volume;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What a task's container is to be, in the engine's words.
///
/// The working directory is the image's own (Mesos' rule). Limits are those of native tasks: memory
/// without swap, cpu as a share, a bound on processes. Signals reach all of the task's process
/// group, as they do natively: `TINI_KILL_PROCESS_GROUP` says so to the engine's init. The first
/// container of a pod has its network, and the others join it.
///
/// @param sandbox the task's directory on the agent's machine
/// @param contents as the task's definition says
/// @param mounts directories of its volumes
/// @param brought secrets: values for its environment, and files
/// @param init whether the engine has an init of its own
record ContainerSpec(
        AgentCommand.Task task,
        Contents contents,
        TaskHost host,
        Labels labels,
        Path sandbox,
        List<Mounts.Mount> mounts,
        Brought brought,
        boolean init) {
    /// Where a task finds its sandbox: Mesos' own place.
    static final String SANDBOX = "/mnt/mesos/sandbox";

    private static final String INIT_SIGNALS = "TINI_KILL_PROCESS_GROUP";
    private static final Pattern NOT_IN_A_NAME = Pattern.compile("[^a-zA-Z0-9_.-]");

    ContainerSpec {
        mounts = List.copyOf(mounts);
    }

    /// At most a gigabyte, where the engine's own default knows no bound. Not much less: when an
    /// engine rotates its log, who follows it can miss some of it (Docker 20.10).
    private static final Map<String, String> BOUNDED_LOG =
            Map.of("max-size", "512m", "max-file", "2", "compress", "false");

    /// One for a task for ever, so that the engine refuses to make a second container for it.
    static String name(TaskId taskId) {
        return "ekiden-" + NOT_IN_A_NAME.matcher(WorkDir.name(taskId)).replaceAll("-");
    }

    /// Why the engine cannot be asked for this task at all.
    static Optional<String> problem(AgentCommand.Task task, TaskHost host, Path sandbox) {
        var known = Contents.of(task).filter(contents -> !contents.image().isEmpty());
        if (known.isEmpty()) {
            return Optional.of("it names no image");
        }
        var contents = known.get();
        if (contents.wantsAllRights() && !host.privileged()) {
            return Optional.of("this agent runs no privileged containers");
        }
        var unwanted =
                contents.parameters()
                        .problem()
                        .or(() -> host.volumeDrivers().problem(contents.externalVolumes()));
        if (unwanted.isPresent()) {
            return unwanted;
        }
        var environment =
                TaskEnvironment.inContainer(
                        task, host.name(), SANDBOX, Collections.emptySortedMap());
        boolean zero =
                Stream.of(
                                contents.entryPoint().orElse(List.of()).stream(),
                                contents.arguments().stream(),
                                environment.keySet().stream(),
                                environment.values().stream())
                        .flatMap(texts -> texts)
                        .anyMatch(text -> text.indexOf('\0') >= 0);
        if (zero) {
            return Optional.of("a command or an environment variable holds a zero character");
        }
        return contents.hostVolumes().stream()
                .map(volume -> problem(volume, sandbox))
                .flatMap(Optional::stream)
                .findFirst()
                .or(() -> paths(task).flatMap(ContainerSpec::untellable).findFirst());
    }

    /// Of external volumes, and of a pod's.
    private static Stream<String> paths(AgentCommand.Task task) {
        return Stream.concat(
                task.spec().externalVolumes().stream()
                        .flatMap(volume -> Stream.of(volume.name(), volume.containerPath())),
                pathsInPod(task));
    }

    private static Stream<String> pathsInPod(AgentCommand.Task task) {
        return task.spec() instanceof Pod pod
                ? Stream.concat(
                        pod.volumes().stream()
                                .filter(PodVolume.Host.class::isInstance)
                                .map(volume -> ((PodVolume.Host) volume).hostPath()),
                        pod.containers().stream()
                                .flatMap(container -> container.volumeMounts().stream())
                                .map(PodContainer.VolumeMount::mountPath))
                : Stream.of();
    }

    private static Optional<String> problem(Volume.Host volume, Path sandbox) {
        var from = sandbox.resolve(volume.hostPath()).normalize();
        if (!volume.hostPath().startsWith("/") && !from.startsWith(sandbox)) {
            return Optional.of("the volume '%s' leaves the sandbox".formatted(volume.hostPath()));
        }
        return Stream.of(volume.hostPath(), volume.containerPath())
                .flatMap(ContainerSpec::untellable)
                .findFirst();
    }

    /// A colon separates what the engine is told of a volume.
    private static Stream<String> untellable(String path) {
        return path.indexOf(':') >= 0 || path.indexOf('\0') >= 0
                ? Stream.of(
                        "the path '%s' of a volume cannot be told to the engine".formatted(path))
                : Stream.of();
    }

    CreateContainerCmd fill(CreateContainerCmd command) {
        contents.entryPoint().ifPresent(command::withEntrypoint);
        if (!contents.arguments().isEmpty()) {
            command.withCmd(contents.arguments());
        }
        var parameters = contents.parameters();
        parameters.apply(command);
        contents.user().ifPresent(command::withUser);
        var all = new TreeMap<>(parameters.pairs(DockerOption.LABEL));
        all.putAll(labels.of(task));
        return command.withName(name(task.taskId()))
                .withLabels(all)
                .withTty(contents.tty())
                .withEnv(environment())
                .withExposedPorts(bindings().stream().map(PortBinding::getExposedPort).toList())
                .withHostConfig(hostConfig());
    }

    private List<String> environment() {
        var variables = new TreeMap<>(host.common());
        variables.putAll(contents.parameters().pairs(DockerOption.ENV));
        if (init) {
            variables.put(INIT_SIGNALS, "1");
        }
        variables.putAll(TaskEnvironment.inContainer(task, host.name(), SANDBOX, brought.env()));
        return variables.entrySet().stream().map(v -> v.getKey() + "=" + v.getValue()).toList();
    }

    private HostConfig hostConfig() {
        var resources = contents.resources();
        var config =
                HostConfig.newHostConfig()
                        .withBinds(binds())
                        .withCpuShares(Math.toIntExact(Limits.cpuShares(resources)))
                        .withPidsLimit((long) Limits.MAX_PIDS)
                        .withLogConfig(new LogConfig(LogConfig.LoggingType.JSON_FILE, BOUNDED_LOG))
                        .withPrivileged(contents.privileged())
                        .withSecurityOpts(securityOptions())
                        .withNetworkMode(networkMode())
                        .withPortBindings(bindings());
        config.withMounts(
                contents.externalVolumes().stream()
                        .map(volume ->
                                ExternalVolumes.mount(volume, inContainer(volume.containerPath())))
                        .toList());
        Limits.memoryBytes(resources, contents.limits())
                .ifPresent(bytes -> config.withMemory(bytes).withMemorySwap(bytes));
        Limits.cpuQuotaMicros(contents.limits())
                .ifPresent(quota ->
                        config.withCpuPeriod(Limits.CPU_PERIOD_MICROS).withCpuQuota(quota));
        if (hasNetworkOfItsOwn() && !host.nameServers().isEmpty()) {
            config.withDns(host.nameServers());
        }
        var parameters = contents.parameters();
        parameters.apply(config);
        contents.ipc().ifPresent(ipc -> isolate(config, ipc));
        return init ? config.withInit(parameters.init().orElse(true)) : config;
    }

    private List<String> securityOptions() {
        if (contents.privileged()) {
            return List.of();
        }
        return contents.unconfined()
                ? List.of("no-new-privileges", "seccomp=unconfined")
                : List.of("no-new-privileges");
    }

    private static void isolate(HostConfig config, LinuxInfo.Ipc ipc) {
        config.withIpcMode("private");
        ipc.shmSize().ifPresent(mib -> config.withShmSize((long) mib << 20));
    }

    /// Docker refuses name servers of a container that shares another's network.
    private boolean hasNetworkOfItsOwn() {
        return PodParts.networkOf(task).isEmpty() && task.spec().network() != Network.HOST;
    }

    private String networkMode() {
        return PodParts.networkOf(task)
                .map(first -> "container:" + name(first))
                .orElseGet(() ->
                        switch (task.spec().network()) {
                            case HOST -> "host";
                            case BRIDGE -> "bridge";
                            case CONTAINER -> task.spec().containerNetwork().orElseThrow().name();
                        });
    }

    private List<Bind> binds() {
        var binds = new ArrayList<Bind>();
        binds.add(bind(sandbox, SANDBOX, AccessMode.rw));
        contents.hostVolumes()
                .forEach(volume ->
                        binds.add(
                                bind(
                                        sandbox.resolve(volume.hostPath()).normalize(),
                                        inContainer(volume.containerPath()),
                                        switch (volume.mode()) {
                                            case RO -> AccessMode.ro;
                                            case RW -> AccessMode.rw;
                                        })));
        mounts.forEach(mount ->
                binds.add(
                        bind(
                                mount.folder(),
                                inContainer(mount.path()),
                                mount.readOnly() ? AccessMode.ro : AccessMode.rw)));
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

    /// Where several share a network, all their ports are its owner's.
    private List<PortBinding> bindings() {
        var spec = task.spec();
        if (spec.network() == Network.HOST || PodParts.networkOf(task).isPresent()) {
            return List.of();
        }
        var listening = task.listeningPorts();
        var bindings = new ArrayList<PortBinding>();
        for (int i = 0; i < Math.min(spec.ports().size(), listening.size()); i++) {
            int hostPort = task.hostPorts().get(i);
            if (hostPort != PortDefinition.NO_HOST_PORT) {
                for (var protocol : spec.ports().get(i).protocol().split(",", -1)) {
                    var inside =
                            new ExposedPort(
                                    listening.get(i),
                                    InternetProtocol.parse(protocol.toLowerCase(Locale.ROOT)));
                    var outside = Ports.Binding.bindIpAndPort(host.ip(), hostPort);
                    bindings.add(new PortBinding(outside, inside));
                }
            }
        }
        return bindings;
    }
}

package io.ekiden.agent;

import io.ekiden.agent.core.LocalTask;
import io.ekiden.log.AgentCommand;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.model.App;
import io.ekiden.model.Artifact;
import io.ekiden.model.BackoffStrategy;
import io.ekiden.model.Container;
import io.ekiden.model.ContainerNetwork;
import io.ekiden.model.GenericCheck;
import io.ekiden.model.HealthCheck;
import io.ekiden.model.InstanceId;
import io.ekiden.model.KillSelection;
import io.ekiden.model.LinuxInfo;
import io.ekiden.model.LocalVolume;
import io.ekiden.model.Network;
import io.ekiden.model.PathId;
import io.ekiden.model.PortDefinition;
import io.ekiden.model.ReadinessCheck;
import io.ekiden.model.ResourceLimits;
import io.ekiden.model.Resources;
import io.ekiden.model.Secrets;
import io.ekiden.model.Sorted;
import io.ekiden.model.TaskId;
import io.ekiden.model.UnreachableStrategy;
import io.ekiden.model.UpgradeStrategy;
import io.ekiden.model.VersionInfo;
import io.ekiden.model.Volume;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/// Fixtures of this module's tests: apps and tasks, said step by step.
public final class Given {
    public static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

    private final Optional<String> cmd;
    private final List<String> args;
    private Optional<String> user = Optional.empty();
    private Map<String, String> env = Map.of();
    private Optional<Secrets> secrets = Optional.empty();
    private Map<String, String> labels = Map.of();
    private double mem = 64;
    private double disk;
    private List<HealthCheck> checks = List.of();
    private List<ReadinessCheck> readiness = List.of();
    private Optional<GenericCheck> check = Optional.empty();
    private Optional<Integer> grace = Optional.empty();
    private Optional<ResourceLimits> limits = Optional.empty();
    private boolean tty;
    private Optional<LinuxInfo> linuxInfo = Optional.empty();
    private Optional<Container.Docker> docker = Optional.empty();
    private Container.Type type = Container.Type.DOCKER;
    private Network network = Network.HOST;
    private Optional<ContainerNetwork> containerNetwork = Optional.empty();
    private final List<Artifact> artifacts = new ArrayList<>();
    private final List<Integer> hostPorts = new ArrayList<>();
    private final List<PortDefinition> ports = new ArrayList<>();
    private final List<Volume> volumes = new ArrayList<>();
    private final List<LocalVolume> localVolumes = new ArrayList<>();

    private Given(Optional<String> cmd, List<String> args) {
        this.cmd = cmd;
        this.args = args;
    }

    public static Given cmd(String cmd) {
        return new Given(Optional.of(cmd), List.of());
    }

    public static Given args(String... args) {
        return new Given(Optional.empty(), List.of(args));
    }

    public Given user(String user) {
        this.user = Optional.of(user);
        return this;
    }

    public Given env(Map<String, String> env) {
        this.env = env;
        return this;
    }

    /// All named as their paths are: variables with secrets, and files.
    public Given secrets(Map<String, String> env, Map<String, String> files) {
        var names = new TreeMap<String, String>();
        env.values().forEach(name -> names.put(name, name));
        files.values().forEach(name -> names.put(name, name));
        files.forEach((path, name) -> volumes.add(new Volume.Secret(path, name)));
        secrets = new Secrets(names, Sorted.copyOf(env), Secrets.NONE.containers()).some();
        return this;
    }

    public Given labels(Map<String, String> labels) {
        this.labels = labels;
        return this;
    }

    public Given mem(double mem) {
        this.mem = mem;
        return this;
    }

    public Given disk(double disk) {
        this.disk = disk;
        return this;
    }

    public Given checks(HealthCheck... checks) {
        this.checks = List.of(checks);
        return this;
    }

    public Given readiness(ReadinessCheck... checks) {
        this.readiness = List.of(checks);
        return this;
    }

    public Given check(GenericCheck check) {
        this.check = Optional.of(check);
        return this;
    }

    public Given grace(int seconds) {
        this.grace = Optional.of(seconds);
        return this;
    }

    public Given ports(Integer... hostPorts) {
        for (int port : hostPorts) {
            port(port, "tcp", Optional.empty());
        }
        return this;
    }

    /// On the bridge.
    ///
    /// @param containerPort 0: the same as the host port
    public Given mapped(int containerPort, int hostPort, String protocol) {
        network = Network.BRIDGE;
        return port(
                hostPort,
                protocol,
                Optional.of(new PortDefinition.Mapping(containerPort, Optional.of(hostPort))));
    }

    /// On a container network.
    public Given on(String name) {
        network = Network.CONTAINER;
        containerNetwork = Optional.of(new ContainerNetwork(name, Collections.emptySortedMap()));
        return this;
    }

    /// Without a host port.
    public Given listening(int containerPort) {
        return port(
                PortDefinition.NO_HOST_PORT,
                "tcp",
                Optional.of(new PortDefinition.Mapping(containerPort, Optional.empty())));
    }

    private Given port(int host, String protocol, Optional<PortDefinition.Mapping> mapping) {
        int i = ports.size();
        hostPorts.add(host);
        ports.add(
                new PortDefinition(
                        10000 + i,
                        Optional.of("web-" + i),
                        protocol,
                        Collections.emptySortedMap(),
                        mapping));
        return this;
    }

    public Given image(String image) {
        this.docker =
                Optional.of(new Container.Docker(image, false, false, List.of(), Optional.empty()));
        return this;
    }

    public Given forcePull(String image) {
        this.docker =
                Optional.of(new Container.Docker(image, true, false, List.of(), Optional.empty()));
        return this;
    }

    /// Without an engine.
    public Given imageAlone(String image) {
        type = Container.Type.MESOS;
        return image(image);
    }

    /// With the credentials in this secret, each time.
    public Given forcePull(String image, String secret) {
        var names = Sorted.copyOf(Map.of(secret, secret));
        secrets = new Secrets(names, Secrets.NONE.env(), Secrets.NONE.containers()).some();
        return docker(new Container.Docker(image, true, false, List.of(), Optional.of(secret)));
    }

    public Given docker(Container.Docker docker) {
        this.docker = Optional.of(docker);
        return this;
    }

    public Given linux(LinuxInfo info) {
        this.linuxInfo = Optional.of(info);
        return this;
    }

    public Given limits(ResourceLimits limits) {
        this.limits = Optional.of(limits);
        return this;
    }

    public Given tty() {
        this.tty = true;
        return this;
    }

    public Given hostVolume(String containerPath, String hostPath, Volume.Mode mode) {
        volumes.add(new Volume.Host(containerPath, hostPath, mode));
        return this;
    }

    public Given external(Volume.External volume) {
        volumes.add(volume);
        return this;
    }

    public Given volume(String containerPath, String id) {
        return volume(new LocalVolume(containerPath, id, Optional.empty()));
    }

    public Given volume(LocalVolume volume) {
        volumes.add(new Volume.Persistent(volume.containerPath(), 1, Optional.empty()));
        localVolumes.add(volume);
        return this;
    }

    public Given fetch(Artifact artifact) {
        artifacts.add(artifact);
        return this;
    }

    private Optional<Container> container() {
        if (docker.isEmpty() && volumes.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new Container(
                        docker.isPresent() ? type : Container.Type.MESOS,
                        docker,
                        linuxInfo,
                        volumes));
    }

    public App app() {
        return new App(
                PathId.of("/shop/web"),
                cmd,
                args,
                user,
                Sorted.copyOf(env),
                secrets,
                1,
                Resources.of(0.1, mem, disk, 0),
                limits,
                tty,
                network,
                containerNetwork,
                container(),
                artifacts,
                ports,
                false,
                checks,
                readiness,
                check,
                Sorted.copyOf(labels),
                Collections.emptySortedSet(),
                List.of(),
                List.of(),
                "*",
                BackoffStrategy.DEFAULT,
                grace,
                UpgradeStrategy.DEFAULT,
                KillSelection.YOUNGEST_FIRST,
                UnreachableStrategy.DEFAULT,
                NOON,
                new VersionInfo(NOON, NOON));
    }

    public AgentCommand.Task task() {
        return task(taskId());
    }

    public AgentCommand.Task task(TaskId taskId) {
        return new AgentCommand.Task(taskId, app(), hostPorts, localVolumes, true);
    }

    public LocalTask local() {
        return local(taskId(), TaskState.STARTING);
    }

    public LocalTask local(TaskId taskId, TaskState state) {
        return new LocalTask(
                taskId,
                Optional.of(task(taskId)),
                7,
                state,
                Optional.empty(),
                Optional.empty(),
                "",
                false,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    public static TaskId taskId() {
        return InstanceId.of(PathId.of("/shop/web"), UUID.randomUUID().toString()).task(1);
    }

    /// Asks the first port each 20 ms; 200 and 204 mean ready.
    public static ReadinessCheck readinessCheck(
            ReadinessCheck.Protocol protocol, boolean preserve) {
        return new ReadinessCheck(
                "ready",
                protocol,
                "/ready",
                "web-0",
                Duration.ofMillis(20),
                Duration.ofSeconds(2),
                Sorted.copyOf(List.of(200, 204)),
                preserve);
    }

    /// Probes each 100 ms, without grace, up to three failures in a row.
    public static HealthCheck check(HealthCheck.Protocol protocol, String command) {
        return new HealthCheck(
                protocol,
                Optional.of("/health"),
                Optional.empty(),
                Optional.of(0),
                Optional.of(command),
                Duration.ZERO,
                Duration.ofMillis(100),
                Duration.ofSeconds(2),
                Duration.ZERO,
                3,
                false);
    }
}

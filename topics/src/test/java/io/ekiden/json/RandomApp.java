package io.ekiden.json;

import io.ekiden.model.App;
import io.ekiden.model.Artifact;
import io.ekiden.model.BackoffStrategy;
import io.ekiden.model.Constraint;
import io.ekiden.model.Container;
import io.ekiden.model.ContainerNetwork;
import io.ekiden.model.Disk;
import io.ekiden.model.GenericCheck;
import io.ekiden.model.HealthCheck;
import io.ekiden.model.KillSelection;
import io.ekiden.model.LinuxInfo;
import io.ekiden.model.LinuxInfo.Ipc;
import io.ekiden.model.Network;
import io.ekiden.model.PathId;
import io.ekiden.model.PortDefinition;
import io.ekiden.model.Probe.Port;
import io.ekiden.model.ReadinessCheck;
import io.ekiden.model.ResourceLimits;
import io.ekiden.model.Resources;
import io.ekiden.model.Secrets;
import io.ekiden.model.Sorted;
import io.ekiden.model.UnreachableStrategy;
import io.ekiden.model.UpgradeStrategy;
import io.ekiden.model.VersionInfo;
import io.ekiden.model.Volume;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/// Random apps from a seed, as valid and canonical as those that the planner keeps.
final class RandomApp {
    private static final List<Network> NETWORKS = List.of(Network.values());

    private final Random random;

    RandomApp(long seed) {
        random = new Random(seed);
    }

    App next() {
        boolean shell = random.nextBoolean();
        var network = NETWORKS.get(random.nextInt(NETWORKS.size()));
        var container = container(network);
        boolean resident = container.filter(c -> !c.persistentVolumes().isEmpty()).isPresent();
        boolean external = container.filter(c -> !c.externalVolumes().isEmpty()).isPresent();
        var ports = ports(network);
        return new App(
                PathId.of("/g" + random.nextInt(3) + "/app-" + random.nextInt(1000)),
                shell ? Optional.of("sleep " + random.nextInt()) : Optional.empty(),
                shell ? List.of() : List.of("sleep", "", "é\"\\"),
                maybe("nobody"),
                texts(),
                secrets(container),
                random.nextInt(Limits.MAX_INSTANCES + 1),
                new Resources(
                        1_000 + random.nextLong(1_000_000_000_000L),
                        random.nextLong(1_000_000_000_000_000L),
                        random.nextLong(1_000_000),
                        random.nextInt(3) * 1_000_000L),
                limits(),
                container.filter(c -> c.type() == Container.Type.DOCKER).isPresent()
                        && random.nextBoolean(),
                network,
                network == Network.CONTAINER
                        ? Optional.of(new ContainerNetwork("net-" + random.nextInt(9), texts()))
                        : Optional.empty(),
                container,
                artifacts(),
                ports,
                network == Network.HOST && random.nextBoolean(),
                checks(ports.size()),
                readinessChecks(ports),
                check(ports.size()),
                texts(),
                random.nextBoolean()
                        ? Collections.emptySortedSet()
                        : Sorted.copyOf(List.of(PathId.of("/g/db"), PathId.of("/cache"))),
                constraints(),
                random.nextBoolean() ? List.of() : List.of("*"),
                "*",
                new BackoffStrategy(seconds(), 1 + random.nextDouble() * 998, seconds()),
                maybe(random.nextInt(100)),
                upgradeStrategy(resident || external),
                random.nextBoolean() ? KillSelection.YOUNGEST_FIRST : KillSelection.OLDEST_FIRST,
                resident ? new UnreachableStrategy.Disabled() : unreachable(),
                AppJson.UNVERSIONED,
                new VersionInfo(AppJson.UNVERSIONED, AppJson.UNVERSIONED));
    }

    private UpgradeStrategy upgradeStrategy(boolean resident) {
        var deadline = maybe(Duration.ofSeconds(1 + random.nextInt(999)));
        var failures = maybe(1 + random.nextInt(9));
        boolean mayFail = deadline.isPresent() || failures.isPresent();
        return new UpgradeStrategy(
                random.nextDouble(),
                resident ? 0 : random.nextInt(2),
                deadline,
                maybe(1 + random.nextInt(9)),
                failures,
                mayFail ? maybe(true) : Optional.empty());
    }

    private List<ReadinessCheck> readinessChecks(List<PortDefinition> ports) {
        return ports.stream()
                .flatMap(port -> port.name().stream())
                .limit(random.nextInt(2))
                .map(name ->
                        new ReadinessCheck(
                                "ready",
                                ReadinessCheck.Protocol.HTTPS,
                                "/ready",
                                name,
                                Duration.ofSeconds(2L + random.nextInt(9)),
                                Duration.ofSeconds(1),
                                Sorted.copyOf(List.of(200, 204)),
                                random.nextBoolean()))
                .toList();
    }

    private List<Constraint> constraints() {
        var all =
                List.of(
                        constraint(Constraint.Operator.UNIQUE),
                        constraint(Constraint.Operator.CLUSTER, "a"),
                        constraint(Constraint.Operator.LIKE, "rack-[1-3]"),
                        constraint(Constraint.Operator.UNLIKE, "x|y"),
                        constraint(Constraint.Operator.MAX_PER, "2"),
                        constraint(Constraint.Operator.GROUP_BY),
                        constraint(Constraint.Operator.IS, "1.5"));
        return all.stream().filter(_ -> random.nextInt(4) == 0).toList();
    }

    private static Constraint constraint(Constraint.Operator operator, String... value) {
        return new Constraint("rack", operator, Arrays.stream(value).findFirst());
    }

    /// Of a volume of at most 100 MiB.
    static Optional<Disk.Wanted> disk(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> Optional.of(new Disk.Wanted(Disk.Type.PATH, none(), none(), List.of()));
            case 1 ->
                    Optional.of(
                            new Disk.Wanted(
                                    Disk.Type.MOUNT,
                                    Optional.of(101 + random.nextInt(100)),
                                    Optional.of("ssd"),
                                    List.of(
                                            new Constraint(
                                                    "path",
                                                    Constraint.Operator.UNLIKE,
                                                    Optional.of("/a.*")))));
            default -> none();
        };
    }

    private static <T> Optional<T> none() {
        return Optional.empty();
    }

    private Optional<Container> container(Network network) {
        var volumes = new ArrayList<Volume>();
        if (random.nextBoolean()) {
            volumes.add(new Volume.Persistent("data", 1 + random.nextInt(100), disk(random)));
        }
        boolean docker = network != Network.HOST || random.nextBoolean();
        boolean alone = network == Network.HOST && random.nextBoolean();
        if (docker && !alone && random.nextBoolean()) {
            volumes.add(
                    new Volume.External(
                            "/d",
                            Volume.Mode.RO,
                            "n=v,x",
                            maybe(random.nextInt(5)),
                            new TreeMap<>(Map.of("dvdi/driver", "d", "other/Key.x", "é")),
                            true));
        }
        if (docker && random.nextBoolean()) {
            volumes.add(new Volume.Host("/etc/x", "relative/x", Volume.Mode.RO));
        }
        if (!docker) {
            return volumes.isEmpty()
                    ? Optional.empty()
                    : Optional.of(
                            new Container(
                                    Container.Type.MESOS,
                                    Optional.empty(),
                                    Optional.empty(),
                                    volumes));
        }
        return Optional.of(
                new Container(
                        alone ? Container.Type.MESOS : Container.Type.DOCKER,
                        Optional.of(
                                new Container.Docker(
                                        "a/b:c",
                                        random.nextBoolean(),
                                        !alone && random.nextBoolean(),
                                        alone ? List.of() : parameters(),
                                        maybe("s"))),
                        alone
                                ? Optional.empty()
                                : maybe(
                                        new LinuxInfo(
                                                maybe(true), Optional.of(new Ipc(maybe(64))))),
                        volumes));
    }

    private List<Container.Parameter> parameters() {
        return random.nextBoolean()
                ? List.of()
                : List.of(
                        new Container.Parameter("hostname", "h"),
                        new Container.Parameter("ulimit", "nofile=1:2"));
    }

    private Optional<ResourceLimits> limits() {
        return maybe(
                new ResourceLimits(
                        Optional.of(new ResourceLimits.Limit.AtMost(999_000_000_500_000L)),
                        maybe(new ResourceLimits.Limit.Unlimited())));
    }

    private Optional<Secrets> secrets(Optional<Container> container) {
        var secrets =
                new Secrets(
                        Sorted.copyOf(Map.of("s", "team/db.password", "t", "x")),
                        Sorted.copyOf(Map.of("S", "s")),
                        Secrets.NONE.containers());
        boolean used =
                container
                        .flatMap(Container::docker)
                        .flatMap(Container.Docker::pullConfig)
                        .isPresent();
        return used ? Optional.of(secrets) : maybe(secrets);
    }

    private List<Artifact> artifacts() {
        var all =
                List.of(
                        new Artifact("http://x/a.tgz?q=1", true, false, false, Optional.empty()),
                        new Artifact("file:///x/b", false, true, true, Optional.of("bin/b")));
        return all.stream().filter(_ -> random.nextInt(3) == 0).toList();
    }

    private List<PortDefinition> ports(Network network) {
        var ports = new ArrayList<PortDefinition>();
        for (int i = random.nextInt(4); i > 0; i--) {
            ports.add(
                    new PortDefinition(
                            random.nextBoolean() ? 0 : 10_000 + i,
                            maybe("port-" + i),
                            List.of("tcp", "udp", "udp,tcp").get(random.nextInt(3)),
                            texts(),
                            network == Network.HOST
                                    ? Optional.empty()
                                    : Optional.of(
                                            new PortDefinition.Mapping(
                                                    random.nextInt(100), hostPort(network)))));
        }
        return ports;
    }

    private Optional<Integer> hostPort(Network network) {
        return network == Network.BRIDGE || random.nextBoolean()
                ? Optional.of(random.nextInt(100))
                : Optional.empty();
    }

    private List<HealthCheck> checks(int ports) {
        var checks = new ArrayList<HealthCheck>();
        for (int i = random.nextInt(3); i > 0; i--) {
            var protocol =
                    List.of(
                                    HealthCheck.Protocol.HTTP,
                                    HealthCheck.Protocol.HTTPS,
                                    HealthCheck.Protocol.TCP,
                                    HealthCheck.Protocol.COMMAND)
                            .get(random.nextInt(4));
            boolean command = protocol == HealthCheck.Protocol.COMMAND;
            boolean fixed = ports == 0 || random.nextBoolean();
            checks.add(
                    new HealthCheck(
                            protocol,
                            maybe("/health"),
                            !command && fixed ? Optional.of(8080) : Optional.empty(),
                            command || fixed
                                    ? Optional.empty()
                                    : Optional.of(random.nextInt(ports)),
                            command ? Optional.of("true") : Optional.empty(),
                            seconds(),
                            seconds(),
                            seconds(),
                            Duration.ofSeconds(i), // keeps them different
                            random.nextInt(5),
                            random.nextBoolean()));
        }
        return checks;
    }

    private Optional<GenericCheck> check(int ports) {
        Port port =
                ports == 0 || random.nextBoolean()
                        ? new Port.Fixed(8080)
                        : new Port.Nth(random.nextInt(ports));
        var probe = new RandomProbe(random).next(Optional.of(port));
        return maybe(new GenericCheck(probe, seconds(), seconds(), seconds()));
    }

    private UnreachableStrategy unreachable() {
        var inactive = seconds();
        return random.nextBoolean()
                ? new UnreachableStrategy.Disabled()
                : new UnreachableStrategy.Replace(
                        inactive, inactive.plusSeconds(random.nextInt(9)));
    }

    private SortedMap<String, String> texts() {
        var texts = new TreeMap<String, String>();
        for (int i = random.nextInt(3); i > 0; i--) {
            texts.put("K_" + random.nextInt(9), "v" + random.nextInt());
        }
        return texts;
    }

    private Duration seconds() {
        return Duration.ofSeconds(random.nextInt(100_000));
    }

    private <T> Optional<T> maybe(T value) {
        return random.nextBoolean() ? Optional.of(value) : Optional.empty();
    }
}

package io.ekiden.json;

import io.ekiden.model.Artifact;
import io.ekiden.model.BackoffStrategy;
import io.ekiden.model.Constraint;
import io.ekiden.model.ContainerNetwork;
import io.ekiden.model.GenericCheck;
import io.ekiden.model.HealthCheck;
import io.ekiden.model.HealthCheck.Protocol;
import io.ekiden.model.KillSelection;
import io.ekiden.model.Network;
import io.ekiden.model.PathId;
import io.ekiden.model.Pod;
import io.ekiden.model.PodContainer;
import io.ekiden.model.PodContainer.Command;
import io.ekiden.model.PodContainer.Endpoint;
import io.ekiden.model.PodContainer.VolumeMount;
import io.ekiden.model.PodVolume;
import io.ekiden.model.Probe.Port;
import io.ekiden.model.ResourceLimits;
import io.ekiden.model.Resources;
import io.ekiden.model.Secrets;
import io.ekiden.model.Sorted;
import io.ekiden.model.UnreachableStrategy;
import io.ekiden.model.UpgradeStrategy;
import io.ekiden.model.VersionInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/// Random pods from a seed, as valid and canonical as those that the planner keeps.
final class RandomPod {
    private static final List<Network> NETWORKS = List.of(Network.values());

    private final Random random;

    RandomPod(long seed) {
        random = new Random(seed);
    }

    Pod next() {
        var volumes = volumes();
        boolean resident = volumes.stream().anyMatch(PodVolume.Persistent.class::isInstance);
        var containers = new ArrayList<PodContainer>();
        boolean images = random.nextBoolean();
        var network = images ? NETWORKS.get(random.nextInt(NETWORKS.size())) : Network.HOST;
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            containers.add(container(i, volumes, images, network));
        }
        return new Pod(
                PathId.of("/g" + random.nextInt(3) + "/pod-" + random.nextInt(1000)),
                texts(),
                maybe("nobody"),
                texts(),
                secrets(containers),
                containers,
                volumes,
                network,
                network == Network.CONTAINER
                        ? Optional.of(new ContainerNetwork("net-" + random.nextInt(9), texts()))
                        : Optional.empty(),
                Resources.of(0.1 + random.nextInt(3), 32 + random.nextInt(9), 10, 0),
                random.nextInt(Limits.MAX_INSTANCES + 1),
                constraints(),
                random.nextBoolean() ? List.of() : List.of("*"),
                "*",
                new BackoffStrategy(millis(), 1 + random.nextDouble() * 998, millis()),
                new UpgradeStrategy(random.nextDouble(), resident ? 0 : random.nextInt(2)),
                random.nextBoolean() ? KillSelection.YOUNGEST_FIRST : KillSelection.OLDEST_FIRST,
                resident || random.nextBoolean()
                        ? new UnreachableStrategy.Disabled()
                        : new UnreachableStrategy.Replace(seconds(5), seconds(9)),
                AppJson.UNVERSIONED,
                new VersionInfo(AppJson.UNVERSIONED, AppJson.UNVERSIONED));
    }

    private List<PodVolume> volumes() {
        var all =
                List.<PodVolume>of(
                        new PodVolume.Ephemeral("scratch"),
                        new PodVolume.Host("host", "/srv/x"),
                        new PodVolume.Persistent(
                                "data", 1 + random.nextInt(100), RandomApp.disk(random)));
        return all.stream().filter(_ -> random.nextInt(3) == 0).toList();
    }

    private PodContainer container(
            int number, List<PodVolume> volumes, boolean images, Network network) {
        var endpoints = new ArrayList<Endpoint>();
        for (int i = random.nextInt(3); i > 0; i--) {
            endpoints.add(
                    new Endpoint(
                            "ep-%d-%d".formatted(number, i),
                            switch (network) {
                                case HOST -> Optional.empty();
                                case BRIDGE -> maybe(100 * number + i);
                                case CONTAINER -> Optional.of(100 * number + i);
                            },
                            network == Network.CONTAINER && random.nextBoolean()
                                    ? Optional.empty()
                                    : Optional.of(random.nextBoolean() ? 0 : 1000 * number + i),
                            List.of(List.of("tcp"), List.of("udp"), List.of("tcp", "udp"))
                                    .get(random.nextInt(3)),
                            texts()));
        }
        var command =
                images && random.nextInt(3) == 0
                        ? Optional.<Command>empty()
                        : Optional.of(command());
        return new PodContainer(
                "c-" + number,
                command,
                images
                        ? Optional.of(
                                new PodContainer.Image("web:1", random.nextBoolean(), maybe("s")))
                        : Optional.empty(),
                images && command.isPresent() ? maybe(random.nextBoolean()) : Optional.empty(),
                new Resources(
                        1_000 + random.nextLong(1_000_000_000_000L),
                        1_000 + random.nextLong(1_000_000_000_000_000L),
                        random.nextLong(1_000_000),
                        random.nextInt(3) * 1_000_000L),
                maybe(
                        new ResourceLimits(
                                maybe(new ResourceLimits.Limit.Unlimited()),
                                Optional.of(new ResourceLimits.Limit.Unlimited()))),
                maybe("nobody"),
                texts(),
                texts(),
                endpoints,
                random.nextBoolean() ? Optional.empty() : Optional.of(check(endpoints.size())),
                maybe(genericCheck(endpoints.size())),
                volumes.stream()
                        .map(volume ->
                                new VolumeMount(
                                        volume.name(),
                                        (images ? "/" : "") + "mnt/" + volume.name(),
                                        images && random.nextBoolean()))
                        .toList(),
                random.nextBoolean()
                        ? List.of()
                        : List.of(new Artifact("http://x/y", true, false, true, maybe("z"))),
                maybe(random.nextInt(100)),
                maybe(true));
    }

    private Command command() {
        return random.nextBoolean()
                ? new Command.Shell("sleep " + random.nextInt())
                : new Command.Argv(List.of("sleep", "", "é\"\\"));
    }

    private HealthCheck check(int endpoints) {
        var protocols = List.of(Protocol.MESOS_HTTP, Protocol.MESOS_HTTPS, Protocol.MESOS_TCP);
        var protocol = endpoints == 0 ? Protocol.COMMAND : protocols.get(random.nextInt(3));
        boolean http = protocol == Protocol.MESOS_HTTP || protocol == Protocol.MESOS_HTTPS;
        int timeout = random.nextInt(100);
        return new HealthCheck(
                protocol,
                http ? maybe("/health") : Optional.empty(),
                Optional.empty(),
                endpoints == 0 ? Optional.empty() : Optional.of(random.nextInt(endpoints)),
                endpoints == 0 ? Optional.of("true") : Optional.empty(),
                seconds(100),
                seconds(timeout + 1),
                seconds(timeout),
                seconds(7),
                random.nextInt(5),
                false);
    }

    private GenericCheck genericCheck(int endpoints) {
        var port =
                endpoints == 0
                        ? Optional.<Port>empty()
                        : Optional.<Port>of(new Port.Nth(random.nextInt(endpoints)));
        int timeout = random.nextInt(100);
        return new GenericCheck(
                new RandomProbe(random).next(port),
                seconds(timeout + 1),
                seconds(timeout),
                seconds(7));
    }

    private List<Constraint> constraints() {
        var all =
                List.of(
                        new Constraint("rack", Constraint.Operator.UNIQUE, Optional.empty()),
                        new Constraint("rack", Constraint.Operator.MAX_PER, Optional.of("2")));
        return all.stream().filter(_ -> random.nextBoolean()).toList();
    }

    private SortedMap<String, String> texts() {
        var texts = new TreeMap<String, String>();
        for (int i = random.nextInt(3); i > 0; i--) {
            texts.put("K_" + random.nextInt(9), "v" + random.nextInt());
        }
        return texts;
    }

    private static Duration seconds(int seconds) {
        return Duration.ofSeconds(seconds);
    }

    private Duration millis() {
        return Duration.ofMillis(random.nextInt(100_000_000));
    }

    private <T> Optional<T> maybe(T value) {
        return random.nextBoolean() ? Optional.of(value) : Optional.empty();
    }

    private Optional<Secrets> secrets(List<PodContainer> containers) {
        var secrets =
                new Secrets(
                        Sorted.copyOf(Map.of("s", "team/db.password", "t", "x")),
                        Sorted.copyOf(Map.of("S", "s")),
                        Sorted.copyOf(
                                Map.of(
                                        containers.getFirst().name(),
                                        Sorted.copyOf(Map.of("S", "t")))));
        boolean used =
                containers.stream()
                        .flatMap(container -> container.image().stream())
                        .anyMatch(image -> image.pullConfig().isPresent());
        return used ? Optional.of(secrets) : maybe(secrets);
    }
}

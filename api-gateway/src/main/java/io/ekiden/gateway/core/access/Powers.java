package io.ekiden.gateway.core.access;

import io.ekiden.model.App;
import io.ekiden.model.Container;
import io.ekiden.model.DockerOption;
import io.ekiden.model.LinuxInfo;
import io.ekiden.model.Network;
import io.ekiden.model.Pod;
import io.ekiden.model.PodVolume;
import io.ekiden.model.RunSpec;
import io.ekiden.model.Volume;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Which capabilities a definition takes.
///
/// A native task has no network of its own and takes none for the machine's: there is no wall that
/// a capability could open.
final class Powers {
    private Powers() {}

    static Set<Capability> of(RunSpec spec) {
        var powers = EnumSet.noneOf(Capability.class);
        add(
                powers,
                Capability.HOST_NETWORK,
                spec.runtime() == Container.Type.DOCKER && spec.network() == Network.HOST);
        switch (spec) {
            case App app -> {
                var volumes = app.container().map(Container::volumes).orElse(List.of());
                add(powers, Capability.HOST_VOLUME, volumes.stream().anyMatch(Powers::ofHost));
                add(powers, Capability.EXTERNAL_VOLUME, !app.externalVolumes().isEmpty());
                add(powers, Capability.ROOT_USER, isRoot(app.user()));
                app.container().ifPresent(container -> ofDocker(container, powers));
            }
            case Pod pod -> {
                add(
                        powers,
                        Capability.HOST_VOLUME,
                        pod.volumes().stream().anyMatch(PodVolume.Host.class::isInstance));
                add(
                        powers,
                        Capability.ROOT_USER,
                        Stream.concat(
                                        Stream.of(pod.user()),
                                        pod.containers().stream().map(one -> one.user()))
                                .anyMatch(Powers::isRoot));
            }
        }
        return powers;
    }

    private static boolean ofHost(Volume volume) {
        return volume instanceof Volume.Host;
    }

    /// Whoever runs as another user by a parameter is that user all the same.
    private static void ofDocker(Container container, Set<Capability> powers) {
        var docker = container.docker();
        var parameters = docker.map(Container.Docker::parameters).orElse(List.of());
        boolean unconfined = container.linuxInfo().flatMap(LinuxInfo::unconfined).orElse(false);
        boolean privileged = docker.filter(Container.Docker::privileged).isPresent();
        add(powers, Capability.PRIVILEGED, privileged || unconfined);
        add(powers, Capability.DOCKER_PARAMETERS, !parameters.isEmpty());
        add(
                powers,
                Capability.ROOT_USER,
                parameters.stream()
                        .filter(one -> one.key().equals(DockerOption.USER.key()))
                        .anyMatch(one -> isRoot(Optional.of(one.value()))));
    }

    private static void add(Set<Capability> powers, Capability capability, boolean taken) {
        if (taken) {
            powers.add(capability);
        }
    }

    /// `root`, `0`, `00`, `0:0`, `root:wheel`.
    private static boolean isRoot(Optional<String> user) {
        var name = user.orElse("").split(":", 2)[0].strip().toLowerCase(Locale.ROOT);
        return name.equals("root") || name.matches("[+-]?(0x)?0+");
    }
}

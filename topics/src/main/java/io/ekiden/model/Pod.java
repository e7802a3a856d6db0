package io.ekiden.model;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;

/// A Marathon pod: containers that are placed, scaled and rolled as one instance, share its network
/// and volumes, and end together.
///
/// @param user of all containers that name none
/// @param environment its texts; variables with secrets are in `secrets`
/// @param volumes each mounted by some container
/// @param executorResources taken by an instance beside its containers
public record Pod(
        PathId id,
        SortedMap<String, String> labels,
        Optional<String> user,
        SortedMap<String, String> environment,
        Optional<Secrets> secrets,
        List<PodContainer> containers,
        List<PodVolume> volumes,
        Network network,
        Optional<ContainerNetwork> containerNetwork,
        Resources executorResources,
        int instances,
        List<Constraint> constraints,
        List<String> acceptedResourceRoles,
        String role,
        BackoffStrategy backoff,
        UpgradeStrategy upgradeStrategy,
        KillSelection killSelection,
        UnreachableStrategy unreachableStrategy,
        Instant version,
        VersionInfo versionInfo)
        implements RunSpec {

    public Pod {
        labels = Sorted.copyOf(labels);
        environment = Sorted.copyOf(environment);
        containers = List.copyOf(containers);
        volumes = List.copyOf(volumes);
        constraints = List.copyOf(constraints);
        acceptedResourceRoles = List.copyOf(acceptedResourceRoles);
    }

    @Override
    public Kind kind() {
        return Kind.POD;
    }

    /// Pods depend on nothing but what their groups depend on.
    @Override
    public SortedSet<PathId> dependencies() {
        return Collections.emptySortedSet();
    }

    @Override
    public Resources footprint() {
        return containers.stream()
                .map(PodContainer::resources)
                .reduce(executorResources, Resources::plus)
                .plus(RunSpec.sizeOf(persistentVolumes()));
    }

    /// A container needs an engine for its image alone.
    @Override
    public Container.Type runtime() {
        return contained() ? Container.Type.DOCKER : Container.Type.MESOS;
    }

    @Override
    public boolean contained() {
        return containers.stream().anyMatch(container -> container.image().isPresent());
    }

    @Override
    public boolean fetches() {
        return secrets.isPresent()
                || containers.stream().anyMatch(container -> !container.artifacts().isEmpty());
    }

    /// The endpoints of all containers, in the order of the containers.
    public List<PodContainer.Endpoint> endpoints() {
        return containers.stream().flatMap(container -> container.endpoints().stream()).toList();
    }

    @Override
    public List<PortDefinition> ports() {
        return endpoints().stream().map(PodContainer.Endpoint::asPort).toList();
    }

    @Override
    public List<Optional<Integer>> requestedHostPorts() {
        return endpoints().stream().map(PodContainer.Endpoint::hostPort).toList();
    }

    @Override
    public List<Volume.Persistent> persistentVolumes() {
        return volumes.stream().flatMap(PodVolume::persistent).toList();
    }

    @Override
    public boolean hasTerminal() {
        return containers.stream().anyMatch(PodContainer::hasTerminal);
    }

    @Override
    public boolean hasReadOnlyVolume() {
        return containers.stream()
                .flatMap(container -> container.volumeMounts().stream())
                .anyMatch(PodContainer.VolumeMount::readOnly);
    }

    @Override
    public List<Volume.External> externalVolumes() {
        return List.of();
    }

    @Override
    public boolean healthChecked() {
        return containers.stream().anyMatch(container -> container.healthCheck().isPresent());
    }

    @Override
    public boolean readinessChecked() {
        return false;
    }

    /// The longest of its containers'.
    @Override
    public Optional<Integer> taskKillGraceSeconds() {
        return containers.stream()
                .flatMap(container -> container.killGraceSeconds().stream())
                .max(Integer::compareTo);
    }

    @Override
    public Pod withInstances(int instances) {
        return copy(instances, role, version, versionInfo);
    }

    @Override
    public Pod withRole(String role) {
        return copy(instances, role, version, versionInfo);
    }

    @Override
    public Pod withVersion(Instant version, VersionInfo versionInfo) {
        return copy(instances, role, version, versionInfo);
    }

    @Override
    public boolean sameConfig(RunSpec other) {
        return other instanceof Pod pod
                && equals(pod.copy(instances, pod.role, version, versionInfo));
    }

    /// The pod's container of this name.
    public Optional<PodContainer> container(String name) {
        return containers.stream().filter(container -> container.name().equals(name)).findFirst();
    }

    private Pod copy(int instances, String role, Instant version, VersionInfo versionInfo) {
        return new Pod(
                id,
                labels,
                user,
                environment,
                secrets,
                containers,
                volumes,
                network,
                containerNetwork,
                executorResources,
                instances,
                constraints,
                acceptedResourceRoles,
                role,
                backoff,
                upgradeStrategy,
                killSelection,
                unreachableStrategy,
                version,
                versionInfo);
    }
}

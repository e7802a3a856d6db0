package io.ekiden.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;

/// A Marathon app: what is to run, how often, and within which bounds. Canonical: defaults are
/// filled in and old forms are normalised; `version` and `versionInfo` are the planner's.
///
/// @param cmd run by `/bin/sh -c`; exclusive with `args`
/// @param args run as they are, without a shell
/// @param user the operating system user of the task; the agent's own when absent
/// @param env its texts; variables with secrets are in `secrets`
/// @param taskKillGraceSeconds seconds between SIGTERM and SIGKILL; the agent's default when absent
/// @param resources of the task itself, without its volumes
/// @param resourceLimits what the task may take at most, when that is more
/// @param tty whether the task's output is a terminal
/// @param fetch what is in the sandbox before the task starts, in this order
/// @param portDefinitions on a container network, Marathon's port mappings; service ports are 0
///   only until the planner has assigned them
public record App(
        PathId id,
        Optional<String> cmd,
        List<String> args,
        Optional<String> user,
        SortedMap<String, String> env,
        Optional<Secrets> secrets,
        int instances,
        Resources resources,
        Optional<ResourceLimits> resourceLimits,
        boolean tty,
        Network network,
        Optional<ContainerNetwork> containerNetwork,
        Optional<Container> container,
        List<Artifact> fetch,
        List<PortDefinition> portDefinitions,
        boolean requirePorts,
        List<HealthCheck> healthChecks,
        List<ReadinessCheck> readinessChecks,
        Optional<GenericCheck> check,
        SortedMap<String, String> labels,
        SortedSet<PathId> dependencies,
        List<Constraint> constraints,
        List<String> acceptedResourceRoles,
        String role,
        BackoffStrategy backoff,
        Optional<Integer> taskKillGraceSeconds,
        UpgradeStrategy upgradeStrategy,
        KillSelection killSelection,
        UnreachableStrategy unreachableStrategy,
        Instant version,
        VersionInfo versionInfo)
        implements RunSpec {

    public App {
        args = List.copyOf(args);
        fetch = List.copyOf(fetch);
        env = Sorted.copyOf(env);
        portDefinitions = List.copyOf(portDefinitions);
        healthChecks = List.copyOf(healthChecks);
        readinessChecks = List.copyOf(readinessChecks);
        dependencies = Sorted.copyOf(dependencies);
        constraints = List.copyOf(constraints);
        labels = Sorted.copyOf(labels);
        acceptedResourceRoles = List.copyOf(acceptedResourceRoles);
    }

    @Override
    public Kind kind() {
        return Kind.APP;
    }

    @Override
    public Container.Type runtime() {
        return container.map(Container::type).orElse(Container.Type.MESOS);
    }

    @Override
    public boolean contained() {
        return container.flatMap(Container::docker).isPresent();
    }

    @Override
    public boolean fetches() {
        return !fetch.isEmpty() || secrets.isPresent() || contained();
    }

    @Override
    public List<PortDefinition> ports() {
        return portDefinitions;
    }

    @Override
    public List<Optional<Integer>> requestedHostPorts() {
        return portDefinitions.stream().map(this::requestedHostPort).toList();
    }

    private Optional<Integer> requestedHostPort(PortDefinition port) {
        var mapped =
                port.mapping()
                        .map(PortDefinition.Mapping::hostPort)
                        .orElseGet(() -> Optional.of(0));
        return mapped.map(wanted -> wanted == 0 && requirePorts ? port.port() : wanted);
    }

    @Override
    public List<Volume.Persistent> persistentVolumes() {
        return container.map(Container::persistentVolumes).orElse(List.of());
    }

    @Override
    public boolean hasTerminal() {
        return tty;
    }

    @Override
    public boolean hasReadOnlyVolume() {
        return container.stream()
                .flatMap(some -> some.volumes().stream())
                .anyMatch(volume ->
                        volume instanceof Volume.Host host && host.mode() == Volume.Mode.RO);
    }

    @Override
    public List<Volume.External> externalVolumes() {
        return container.map(Container::externalVolumes).orElse(List.of());
    }

    @Override
    public boolean healthChecked() {
        return !healthChecks.isEmpty();
    }

    @Override
    public boolean readinessChecked() {
        return !readinessChecks.isEmpty();
    }

    @Override
    public Resources footprint() {
        return resources.plus(RunSpec.sizeOf(persistentVolumes()));
    }

    @Override
    public App withInstances(int instances) {
        return copy(instances, portDefinitions, role, version, versionInfo);
    }

    public App withPortDefinitions(List<PortDefinition> portDefinitions) {
        return copy(instances, portDefinitions, role, version, versionInfo);
    }

    @Override
    public App withRole(String role) {
        return copy(instances, portDefinitions, role, version, versionInfo);
    }

    @Override
    public App withVersion(Instant version, VersionInfo versionInfo) {
        return copy(instances, portDefinitions, role, version, versionInfo);
    }

    @Override
    public boolean sameConfig(RunSpec other) {
        return other instanceof App app
                && equals(app.copy(instances, app.portDefinitions, app.role, version, versionInfo));
    }

    private App copy(
            int instances,
            List<PortDefinition> ports,
            String role,
            Instant version,
            VersionInfo versionInfo) {
        return new App(
                id,
                cmd,
                args,
                user,
                env,
                secrets,
                instances,
                resources,
                resourceLimits,
                tty,
                network,
                containerNetwork,
                container,
                fetch,
                ports,
                requirePorts,
                healthChecks,
                readinessChecks,
                check,
                labels,
                dependencies,
                constraints,
                acceptedResourceRoles,
                role,
                backoff,
                taskKillGraceSeconds,
                upgradeStrategy,
                killSelection,
                unreachableStrategy,
                version,
                versionInfo);
    }
}

package io.ekiden.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/// A Marathon app: what is to run, how often, and within which bounds. Canonical: defaults are
/// filled in and old forms are normalised; `version` and `versionInfo` are the planner's.
///
/// @param cmd run by `/bin/sh -c`; exclusive with `args`
/// @param args run as they are, without a shell
/// @param user the operating system user of the task; the agent's own when absent
/// @param taskKillGraceSeconds seconds between SIGTERM and SIGKILL; the agent's default when absent
/// @param resources of the task itself, without its volumes
/// @param portDefinitions on the bridge network, Marathon's port mappings; service ports are 0 only
///   until the planner has assigned them
public record App(
        PathId id,
        Optional<String> cmd,
        List<String> args,
        Optional<String> user,
        SortedMap<String, String> env,
        int instances,
        Resources resources,
        Network network,
        Optional<Container> container,
        List<PortDefinition> portDefinitions,
        boolean requirePorts,
        List<HealthCheck> healthChecks,
        SortedMap<String, String> labels,
        List<String> acceptedResourceRoles,
        String role,
        BackoffStrategy backoff,
        Optional<Integer> taskKillGraceSeconds,
        UpgradeStrategy upgradeStrategy,
        KillSelection killSelection,
        UnreachableStrategy unreachableStrategy,
        Instant version,
        VersionInfo versionInfo)
        implements Entity {

    public App {
        args = List.copyOf(args);
        env = Sorted.copyOf(env);
        portDefinitions = List.copyOf(portDefinitions);
        healthChecks = List.copyOf(healthChecks);
        labels = Sorted.copyOf(labels);
        acceptedResourceRoles = List.copyOf(acceptedResourceRoles);
    }

    public static String key(PathId id) {
        return "app" + id;
    }

    @Override
    public String key() {
        return key(id);
    }

    /// The version of the configuration that this definition's instances must have.
    public Instant configVersion() {
        return versionInfo.lastConfigChangeAt();
    }

    /// The runtime that its tasks need.
    public Container.Type runtime() {
        return container.map(Container::type).orElse(Container.Type.MESOS);
    }

    public List<Volume.Persistent> persistentVolumes() {
        return container.map(Container::persistentVolumes).orElse(List.of());
    }

    /// Whether its instances are bound to the agent that keeps their volumes.
    public boolean resident() {
        return !persistentVolumes().isEmpty();
    }

    /// What an instance takes of its agent: its task's resources and the size of its volumes.
    public Resources footprint() {
        double disk = persistentVolumes().stream().mapToDouble(Volume.Persistent::size).sum();
        return resources.plus(Resources.of(0, 0, disk, 0));
    }

    public App withInstances(int instances) {
        return copy(instances, portDefinitions, version, versionInfo);
    }

    public App withPortDefinitions(List<PortDefinition> portDefinitions) {
        return copy(instances, portDefinitions, version, versionInfo);
    }

    public App withVersion(Instant version, VersionInfo versionInfo) {
        return copy(instances, portDefinitions, version, versionInfo);
    }

    /// Whether `other` differs in more than its number of instances and its version.
    public boolean sameConfig(App other) {
        return equals(other.copy(instances, other.portDefinitions, version, versionInfo));
    }

    private App copy(
            int instances, List<PortDefinition> ports, Instant version, VersionInfo versionInfo) {
        return new App(
                id,
                cmd,
                args,
                user,
                env,
                instances,
                resources,
                network,
                container,
                ports,
                requirePorts,
                healthChecks,
                labels,
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

package io.ekiden.model;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;

/// What is to run (Marathon's run spec): an app or a pod. The planner places, scales and rolls both
/// by what they say here; only what is inside an instance differs.
///
/// Canonical: defaults are filled in and old forms are normalised; `version` and `versionInfo` are
/// the planner's.
public sealed interface RunSpec extends Entity permits App, Pod {
    /// The two kinds, as deployments and answers name them.
    enum Kind {
        APP,
        POD
    }

    /// The role of a definition that names none.
    String NO_ROLE = "";

    PathId id();

    Kind kind();

    int instances();

    SortedMap<String, String> labels();

    List<Constraint> constraints();

    /// Empty: any.
    List<String> acceptedResourceRoles();

    /// [#NO_ROLE] until the planner has given it one.
    String role();

    BackoffStrategy backoff();

    UpgradeStrategy upgradeStrategy();

    KillSelection killSelection();

    UnreachableStrategy unreachableStrategy();

    /// The apps, pods and groups that must be up before this.
    SortedSet<PathId> dependencies();

    Instant version();

    VersionInfo versionInfo();

    /// What an instance takes of its agent, its volumes included.
    Resources footprint();

    /// What it wants of the secret store.
    Optional<Secrets> secrets();

    /// The runtime that an instance needs.
    Container.Type runtime();

    /// How its instances are connected.
    Network network();

    /// There on [Network#CONTAINER] only.
    Optional<ContainerNetwork> containerNetwork();

    /// Whether its instances are in images.
    boolean contained();

    /// Whether anything is brought before a task of it starts: artifacts, secrets, an image.
    boolean fetches();

    /// The ports of an instance in their order, by which host ports are given and endpoints are
    /// counted.
    List<PortDefinition> ports();

    /// For each of [#ports] the host port that it has to be; 0: a dynamic one, absent: none.
    List<Optional<Integer>> requestedHostPorts();

    List<Volume.Persistent> persistentVolumes();

    /// Whether an instance is at a terminal.
    boolean hasTerminal();

    /// Whether it has a directory to which it must not write.
    boolean hasReadOnlyVolume();

    /// Volumes of Docker volume drivers; pods have none, as in Marathon.
    List<Volume.External> externalVolumes();

    /// Whether anything probes the health of an instance; one that is not probed counts as healthy.
    boolean healthChecked();

    /// Whether, during a deployment, a new instance must say that it is ready.
    boolean readinessChecked();

    /// Between SIGTERM and SIGKILL; the agent's default when absent.
    Optional<Integer> taskKillGraceSeconds();

    RunSpec withInstances(int instances);

    RunSpec withRole(String role);

    RunSpec withVersion(Instant version, VersionInfo versionInfo);

    /// Whether `other` differs in more than its number of instances and its version.
    boolean sameConfig(RunSpec other);

    /// Apps and pods share their ids, so that one key serves both.
    static String key(PathId id) {
        return "spec" + id;
    }

    @Override
    default String key() {
        return key(id());
    }

    /// The version of the configuration that this definition's instances must have.
    default Instant configVersion() {
        return versionInfo().lastConfigChangeAt();
    }

    /// Where a task of it listens itself: one port for each of its host ports.
    default List<Integer> listeningPorts(List<Integer> hostPorts) {
        return PortDefinition.listening(ports(), hostPorts);
    }

    /// Whether its instances are bound to the agent that keeps their volumes.
    default boolean resident() {
        return !persistentVolumes().isEmpty();
    }

    /// What an agent has to say of itself to run it without an engine: attributes.
    default List<String> nativeNeeds() {
        var needs = new ArrayList<String>();
        if (contained()) {
            needs.add(Container.IMAGES);
        } else if (hasReadOnlyVolume()) {
            needs.add(Container.READ_ONLY);
        }
        if (hasTerminal()) {
            needs.add(Container.TERMINALS);
        }
        return needs;
    }

    /// Whether it has an external volume that one task alone may have.
    default boolean usesAlone() {
        return externalVolumes().stream().anyMatch(volume -> !volume.shared());
    }

    /// What the volumes take of an agent's own disk.
    static Resources sizeOf(List<Volume.Persistent> volumes) {
        double size =
                volumes.stream()
                        .filter(volume -> volume.disk().isEmpty())
                        .mapToDouble(Volume.Persistent::size)
                        .sum();
        return Resources.of(0, 0, size, 0);
    }
}

package io.ekiden.agent;

import io.ekiden.agent.core.Retention;
import io.ekiden.agent.runtime.Disks;
import io.ekiden.agent.runtime.docker.VolumeDrivers;
import io.ekiden.log.Topics;
import io.ekiden.model.PortRange;
import io.ekiden.model.Resources;
import io.ekiden.model.Sorted;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Consumer;

/// All that an agent needs to know.
///
/// @param kafka further settings of its Kafka clients, such as security
/// @param agentId unique in the cluster; of two agents with one id the later one goes on
/// @param hostname the address at which its tasks are reached
/// @param workDir keeps its identity, its tasks' records and sandboxes; belongs to one agent
/// @param runtimes the kinds of containers it starts; none of another kind
/// @param dockerHost the address of the machine's Docker engine
/// @param disks for persistent volumes, besides that of the work directory
/// @param attributes for constraints; `isolation`, `docker`, `privileged` and `volume-drivers` are
///   added
/// @param taskEnv variables of every task; those of its own come before them
/// @param bootIdFile holds what differs after each boot of the machine
/// @param privileged whether containers may have all rights on the machine
/// @param volumeDrivers of which containers may have volumes
/// @param fetchFiles the directory whose files definitions may name by `file:`; none when absent
/// @param secretsDir below which values of secrets are kept while their tasks live; in the
///   machine's memory when absent
/// @param containerDns addresses that containers with a network of their own ask for names, before
///   the machine's own name servers; none leaves it to the engine
/// @param agentToken the secret that gateways show to read its tasks' files; when absent, they
///   cannot be read
/// @param dataPlane where the files are served
public record AgentConfig(
        String bootstrapServers,
        Map<String, String> kafka,
        Topics topics,
        String agentId,
        String hostname,
        Path workDir,
        Set<ContainerType> runtimes,
        String dockerHost,
        Resources resources,
        List<PortRange> ports,
        List<Disks.Named> disks,
        SortedMap<String, String> attributes,
        SortedMap<String, String> taskEnv,
        Path bootIdFile,
        Timings timings,
        Retention retention,
        boolean privileged,
        VolumeDrivers volumeDrivers,
        Optional<Path> fetchFiles,
        Optional<Path> secretsDir,
        List<String> containerDns,
        Optional<String> agentToken,
        DataPlane dataPlane) {

    public static final String DOCKER_HOST = "unix:///var/run/docker.sock";
    public static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    /// Time-outs and periods.
    ///
    /// @param lease so long after its last acknowledged heartbeat an agent trusts its epoch; less
    ///   than the silence after which the planner gives an agent up
    /// @param join until a join is said again; doubled each time up to `joinMax`
    /// @param killGrace between SIGTERM and SIGKILL when neither order nor app says
    /// @param leave how long a good-bye that stops tasks may take
    public record Timings(
            Duration heartbeat,
            Duration lease,
            Duration join,
            Duration joinMax,
            Duration killGrace,
            Duration leave) {
        public static final Timings DEFAULT =
                new Timings(
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(8),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(30));
    }

    /// The address at which the agent serves its tasks' files.
    ///
    /// @param bind the agent's own when absent
    /// @param port 0 for any that is free
    public record DataPlane(Optional<String> bind, int port) {
        public static final DataPlane DEFAULT = new DataPlane(Optional.empty(), 0);
    }

    public AgentConfig {
        kafka = Sorted.copyOf(kafka);
        runtimes = Set.copyOf(runtimes);
        ports = List.copyOf(ports);
        disks = List.copyOf(disks);
        attributes = Sorted.copyOf(attributes);
        taskEnv = Sorted.copyOf(taskEnv);
        containerDns = List.copyOf(containerDns);
    }

    /// With every runtime, the usual times, the machine's boot id and no further Kafka settings.
    public static AgentConfig of(
            String bootstrapServers,
            Topics topics,
            String agentId,
            String hostname,
            Path workDir,
            Resources resources,
            List<PortRange> ports,
            Map<String, String> attributes) {
        return new AgentConfig(
                bootstrapServers,
                Map.of(),
                topics,
                agentId,
                hostname,
                workDir,
                EnumSet.allOf(ContainerType.class),
                DOCKER_HOST,
                resources,
                ports,
                List.of(),
                Sorted.copyOf(attributes),
                Sorted.copyOf(Map.<String, String>of()),
                BOOT_ID,
                Timings.DEFAULT,
                Retention.DEFAULT,
                false,
                VolumeDrivers.ALL,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                DataPlane.DEFAULT);
    }

    public AgentConfig withRuntimes(Set<ContainerType> runtimes) {
        return copy(copy -> copy.runtimes = runtimes);
    }

    public AgentConfig withDisks(List<Disks.Named> disks) {
        return copy(copy -> copy.disks = disks);
    }

    public AgentConfig withDockerHost(String address) {
        return copy(copy -> copy.dockerHost = address);
    }

    public AgentConfig withFetchFiles(Optional<Path> folder) {
        return copy(copy -> copy.fetchFiles = folder);
    }

    public AgentConfig withSecretsDir(Optional<Path> folder) {
        return copy(copy -> copy.secretsDir = folder);
    }

    public AgentConfig withContainerDns(List<String> addresses) {
        return copy(copy -> copy.containerDns = addresses);
    }

    public AgentConfig withPrivileged(boolean allowed) {
        return copy(copy -> copy.privileged = allowed);
    }

    public AgentConfig withVolumeDrivers(VolumeDrivers allowed) {
        return copy(copy -> copy.volumeDrivers = allowed);
    }

    public AgentConfig withTimings(Timings timings) {
        return copy(copy -> copy.timings = timings);
    }

    public AgentConfig withKafka(Map<String, String> settings) {
        return copy(copy -> copy.kafka = settings);
    }

    public AgentConfig withTaskEnv(Map<String, String> variables) {
        return copy(copy -> copy.taskEnv = Sorted.copyOf(variables));
    }

    public AgentConfig withAgentToken(Optional<String> token) {
        return withDataPlane(token, dataPlane);
    }

    public AgentConfig withDataPlane(Optional<String> token, DataPlane address) {
        return copy(copy -> {
            copy.agentToken = token;
            copy.dataPlane = address;
        });
    }

    private AgentConfig copy(Consumer<Copy> change) {
        var copy = new Copy(this);
        change.accept(copy);
        return copy.done();
    }

    /// A copy in the making: only what changes is named.
    private static final class Copy {
        private final AgentConfig original;
        private Map<String, String> kafka;
        private Set<ContainerType> runtimes;
        private String dockerHost;
        private List<Disks.Named> disks;
        private SortedMap<String, String> taskEnv;
        private Timings timings;
        private boolean privileged;
        private VolumeDrivers volumeDrivers;
        private Optional<Path> fetchFiles;
        private Optional<Path> secretsDir;
        private List<String> containerDns;
        private Optional<String> agentToken;
        private DataPlane dataPlane;

        Copy(AgentConfig original) {
            this.original = original;
            kafka = original.kafka;
            runtimes = original.runtimes;
            dockerHost = original.dockerHost;
            disks = original.disks;
            taskEnv = original.taskEnv;
            timings = original.timings;
            privileged = original.privileged;
            volumeDrivers = original.volumeDrivers;
            fetchFiles = original.fetchFiles;
            secretsDir = original.secretsDir;
            containerDns = original.containerDns;
            agentToken = original.agentToken;
            dataPlane = original.dataPlane;
        }

        AgentConfig done() {
            return new AgentConfig(
                    original.bootstrapServers,
                    kafka,
                    original.topics,
                    original.agentId,
                    original.hostname,
                    original.workDir,
                    runtimes,
                    dockerHost,
                    original.resources,
                    original.ports,
                    disks,
                    original.attributes,
                    taskEnv,
                    original.bootIdFile,
                    timings,
                    original.retention,
                    privileged,
                    volumeDrivers,
                    fetchFiles,
                    secretsDir,
                    containerDns,
                    agentToken,
                    dataPlane);
        }
    }
}

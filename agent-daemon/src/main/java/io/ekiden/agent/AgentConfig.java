package io.ekiden.agent;

import io.ekiden.agent.core.Retention;
import io.ekiden.log.Topics;
import io.ekiden.model.PortRange;
import io.ekiden.model.Resources;
import io.ekiden.model.Sorted;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/// All that an agent needs to know.
///
/// @param kafka further settings of its Kafka clients, such as security
/// @param agentId unique in the cluster; of two agents with one id the later one goes on
/// @param hostname the address at which its tasks are reached
/// @param workDir keeps its identity, its tasks' records and sandboxes; belongs to one agent
/// @param runtimes the kinds of containers it starts; none of another kind
/// @param dockerHost the address of the machine's Docker engine
/// @param attributes for constraints; `isolation` and `docker` are added
/// @param taskEnv variables of every task; those of its own come before them
/// @param bootIdFile holds what differs after each boot of the machine
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
        SortedMap<String, String> attributes,
        SortedMap<String, String> taskEnv,
        Path bootIdFile,
        Timings timings,
        Retention retention) {

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

    public AgentConfig {
        kafka = Sorted.copyOf(kafka);
        runtimes = Set.copyOf(runtimes);
        ports = List.copyOf(ports);
        attributes = Sorted.copyOf(attributes);
        taskEnv = Sorted.copyOf(taskEnv);
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
                Sorted.copyOf(attributes),
                Sorted.copyOf(Map.<String, String>of()),
                BOOT_ID,
                Timings.DEFAULT,
                Retention.DEFAULT);
    }

    public AgentConfig withRuntimes(Set<ContainerType> runtimes) {
        return new AgentConfig(
                bootstrapServers,
                kafka,
                topics,
                agentId,
                hostname,
                workDir,
                runtimes,
                dockerHost,
                resources,
                ports,
                attributes,
                taskEnv,
                bootIdFile,
                timings,
                retention);
    }

    public AgentConfig withDockerHost(String address) {
        return new AgentConfig(
                bootstrapServers,
                kafka,
                topics,
                agentId,
                hostname,
                workDir,
                runtimes,
                address,
                resources,
                ports,
                attributes,
                taskEnv,
                bootIdFile,
                timings,
                retention);
    }

    public AgentConfig withTimings(Timings timings) {
        return new AgentConfig(
                bootstrapServers,
                kafka,
                topics,
                agentId,
                hostname,
                workDir,
                runtimes,
                dockerHost,
                resources,
                ports,
                attributes,
                taskEnv,
                bootIdFile,
                timings,
                retention);
    }

    public AgentConfig withKafka(Map<String, String> settings) {
        return new AgentConfig(
                bootstrapServers,
                settings,
                topics,
                agentId,
                hostname,
                workDir,
                runtimes,
                dockerHost,
                resources,
                ports,
                attributes,
                taskEnv,
                bootIdFile,
                timings,
                retention);
    }

    public AgentConfig withTaskEnv(Map<String, String> variables) {
        return new AgentConfig(
                bootstrapServers,
                kafka,
                topics,
                agentId,
                hostname,
                workDir,
                runtimes,
                dockerHost,
                resources,
                ports,
                attributes,
                Sorted.copyOf(variables),
                bootIdFile,
                timings,
                retention);
    }
}

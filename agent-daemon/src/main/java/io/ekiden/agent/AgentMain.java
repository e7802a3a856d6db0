package io.ekiden.agent;

import io.ekiden.agent.runtime.docker.VolumeDrivers;
import io.ekiden.model.PortRange;
import io.ekiden.model.Resources;
import io.ekiden.process.Option;
import io.ekiden.process.Options;
import io.ekiden.process.ServiceProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// An agent as a process of its own; `--help` tells its options, [ServiceProcess] how it ends. Its
/// end leaves its tasks running for adoption.
public final class AgentMain {
    private static final Option AGENT =
            Option.of(
                    "agent",
                    "such as name=a1;hostname=h1;attributes=rack:r1;cpus=2;mem=1024;ports=31000-31999");
    private static final Option WORK_DIR =
            Option.of("work-dir", "its identity and its tasks' sandboxes; ekiden-agent-NAME");
    private static final Option RUNTIMES =
            Option.of(
                    "agent-runtimes",
                    "mesos,docker",
                    "the kinds of containers it starts; in a container itself: docker");

    private static final Option DOCKER_HOST =
            Option.of("agent-docker-host", AgentConfig.DOCKER_HOST, "the Docker engine's address");
    private static final Option PRIVILEGED =
            new Option(
                    "allow-privileged",
                    Optional.of("false"),
                    true,
                    "let containers have all rights on the machine");
    private static final Option VOLUME_DRIVERS =
            Option.of(
                    "volume-drivers",
                    "*",
                    "the Docker volume drivers that tasks may use, such as rexray,local; *: all, none: none");
    private static final Option FETCH_FILES =
            Option.of("fetch-files", "a directory whose files may be fetched by file:; none");
    private static final Option SECRETS_DIR =
            Option.of("secrets-dir", "where tasks' secrets are kept; /dev/shm, in memory");
    private static final Option CONTAINER_DNS =
            Option.of(
                    "container-dns",
                    "a load balancer's address, such as 172.17.0.1: containers ask there for names first, at port 53");
    private static final Option DATA_BIND =
            Option.of("data-bind", "where it serves its tasks' files and logs; its own address");
    private static final Option DATA_PORT =
            Option.of("data-port", "0", "the port for that; 0 picks a free one");

    private static final List<Option> OPTIONS =
            List.of(
                    Option.BOOTSTRAP_SERVERS,
                    Option.TOPIC_PREFIX,
                    AGENT,
                    WORK_DIR,
                    RUNTIMES,
                    DOCKER_HOST,
                    PRIVILEGED,
                    VOLUME_DRIVERS,
                    FETCH_FILES,
                    SECRETS_DIR,
                    CONTAINER_DNS,
                    Option.AGENT_TOKEN_FILE,
                    DATA_BIND,
                    DATA_PORT);

    private static final PortRange PORTS = new PortRange(31000, 32000);
    private static final double DISK = 10_000;
    private static final double KIB_PER_MIB = 1024;

    /// Left to the machine itself, as Mesos does.
    private static final double RESERVED_MEM = 1024;

    private AgentMain() {}

    public static void main(String[] args) {
        ServiceProcess.run("agent", OPTIONS, args, options -> new Agent(config(options)));
    }

    private record Agent(AgentDaemon daemon) implements ServiceProcess.Service {
        Agent(AgentConfig config) {
            this(new AgentDaemon(config));
        }

        @Override
        public void start() {
            daemon.start();
        }

        @Override
        public void close() {
            daemon.close();
        }
    }

    static AgentConfig config(Options options) {
        return switch (AgentSpec.parse(options.text(AGENT))) {
            case AgentSpec.Parsed.Wrong(var problem) -> throw new IllegalArgumentException(problem);
            case AgentSpec.Parsed.Ok(var spec) ->
                    AgentConfig.of(
                                    options.bootstrapServers(),
                                    options.topics(),
                                    spec.name(),
                                    spec.hostname().orElse("127.0.0.1"),
                                    Path.of(
                                            options.find(WORK_DIR)
                                                    .orElse("ekiden-agent-" + spec.name())),
                                    resources(spec),
                                    spec.ports().isEmpty() ? List.of(PORTS) : spec.ports(),
                                    spec.attributes())
                            .withDisks(spec.disks())
                            .withRuntimes(ContainerType.parse(options.text(RUNTIMES)))
                            .withDockerHost(options.text(DOCKER_HOST))
                            .withPrivileged(options.isSet(PRIVILEGED))
                            .withVolumeDrivers(VolumeDrivers.parse(options.text(VOLUME_DRIVERS)))
                            .withFetchFiles(options.find(FETCH_FILES).map(Path::of))
                            .withSecretsDir(options.find(SECRETS_DIR).map(Path::of))
                            .withContainerDns(options.addresses(CONTAINER_DNS))
                            .withDataPlane(
                                    options.secret(Option.AGENT_TOKEN_FILE),
                                    new AgentConfig.DataPlane(
                                            options.find(DATA_BIND), options.port(DATA_PORT)))
                            .withKafka(options.kafka());
        };
    }

    static List<Option> options() {
        return OPTIONS;
    }

    private static Resources resources(AgentSpec spec) {
        return Resources.of(
                spec.cpus().orElseGet(() -> (double) Runtime.getRuntime().availableProcessors()),
                spec.mem().orElseGet(AgentMain::machineMem),
                spec.disk().orElse(DISK),
                spec.gpus().orElse(0.0));
    }

    private static double machineMem() {
        try (var lines = Files.lines(Path.of("/proc/meminfo"))) {
            double total =
                    lines.filter(line -> line.startsWith("MemTotal:"))
                            .mapToDouble(line -> Double.parseDouble(line.split(" +", -1)[1]))
                            .findFirst()
                            .orElse(0);
            double mib = Math.floor(total / KIB_PER_MIB);
            return mib > 2 * RESERVED_MEM ? mib - RESERVED_MEM : Math.floor(mib / 2);
        } catch (IOException e) {
            return RESERVED_MEM;
        }
    }
}

package io.ekiden.agent;

import io.ekiden.log.Topics;
import io.ekiden.model.PortRange;
import io.ekiden.model.Resources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An agent as a process of its own:
///
/// ```
/// --kafka HOST:PORT --agent "name=a1;cpus=2;mem=1024;ports=31000-31999" [--work-dir DIR]
/// [--prefix ekiden.] [--agent-runtimes mesos,docker] [--docker-host unix:///var/run/docker.sock]
/// ```
///
/// The engine's address may also be given as `EKIDEN_AGENT_DOCKER_HOST`.
///
/// SIGTERM ends the agent and leaves its tasks running for adoption. Exit codes: 0 ended as asked,
/// 1 failed, 2 usage.
public final class AgentMain {
    private static final Logger LOG = LoggerFactory.getLogger(AgentMain.class);
    private static final List<String> FLAGS =
            List.of(
                    "--kafka",
                    "--agent",
                    "--work-dir",
                    "--prefix",
                    "--agent-runtimes",
                    "--docker-host");
    private static final PortRange PORTS = new PortRange(31000, 32000);
    private static final double DISK = 10_000;
    private static final double KIB_PER_MIB = 1024;

    /// Left to the machine itself, as Mesos does.
    private static final double RESERVED_MEM = 1024;

    private AgentMain() {}

    public static void main(String[] args) throws InterruptedException {
        AgentDaemon agent;
        try {
            agent = new AgentDaemon(config(flags(args)));
        } catch (IllegalArgumentException e) {
            LOG.error("{}", e.getMessage());
            System.exit(2);
            return;
        }
        try {
            agent.start();
        } catch (IllegalStateException | UncheckedIOException e) {
            LOG.error("{}", e.getMessage());
            System.exit(1);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(agent::close, "shutdown"));
        new CountDownLatch(1).await();
    }

    static Map<String, String> flags(String[] args) {
        var flags = new HashMap<String, String>();
        for (int i = 0; i < args.length; i += 2) {
            if (!FLAGS.contains(args[i])) {
                throw new IllegalArgumentException("unknown option '%s'".formatted(args[i]));
            }
            if (i + 1 == args.length) {
                throw new IllegalArgumentException("option '%s' needs a value".formatted(args[i]));
            }
            flags.put(args[i], args[i + 1]);
        }
        for (var needed : List.of("--kafka", "--agent")) {
            if (!flags.containsKey(needed)) {
                throw new IllegalArgumentException("option '%s' is missing".formatted(needed));
            }
        }
        return flags;
    }

    static AgentConfig config(Map<String, String> flags) {
        return switch (AgentSpec.parse(flags.get("--agent"))) {
            case AgentSpec.Parsed.Wrong(var problem) -> throw new IllegalArgumentException(problem);
            case AgentSpec.Parsed.Ok(var spec) ->
                    AgentConfig.of(
                                    flags.get("--kafka"),
                                    new Topics(
                                            flags.getOrDefault("--prefix", Topics.DEFAULT_PREFIX)),
                                    spec.name(),
                                    spec.hostname().orElse("127.0.0.1"),
                                    Path.of(
                                            flags.getOrDefault(
                                                    "--work-dir", "ekiden-agent-" + spec.name())),
                                    resources(spec),
                                    spec.ports().isEmpty() ? List.of(PORTS) : spec.ports(),
                                    spec.attributes())
                            .withRuntimes(
                                    ContainerType.parse(
                                            flags.getOrDefault("--agent-runtimes", "mesos,docker")))
                            .withDockerHost(
                                    Optional.ofNullable(flags.get("--docker-host"))
                                            .or(() ->
                                                    Optional.ofNullable(
                                                            System.getenv(
                                                                    "EKIDEN_AGENT_DOCKER_HOST")))
                                            .orElse(AgentConfig.DOCKER_HOST));
        };
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

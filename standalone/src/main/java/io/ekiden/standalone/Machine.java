package io.ekiden.standalone;

import com.sun.management.OperatingSystemMXBean;
import io.ekiden.agent.AgentConfig;
import io.ekiden.agent.AgentSpec;
import io.ekiden.log.Topics;
import io.ekiden.model.PortRange;
import io.ekiden.model.Resources;
import io.ekiden.model.Sorted;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// This machine, and how its agents share it: what an agent's description leaves out is an equal
/// share of what there is, and ports that no other has.
final class Machine {
    private static final int FIRST_PORT = 31_000;
    private static final int LAST_PORT = 31_999;
    private static final int MAX_AGENTS = 100;
    private static final int MAX_PROXY_THREADS = 4;

    /// Left to the machine itself, as Mesos does.
    private static final long RESERVED_MEM_MIB = 1024;

    private static final String LOOPBACK = "127.0.0.1";

    private Machine() {}

    /// Names for `--agents N`.
    static List<AgentSpec> divided(int agents) throws CommandFailure {
        if (agents < 1 || agents > MAX_AGENTS) {
            throw CommandFailure.usage("--agents must be 1 to " + MAX_AGENTS);
        }
        var specs = new ArrayList<String>();
        for (int i = 1; i <= agents; i++) {
            specs.add("name=agent-" + i);
        }
        return parsed(specs);
    }

    /// The descriptions of `--agent`.
    static List<AgentSpec> parsed(List<String> texts) throws CommandFailure {
        var specs = new ArrayList<AgentSpec>();
        var names = new HashSet<String>();
        for (var text : texts) {
            switch (AgentSpec.parse(text)) {
                case AgentSpec.Parsed.Wrong(var problem) ->
                        throw CommandFailure.usage("--agent: " + problem);
                case AgentSpec.Parsed.Ok(var spec) -> {
                    if (!names.add(spec.name())) {
                        throw CommandFailure.usage("--agent: two are named " + spec.name());
                    }
                    specs.add(spec);
                }
            }
        }
        return specs;
    }

    /// Every agent's configuration, with its share of the machine.
    static List<AgentConfig> agents(
            List<AgentSpec> specs, String kafka, Topics topics, DataDirectory directory)
            throws IOException {
        var configs = new ArrayList<AgentConfig>();
        for (int i = 0; i < specs.size(); i++) {
            var spec = specs.get(i);
            configs.add(
                    AgentConfig.of(
                                    kafka,
                                    topics,
                                    spec.name(),
                                    spec.hostname().orElse(address(i)),
                                    directory.agent(spec.name()),
                                    resources(spec, specs.size(), directory),
                                    spec.ports().isEmpty()
                                            ? List.of(ports(i, specs.size()))
                                            : spec.ports(),
                                    spec.attributes())
                            .withDisks(spec.disks())
                            .withTaskEnv(taskEnv()));
        }
        return configs;
    }

    /// Each agent its own name where the whole of 127.0.0.0/8 is this machine (Linux).
    private static String address(int index) {
        return System.getProperty("os.name").equals("Linux") ? "127.0.0." + (index + 1) : LOOPBACK;
    }

    /// Tasks see nothing of Ekiden's environment but the JDK it found, which they may use.
    private static Map<String, String> taskEnv() {
        return Sorted.copyOf(Map.of("JAVA_HOME", System.getProperty("java.home")));
    }

    private static Resources resources(AgentSpec spec, int shares, DataDirectory directory)
            throws IOException {
        long disk = Files.getFileStore(directory.path()).getUsableSpace() >> 20;
        return Resources.of(
                spec.cpus().orElse((double) Runtime.getRuntime().availableProcessors() / shares),
                spec.mem().orElse((double) mem() / shares),
                spec.disk().orElse((double) disk / shares),
                spec.gpus().orElse(0.0));
    }

    private static long mem() {
        var machine =
                Optional.ofNullable(
                        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class));
        long total = machine.map(m -> m.getTotalMemorySize() >> 20).orElse(RESERVED_MEM_MIB);
        return total > 2 * RESERVED_MEM_MIB ? total - RESERVED_MEM_MIB : total / 2;
    }

    private static PortRange ports(int index, int shares) {
        int size = (LAST_PORT - FIRST_PORT + 1) / shares;
        int begin = FIRST_PORT + index * size;
        return new PortRange(begin, begin + size - 1);
    }

    /// By which a client on this machine reaches what listens on `bind`.
    static String hostname(String bind) {
        return bind.equals("0.0.0.0") || bind.equals("::") ? LOOPBACK : bind;
    }

    static int proxyThreads() {
        return Math.min(MAX_PROXY_THREADS, Runtime.getRuntime().availableProcessors());
    }
}

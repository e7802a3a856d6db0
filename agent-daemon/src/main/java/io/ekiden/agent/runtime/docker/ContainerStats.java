package io.ekiden.agent.runtime.docker;

import com.github.dockerjava.api.model.CpuStatsConfig;
import com.github.dockerjava.api.model.CpuUsageConfig;
import com.github.dockerjava.api.model.MemoryStatsConfig;
import com.github.dockerjava.api.model.StatisticNetworksConfig;
import com.github.dockerjava.api.model.Statistics;
import com.github.dockerjava.api.model.StatsConfig;
import io.ekiden.agent.core.Measurement;
import io.ekiden.agent.core.Usage;
import io.ekiden.model.Sorted;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/// Measures a container by the engine's statistics, asked for once: the engine counts only while
/// somebody asks, and takes a second or two, for it looks twice.
final class ContainerStats {
    private static final Duration PATIENCE = Duration.ofSeconds(6);

    private ContainerStats() {}

    static Measurement of(Engine engine, EngineWatch watch, Optional<Contained> task) {
        var id = task.flatMap(Contained::id);
        if (id.isEmpty()) {
            return new Measurement.Missing("its container does not run");
        }
        return watch.about().isEmpty()
                ? new Measurement.Missing("the Docker engine does not answer")
                : of(engine, id.get(), task.get());
    }

    private static Measurement of(Engine engine, String id, Contained task) {
        var seen = new AtomicReference<Statistics>();
        Streaming<Statistics> stream =
                engine.open(
                        seen::set,
                        (docker, stats) -> docker.statsCmd(id).withNoStream(true).exec(stats));
        return switch (stream.awaitEnd(PATIENCE, PATIENCE)) {
            case Answer.Done<Boolean> _ -> measured(Optional.ofNullable(seen.get()), task);
            case Answer.Refused<Boolean>(_, var reason) -> new Measurement.Missing(reason);
            case Answer.Silent<Boolean>(var why) ->
                    new Measurement.Missing("the Docker engine does not answer: " + why);
        };
    }

    /// Of a container that has ended meanwhile the engine has no figures.
    private static Measurement measured(Optional<Statistics> seen, Contained task) {
        var memory =
                seen.map(Statistics::getMemoryStats)
                        .filter(stats -> stats.getUsage() != null)
                        .map(stats -> memory(stats, task.limitsMemory()));
        if (memory.isEmpty()) {
            return new Measurement.Missing("its container does not run");
        }
        return new Measurement.Done(
                new Usage(
                        Instant.now(),
                        Sorted.copyOf(List.of("docker")),
                        seen.map(Statistics::getCpuStats)
                                .map(CpuStatsConfig::getCpuUsage)
                                .flatMap(ContainerStats::cpu),
                        memory,
                        seen.map(Statistics::getNetworks)
                                .filter(_ -> task.networkOf().isEmpty())
                                .filter(networks -> !networks.isEmpty())
                                .map(networks -> net(List.copyOf(networks.values())))));
    }

    private static Optional<Usage.Cpu> cpu(CpuUsageConfig usage) {
        var user = Optional.ofNullable(usage.getUsageInUsermode());
        var system = Optional.ofNullable(usage.getUsageInKernelmode());
        return user.flatMap(u -> system.map(s -> new Usage.Cpu(u, s)));
    }

    private static Usage.Memory memory(MemoryStatsConfig memory, boolean limited) {
        return new Usage.Memory(
                Optional.ofNullable(memory.getStats()).flatMap(ContainerStats::rss),
                Optional.of(memory.getUsage()),
                Optional.ofNullable(memory.getLimit()).filter(_ -> limited));
    }

    /// The kernel's words, which differ between the versions of control groups.
    private static Optional<Long> rss(StatsConfig details) {
        return Optional.ofNullable(details.getTotalRss())
                .or(() ->
                        Optional.ofNullable(details.getRawValues().get("anon"))
                                .filter(Number.class::isInstance)
                                .map(anon -> ((Number) anon).longValue()));
    }

    /// None is told of the machine's own network; of a pod the container counts it that has it.
    private static Usage.Net net(List<StatisticNetworksConfig> networks) {
        long received = 0;
        long sent = 0;
        for (var network : networks) {
            received += Optional.ofNullable(network.getRxBytes()).orElse(0L);
            sent += Optional.ofNullable(network.getTxBytes()).orElse(0L);
        }
        return new Usage.Net(received, sent);
    }
}

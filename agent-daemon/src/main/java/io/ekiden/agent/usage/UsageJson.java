package io.ekiden.agent.usage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.agent.core.Allotment;
import io.ekiden.agent.core.DiskQuota;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.core.Measurement;
import io.ekiden.agent.core.Usage;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What a task uses as JSON, its figures by the names that Mesos' `/monitor/statistics` gives them.
final class UsageJson {
    private static final long NANOS_OF_A_MICROSECOND = 1_000;
    private static final int DIGITS = 4;

    private UsageJson() {}

    /// @param task or a pod's container as one
    /// @param cpus in use lately
    /// @param parts of a pod
    record Reading(
            LocalTask task,
            Measurement measurement,
            Optional<Double> cpus,
            Optional<DiskWatch.Measured> disk,
            List<Reading> parts) {
        Reading {
            parts = List.copyOf(parts);
        }
    }

    static JsonNode of(Reading reading) {
        var json = JsonNodeFactory.instance.objectNode();
        json.put("taskId", reading.task().taskId().value());
        fill(json, reading);
        if (!reading.parts().isEmpty()) {
            var containers = json.putArray("containers");
            for (var part : reading.parts()) {
                var container = containers.addObject();
                container.put("name", part.task().taskId().container().orElse(""));
                fill(container, part);
            }
        }
        return json;
    }

    private static void fill(ObjectNode json, Reading reading) {
        switch (reading.measurement()) {
            case Measurement.Done(var usage) -> {
                json.put("source", String.join(",", usage.sources()));
                figures(json.putObject("statistics"), usage);
            }
            case Measurement.Missing(var why) -> {
                json.put("problem", why);
                json.putObject("statistics");
            }
        }
        var statistics = json.withObject("statistics");
        reading.cpus().ifPresent(cpus -> statistics.put("cpus_used", rounded(cpus)));
        reading.task()
                .task()
                .flatMap(Allotment::cpus)
                .ifPresent(cpus -> statistics.put("cpus_limit", cpus));
        reading.disk()
                .ifPresent(disk -> {
                    statistics.put("disk_used_bytes", disk.bytes());
                    statistics.put("disk_timestamp", seconds(disk.at()));
                });
        quota(reading).ifPresent(quota -> statistics.put("disk_limit_bytes", quota.bytes()));
    }

    /// A pod's containers have theirs together.
    private static Optional<DiskQuota> quota(Reading reading) {
        return reading.task()
                .task()
                .filter(task -> task.taskId().container().isEmpty())
                .flatMap(DiskQuota::of);
    }

    private static void figures(ObjectNode json, Usage usage) {
        json.put("timestamp", seconds(usage.at()));
        usage.cpu()
                .ifPresent(cpu -> {
                    json.put("cpus_user_time_secs", seconds(cpu.userNanos()));
                    json.put("cpus_system_time_secs", seconds(cpu.systemNanos()));
                });
        usage.memory()
                .ifPresent(memory -> {
                    memory.rss().ifPresent(bytes -> json.put("mem_rss_bytes", bytes));
                    memory.total().ifPresent(bytes -> json.put("mem_total_bytes", bytes));
                    memory.limit().ifPresent(bytes -> json.put("mem_limit_bytes", bytes));
                });
        usage.net()
                .ifPresent(net -> {
                    json.put("net_rx_bytes", net.received());
                    json.put("net_tx_bytes", net.sent());
                });
    }

    private static BigDecimal rounded(double cpus) {
        return BigDecimal.valueOf(cpus).setScale(DIGITS, RoundingMode.HALF_UP);
    }

    private static BigDecimal seconds(long nanos) {
        return BigDecimal.valueOf(nanos / NANOS_OF_A_MICROSECOND, 6);
    }

    private static BigDecimal seconds(Instant at) {
        return BigDecimal.valueOf(at.toEpochMilli(), 3);
    }
}

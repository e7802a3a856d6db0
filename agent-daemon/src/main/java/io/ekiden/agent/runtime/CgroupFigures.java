package io.ekiden.agent.runtime;

import io.ekiden.agent.core.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the kernel counts in a task's control groups, of either version.
final class CgroupFigures {
    /// The unit of `cpuacct.stat`, and of `/proc/<pid>/stat`: Linux shows programs 100 a second.
    static final long TICK_NANOS = 10_000_000;

    /// Version 1 has no word for "no limit", but a number that no memory reaches.
    private static final long UNLIMITED = 1L << 62;

    private static final long MICRO_NANOS = 1_000;

    private CgroupFigures() {}

    /// @param source `cgroup-v1` or `cgroup-v2`
    record Found<T>(String source, T figure) {}

    static Optional<Found<Usage.Cpu>> cpu(List<Path> groups) {
        return first(groups, CgroupFigures::cpuV2).or(() -> first(groups, CgroupFigures::cpuV1));
    }

    static Optional<Found<Usage.Memory>> memory(List<Path> groups) {
        return first(groups, CgroupFigures::memoryV2)
                .or(() -> first(groups, CgroupFigures::memoryV1));
    }

    private interface Look<T> {
        Optional<Found<T>> at(Path group);
    }

    private static <T> Optional<Found<T>> first(List<Path> groups, Look<T> look) {
        return groups.stream().flatMap(group -> look.at(group).stream()).findFirst();
    }

    private static Optional<Found<Usage.Cpu>> cpuV2(Path group) {
        // Version 1 has a file of this name too, about other things.
        return cpu("cgroup-v2", table(group.resolve("cpu.stat")), "_usec", MICRO_NANOS);
    }

    private static Optional<Found<Usage.Cpu>> cpuV1(Path group) {
        return cpu("cgroup-v1", table(group.resolve("cpuacct.stat")), "", TICK_NANOS);
    }

    private static Optional<Found<Usage.Cpu>> cpu(
            String source, Map<String, Long> table, String suffix, long nanos) {
        var user = Optional.ofNullable(table.get("user" + suffix));
        var system = Optional.ofNullable(table.get("system" + suffix));
        return user.flatMap(
                u -> system.map(s -> new Found<>(source, new Usage.Cpu(u * nanos, s * nanos))));
    }

    private static Optional<Found<Usage.Memory>> memoryV2(Path group) {
        return number(group.resolve("memory.current"))
                .map(total ->
                        new Found<>(
                                "cgroup-v2",
                                new Usage.Memory(
                                        value(group, "anon"),
                                        Optional.of(total),
                                        number(group.resolve("memory.max")))));
    }

    private static Optional<Found<Usage.Memory>> memoryV1(Path group) {
        return number(group.resolve("memory.usage_in_bytes"))
                .map(total ->
                        new Found<>(
                                "cgroup-v1",
                                new Usage.Memory(
                                        value(group, "total_rss").or(() -> value(group, "rss")),
                                        Optional.of(total),
                                        number(group.resolve("memory.limit_in_bytes"))
                                                .filter(limit -> limit < UNLIMITED))));
    }

    private static Optional<Long> value(Path group, String key) {
        return Optional.ofNullable(table(group.resolve("memory.stat")).get(key));
    }

    /// Lines of a name and a number; others are passed over.
    private static Map<String, Long> table(Path file) {
        var table = new HashMap<String, Long>();
        for (var line : lines(file)) {
            int blank = line.indexOf(' ');
            if (blank > 0) {
                number(line.substring(blank + 1).strip())
                        .ifPresent(value -> table.put(line.substring(0, blank), value));
            }
        }
        return table;
    }

    private static Optional<Long> number(Path file) {
        return lines(file).stream().findFirst().flatMap(line -> number(line.strip()));
    }

    private static Optional<Long> number(String text) {
        return text.matches("[0-9]{1,19}") ? parsed(text) : Optional.empty();
    }

    private static Optional<Long> parsed(String digits) {
        try {
            return Optional.of(Long.valueOf(digits));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of();
        }
    }
}

package io.ekiden.agent.core;

import io.ekiden.model.Sorted;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BinaryOperator;
import java.util.function.Function;

/// What a task has used, as its runtime measures it. What is not measured is absent, never 0.
///
/// @param sources where the figures are from: `cgroup-v1`, `cgroup-v2`, `proc`, `docker`
/// @param net absent in the machine's own network, which is not the task's
public record Usage(
        Instant at,
        SortedSet<String> sources,
        Optional<Cpu> cpu,
        Optional<Memory> memory,
        Optional<Net> net) {

    /// Since it was started.
    public record Cpu(long userNanos, long systemNanos) {
        public long nanos() {
            return userNanos + systemNanos;
        }

        private Cpu plus(Cpu other) {
            return new Cpu(userNanos + other.userNanos, systemNanos + other.systemNanos);
        }
    }

    /// @param rss in bytes: what only the task's end gives back
    /// @param total with what the kernel keeps of files for it, which counts towards the limit
    /// @param limit absent where none is kept
    public record Memory(Optional<Long> rss, Optional<Long> total, Optional<Long> limit) {
        private Memory plus(Memory other) {
            return new Memory(
                    both(rss, other.rss), both(total, other.total), both(limit, other.limit));
        }

        private static Optional<Long> both(Optional<Long> one, Optional<Long> other) {
            return one.flatMap(a -> other.map(b -> a + b));
        }
    }

    /// Bytes since it was started.
    public record Net(long received, long sent) {
        private Net plus(Net other) {
            return new Net(received + other.received, sent + other.sent);
        }
    }

    public Usage {
        sources = Sorted.copyOf(sources);
    }

    /// Of the containers of a pod together. A figure that one of them lacks the pod lacks too; but
    /// their network is one, which one of them counts.
    ///
    /// @param parts at least one
    public static Usage sum(List<Usage> parts) {
        var sources = new TreeSet<String>();
        parts.forEach(part -> sources.addAll(part.sources()));
        return new Usage(
                parts.stream().map(Usage::at).max(Instant::compareTo).orElseThrow(),
                sources,
                all(parts, Usage::cpu, Cpu::plus),
                all(parts, Usage::memory, Memory::plus),
                parts.stream().flatMap(part -> part.net().stream()).reduce(Net::plus));
    }

    private static <T> Optional<T> all(
            List<Usage> parts, Function<Usage, Optional<T>> figure, BinaryOperator<T> plus) {
        boolean complete = parts.stream().allMatch(part -> figure.apply(part).isPresent());
        return complete
                ? parts.stream().map(part -> figure.apply(part).orElseThrow()).reduce(plus)
                : Optional.empty();
    }

    /// Cpus in use on average between an earlier measurement and this one; empty when they are not
    /// of one run.
    public Optional<Double> cpusSince(Usage earlier) {
        long nanos = Duration.between(earlier.at, at).toNanos();
        return cpu.flatMap(now -> earlier.cpu.map(before -> now.nanos() - before.nanos()))
                .filter(spent -> spent >= 0 && nanos > 0)
                .map(spent -> (double) spent / nanos);
    }
}

package io.ekiden.agent.runtime;

import io.ekiden.model.ResourceLimits;
import io.ekiden.model.Resources;
import java.util.Optional;

/// The limits of a task, the same for every runtime. Unless its definition says otherwise: a hard
/// one of memory, and none of cpu, which is a share of what is there (as Mesos has it). And a bound
/// on processes, and one on what is kept of its output.
public final class Limits {
    /// Upper bound on a task's processes and threads: stops fork bombs.
    public static final int MAX_PIDS = 8192;

    /// From this size on a file of a task's output is rotated: there are at most two of each.
    public static final long MAX_OUTPUT_BYTES = 10L << 20;

    /// Less memory than this does not even start a shell (Mesos' bound).
    private static final long MIN_MEMORY_BYTES = 32L << 20;

    private static final long MIB = 1L << 20;
    private static final long MILLIONTHS = 1_000_000;
    private static final long SHARES_OF_A_CPU = 1024;
    public static final long CPU_PERIOD_MICROS = 100_000;

    /// The kernel takes no less.
    private static final long MIN_QUOTA_MICROS = 1_000;

    private static final long MIN_SHARES = 2;

    private Limits() {}

    /// Empty when there is no limit.
    public static Optional<Long> memoryBytes(Resources resources, Optional<ResourceLimits> limits) {
        return limits.flatMap(ResourceLimits::mem)
                .map(Limits::atMost)
                .orElse(Optional.of(resources.mem()))
                .filter(mem -> mem > 0)
                .map(mem -> Math.max(MIN_MEMORY_BYTES, mem / MILLIONTHS * MIB));
    }

    /// Of each [#CPU_PERIOD_MICROS]; empty when there is no limit.
    public static Optional<Long> cpuQuotaMicros(Optional<ResourceLimits> limits) {
        return limits.flatMap(ResourceLimits::cpus)
                .flatMap(Limits::atMost)
                .map(cpus -> Math.max(MIN_QUOTA_MICROS, cpus * CPU_PERIOD_MICROS / MILLIONTHS));
    }

    private static Optional<Long> atMost(ResourceLimits.Limit limit) {
        return switch (limit) {
            case ResourceLimits.Limit.AtMost(var millionths) -> Optional.of(millionths);
            case ResourceLimits.Limit.Unlimited _ -> Optional.empty();
        };
    }

    /// Relative to the 1024 of a whole cpu.
    public static long cpuShares(Resources resources) {
        return Math.max(MIN_SHARES, thousandthsOfACpu(resources) * SHARES_OF_A_CPU / 1000);
    }

    static long thousandthsOfACpu(Resources resources) {
        return Math.max(1, resources.cpus() * 1000 / MILLIONTHS);
    }
}

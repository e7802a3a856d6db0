package io.ekiden.agent.runtime;

import io.ekiden.model.Resources;
import java.util.Optional;

/// The limits of a task, the same for every runtime: a hard one of memory and none of cpu, which is
/// a share of what is there (as Mesos has it unless told otherwise), and a bound on processes.
public final class Limits {
    /// Upper bound on a task's processes and threads: stops fork bombs.
    public static final int MAX_PIDS = 8192;

    /// Less memory than this does not even start a shell (Mesos' bound).
    private static final long MIN_MEMORY_BYTES = 32L << 20;

    private static final long MIB = 1L << 20;
    private static final long MILLIONTHS = 1_000_000;
    private static final long SHARES_OF_A_CPU = 1024;
    private static final long MIN_SHARES = 2;

    private Limits() {}

    /// Empty when there is no limit.
    public static Optional<Long> memoryBytes(Resources resources) {
        return resources.mem() <= 0
                ? Optional.empty()
                : Optional.of(Math.max(MIN_MEMORY_BYTES, resources.mem() / MILLIONTHS * MIB));
    }

    /// Relative to the 1024 of a whole cpu.
    public static long cpuShares(Resources resources) {
        return Math.max(MIN_SHARES, thousandthsOfACpu(resources) * SHARES_OF_A_CPU / 1000);
    }

    static long thousandthsOfACpu(Resources resources) {
        return Math.max(1, resources.cpus() * 1000 / MILLIONTHS);
    }
}

package io.ekiden.agent.core;

import io.ekiden.log.AgentCommand;
import io.ekiden.model.App;
import io.ekiden.model.Pod;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;

/// How much disk a task's sandbox may take: the `disk` of its definition. Of a pod it is that of
/// all its containers and of its executor, for all that is in the pod's sandbox, as Mesos has it;
/// there is none where no container names any.
public record DiskQuota(long bytes) {
    private static final long MIB = 1L << 20;
    private static final long MILLIONTHS = 1_000_000;

    /// Empty when there is none.
    public static Optional<DiskQuota> of(AgentCommand.Task task) {
        return switch (task.spec()) {
            case App app -> ofMillionths(app.resources().disk());
            case Pod pod ->
                    ofContainers(pod)
                            .map(quota ->
                                    new DiskQuota(
                                            quota.bytes() + bytes(pod.executorResources().disk())));
        };
    }

    private static Optional<DiskQuota> ofContainers(Pod pod) {
        return ofMillionths(
                pod.containers().stream().mapToLong(each -> each.resources().disk()).sum());
    }

    private static Optional<DiskQuota> ofMillionths(long disk) {
        return disk > 0 ? Optional.of(new DiskQuota(bytes(disk))) : Optional.empty();
    }

    private static long bytes(long disk) {
        return disk / MILLIONTHS * MIB + disk % MILLIONTHS * MIB / MILLIONTHS;
    }

    /// Mesos' words; empty when so much is allowed.
    Optional<String> exceededBy(long used) {
        return used > bytes
                ? Optional.of(
                        "Disk usage (%s MB) exceeds quota (%s MB)"
                                .formatted(
                                        megabytes(used, RoundingMode.CEILING),
                                        megabytes(bytes, RoundingMode.FLOOR)))
                : Optional.empty();
    }

    /// So rounded that the figures of an excess differ.
    private static String megabytes(long bytes, RoundingMode rounding) {
        return BigDecimal.valueOf(bytes)
                .divide(BigDecimal.valueOf(MIB), 1, rounding)
                .stripTrailingZeros()
                .toPlainString();
    }
}

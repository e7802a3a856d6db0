package io.ekiden.model;

import java.math.BigDecimal;
import java.math.RoundingMode;

/// An amount of cpus, mem (MiB), disk (MiB) and gpus, each in millionths: fixed-point, so that ten
/// times 0.1 cpus is exactly one.
public record Resources(long cpus, long mem, long disk, long gpus) {
    public static final Resources NONE = new Resources(0, 0, 0, 0);
    private static final int SCALE = 6;

    public static Resources of(double cpus, double mem, double disk, double gpus) {
        return new Resources(millionths(cpus), millionths(mem), millionths(disk), millionths(gpus));
    }

    /// An amount as people write it: 0.1 is 100000.
    public static long millionths(double amount) {
        return BigDecimal.valueOf(amount)
                .setScale(SCALE, RoundingMode.HALF_UP)
                .unscaledValue()
                .longValueExact();
    }

    /// A fixed-point amount as the number that people write: 100000 is 0.1.
    public static double number(long millionths) {
        return BigDecimal.valueOf(millionths, SCALE).doubleValue();
    }

    public Resources plus(Resources other) {
        return new Resources(
                cpus + other.cpus, mem + other.mem, disk + other.disk, gpus + other.gpus);
    }

    public Resources minus(Resources other) {
        return new Resources(
                cpus - other.cpus, mem - other.mem, disk - other.disk, gpus - other.gpus);
    }
}

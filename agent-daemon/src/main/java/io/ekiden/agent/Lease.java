package io.ekiden.agent;

import java.time.Duration;

/// How long an agent may trust its epoch: counted from when it sent the last sign of life that
/// Kafka acknowledged, and judged by two clocks, because the one that never jumps stands still
/// while the machine sleeps. Not thread-safe.
final class Lease {
    private final long nanos;
    private Point renewed;

    /// A moment on both clocks.
    record Point(long monotonicNanos, long wallMillis) {}

    Lease(Duration length) {
        this.nanos = length.toNanos();
        this.renewed = now();
    }

    static Point now() {
        return new Point(System.nanoTime(), System.currentTimeMillis());
    }

    /// @param sent when the acknowledged sign of life was sent
    void renew(Point sent) {
        renewed = sent;
    }

    boolean fresh() {
        return fresh(now());
    }

    boolean fresh(Point now) {
        return now.monotonicNanos() - renewed.monotonicNanos() < nanos
                && (now.wallMillis() - renewed.wallMillis()) * 1_000_000 < nanos;
    }
}

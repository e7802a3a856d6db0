package io.ekiden.planner.stream;

import java.time.Duration;
import java.time.Instant;

/// Clocks that stand until they are told.
final class TestClock implements MachineClock {
    static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

    private Instant wall = NOON;
    private long nanos;

    @Override
    public Instant wall() {
        return wall;
    }

    @Override
    public long nanos() {
        return nanos;
    }

    void pass(Duration time) {
        wall = wall.plus(time);
        nanos += time.toNanos();
    }

    /// Sets the wall clock, as an administrator does.
    void set(Instant time) {
        wall = time;
    }
}

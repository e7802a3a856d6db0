package io.ekiden.planner.stream;

import java.time.Instant;

/// The machine's two clocks: the wall clock, which can be set, and the one that only counts.
interface MachineClock {
    Instant wall();

    /// Nanoseconds since some moment.
    long nanos();

    MachineClock SYSTEM =
            new MachineClock() {
                @Override
                public Instant wall() {
                    return Instant.now();
                }

                @Override
                public long nanos() {
                    return System.nanoTime();
                }
            };
}

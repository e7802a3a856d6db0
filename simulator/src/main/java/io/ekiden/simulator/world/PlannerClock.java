package io.ekiden.simulator.world;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// The planner's time as its shell keeps it: never back, drawn towards the wall clock at most twice
/// or half as fast as time passes.
final class PlannerClock {
    private final Node node;
    private Instant now = Instant.EPOCH;
    private long counted;

    PlannerClock(Node node) {
        this.node = node;
    }

    void resume(Instant last) {
        var wall = wall();
        counted = node.monotonicMicros();
        now = wall.isAfter(last) ? wall : last;
    }

    Instant now() {
        long micros = node.monotonicMicros();
        var passed = Duration.of(micros - counted, ChronoUnit.MICROS);
        counted = micros;
        now = drawnTo(wall(), passed);
        return now.truncatedTo(ChronoUnit.MILLIS);
    }

    private Instant wall() {
        return Instant.ofEpochMilli(node.wallMillis());
    }

    private Instant drawnTo(Instant wall, Duration passed) {
        if (wall.isAfter(now.plus(passed))) {
            var fastest = now.plus(passed.multipliedBy(2));
            return wall.isBefore(fastest) ? wall : fastest;
        }
        var slowest = now.plus(passed.dividedBy(2));
        return wall.isAfter(slowest) ? wall : slowest;
    }
}

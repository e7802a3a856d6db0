package io.ekiden.simulator.world;

import java.time.Duration;
import java.time.Instant;

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
        var wall = Instant.ofEpochMilli(node.wallMillis());
        counted = node.monotonicMillis();
        now = wall.isAfter(last) ? wall : last;
    }

    Instant now() {
        long millis = node.monotonicMillis();
        var passed = Duration.ofMillis(millis - counted);
        counted = millis;
        now = drawnTo(Instant.ofEpochMilli(node.wallMillis()), passed);
        return now;
    }

    private Instant drawnTo(Instant wall, Duration passed) {
        if (wall.isAfter(now.plus(passed))) {
            var fastest = now.plus(passed.multipliedBy(2));
            return wall.isBefore(fastest) ? wall : fastest;
        }
        var slowest = now.plusMillis(passed.toMillis() / 2);
        return wall.isAfter(slowest) ? wall : slowest;
    }
}

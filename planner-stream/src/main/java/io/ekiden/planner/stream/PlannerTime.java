package io.ekiden.planner.stream;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// The time that the planner stamps on its inputs, in milliseconds. It never goes back and follows
/// the monotonic clock; where the wall clock differs it draws near, at most twice as fast as time
/// passes, or half as fast when it is ahead. So a wall clock that is set wrongly lets no deadline
/// come at once.
///
/// Only while nobody plans may it jump: [#resume] takes the wall clock, or the last entry's time if
/// that is later, for how long there was no planner is not known otherwise.
final class PlannerTime {
    private final MachineClock clock;
    private Instant now;
    private long nanos;

    PlannerTime(MachineClock clock) {
        this.clock = clock;
        resume(Instant.EPOCH);
    }

    void resume(Instant last) {
        var wall = clock.wall();
        nanos = clock.nanos();
        now = wall.isAfter(last) ? wall : last;
    }

    Instant now() {
        long counted = clock.nanos();
        var passed = Duration.ofNanos(Math.max(0, counted - nanos));
        nanos = counted;
        now = drawnTo(clock.wall(), passed);
        return now.truncatedTo(ChronoUnit.MILLIS);
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

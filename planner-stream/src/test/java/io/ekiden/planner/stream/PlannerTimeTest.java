package io.ekiden.planner.stream;

import static io.ekiden.planner.stream.TestClock.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class PlannerTimeTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final TestClock clock = new TestClock();
    private final PlannerTime time = new PlannerTime(clock);

    @BeforeEach
    void begin() {
        time.resume(Instant.EPOCH);
    }

    private Instant after(Duration passed) {
        clock.pass(passed);
        return time.now();
    }

    @Test
    void passesAsTheClocksDo() {
        assertThat(after(HOUR)).isEqualTo(NOON.plus(HOUR));
    }

    @Test
    void isInMilliseconds() {
        assertThat(after(Duration.ofNanos(1_999_999))).isEqualTo(NOON.plusMillis(1));
    }

    @Test
    void followsAWallClockThatJumpsAheadAtMostTwiceAsFast() {
        clock.set(NOON.plus(HOUR));
        assertThat(after(Duration.ofMinutes(1))).isEqualTo(NOON.plus(Duration.ofMinutes(2)));
        assertThat(after(HOUR)).isEqualTo(clock.wall());
        assertThat(after(HOUR)).isEqualTo(clock.wall());
    }

    @Test
    void goesHalfAsFastAndNeverBackWhenTheWallClockIsSetBack() {
        clock.set(NOON.minus(HOUR));
        assertThat(after(Duration.ofMinutes(10))).isEqualTo(NOON.plus(Duration.ofMinutes(5)));
        assertThat(after(HOUR.multipliedBy(3))).isEqualTo(clock.wall());
    }

    @Test
    void standsWhileNoTimePasses() {
        clock.set(NOON.plus(HOUR));
        assertThat(time.now()).isEqualTo(NOON);
    }

    @Test
    void aSuccessorGoesOnAfterTheLastEntryOrNow() {
        time.resume(NOON.plus(HOUR));
        assertThat(time.now()).isEqualTo(NOON.plus(HOUR));
        time.resume(NOON.minus(HOUR));
        assertThat(time.now()).isEqualTo(NOON);
    }
}

package io.ekiden.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AmountsTest {
    @Test
    void tenTimesATenthIsOne() {
        var sum = Resources.NONE;
        for (int i = 0; i < 10; i++) {
            sum = sum.plus(Resources.of(0.1, 0.1, 0.1, 0));
        }

        assertThat(sum).isEqualTo(Resources.of(1, 1, 1, 0));
        assertThat(sum.minus(sum)).isEqualTo(Resources.NONE);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1000000",
        "0.001, 1000",
        "0.0000004, 0",
        "0.0000005, 1",
        "1000000000, 1000000000000000"
    })
    void anAmountIsKeptInMillionths(double amount, long millionths) {
        assertThat(Resources.of(amount, 0, 0, 0).cpus()).isEqualTo(millionths);
    }

    @Test
    void aFixedPointAmountPrintsAsItWasWritten() {
        var random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            long amount = random.nextLong(1_000_000_000_000_000L);

            assertThat(Resources.of(Resources.number(amount), 0, 0, 0).cpus()).isEqualTo(amount);
        }
        assertThat(Resources.number(100_000)).isEqualTo(0.1);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-23T12:00:00Z, 2026-11-23T12:00:00.000Z",
        "2026-11-23T12:00:00.5Z, 2026-11-23T12:00:00.500Z",
        "2026-11-23T12:00:00.123456Z, 2026-11-23T12:00:00.123Z",
        "2026-11-23T13:00:00+01:00, 2026-11-23T12:00:00.000Z",
        "2026-11-23T12:00Z, 2026-11-23T12:00:00.000Z",
        "1970-01-01T00:00:00.000Z, 1970-01-01T00:00:00.000Z"
    })
    void anyIsoTimeBecomesMarathonsForm(String raw, String form) {
        var time = Timestamps.parse(raw);

        assertThat(time.map(Timestamps::format)).contains(form);
        assertThat(Timestamps.parse(form)).isEqualTo(time);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "latest", "2026-11-23", "2026-11-23T12:00:00", "1700000000"})
    void whatIsNoTimeIsNone(String raw) {
        assertThat(Timestamps.parse(raw)).isEmpty();
    }

    @Test
    void laterVersionsSortLater() {
        var earlier = Instant.parse("2026-11-23T12:00:00.999Z");

        assertThat(Timestamps.format(earlier)).isLessThan(Timestamps.format(earlier.plusMillis(1)));
    }
}

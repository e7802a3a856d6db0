package io.ekiden.agent.core;

import static io.ekiden.agent.Given.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.agent.core.HealthLedger.Outcome;
import io.ekiden.model.HealthCheck;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HealthLedgerTest {

    /// Probes one second apart from the task's start: `+` healthy, `-` unhealthy, `.` ignored. What
    /// is told of each: `A` alive, `d` not alive, `X` exhausted (and not alive), `.` nothing.
    @ParameterizedTest(name = "{0}: {3} tells {4}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # case                                     | grace | max | probes   | told
                    the first success is told                  |   0   |  3  | +++      | A..
                    the first failure is told                  |   0   |  3  | --       | d.
                    exhausted once, at the last allowed        |   0   |  3  | -----    | d.X..
                    the first allowed failure may be the last  |   0   |  1  | --       | X.
                    a success begins a new row                 |   0   |  3  | --+---   | d.Ad.X
                    zero never exhausts                        |   0   |  0  | ------   | d.....
                    failures within the grace do not count     |   3   |  2  | -----    | ...dX
                    after a success the grace is over          |   9   |  2  | -+--     | .AdX
                    what is ignored changes nothing            |   0   |  2  | -.+.-    | d.A.d
                    """)
    void folds(String name, int graceSeconds, int max, String probes, String told) {
        var ledger = HealthLedger.of(1);
        var seen = new StringBuilder();
        for (int i = 0; i < probes.length(); i++) {
            var now = NOON.plusSeconds(i);
            var entry =
                    ledger.with(0, check(graceSeconds, max), outcome(probes.charAt(i)), now, NOON);
            ledger = entry.ledger();
            seen.append(!entry.tell() ? '.' : entry.exhausted() ? 'X' : ledger.alive() ? 'A' : 'd');
        }
        assertThat(seen).hasToString(told);
    }

    @Test
    void aTaskIsAliveWhenAllItsChecksAre() {
        var check = check(0, 3);
        var one = HealthLedger.of(2).with(0, check, new Outcome.Healthy(), NOON, NOON).ledger();
        assertThat(one.alive()).isFalse();
        var both = one.with(1, check, new Outcome.Healthy(), NOON, NOON).ledger();
        assertThat(both.alive()).isTrue();
        var failed =
                both.with(1, check, new Outcome.Unhealthy("why"), NOON.plusSeconds(1), NOON)
                        .ledger();
        assertThat(failed.alive()).isFalse();
        var last = failed.results().get(1);
        assertThat(last.lastFailureCause()).contains("why");
        assertThat(last.firstSuccess()).isEqualTo(Optional.of(NOON));
        assertThat(last.consecutiveFailures()).isEqualTo(1);
    }

    private static Outcome outcome(char probe) {
        return switch (probe) {
            case '+' -> new Outcome.Healthy();
            case '-' -> new Outcome.Unhealthy("no");
            default -> new Outcome.Ignored();
        };
    }

    private static HealthCheck check(int graceSeconds, int max) {
        return new HealthCheck(
                HealthCheck.Protocol.TCP,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Duration.ofSeconds(graceSeconds),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ZERO,
                max,
                false);
    }
}

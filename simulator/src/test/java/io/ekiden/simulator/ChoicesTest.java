package io.ekiden.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// A run is a function of its choices.
final class ChoicesTest {
    @Test
    void recordedChoicesRepeatTheRun() {
        var first = Simulation.run(7);
        var again = Simulation.run(first.options(), first.choices().replay());
        assertThat(again.traceHash()).isEqualTo(first.traceHash());
        assertThat(again.events()).isEqualTo(first.events());
    }

    @Test
    void withoutAnyChoiceNothingGoesWrong() {
        var calm = Recorded.NONE.replay();
        var outcome = Simulation.run(Options.draw(calm), calm);
        assertThat(outcome.violation()).isEmpty();
        assertThat(outcome.faults()).isEmpty();
        assertThat(outcome.events()).isPositive();
    }

    @Test
    void theTraceIsWhatTheHashIsOf() {
        var lines = new ArrayList<String>();
        var outcome = Simulation.run(3, Cores.real(), Optional.of(lines::add));
        assertThat((long) lines.size()).isEqualTo(outcome.events());
        assertThat(outcome.traceHash()).isEqualTo(Simulation.run(3).traceHash());
    }
}

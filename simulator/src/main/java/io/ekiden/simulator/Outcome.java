package io.ekiden.simulator;

import io.ekiden.model.Sorted;
import java.util.Optional;
import java.util.SortedMap;

/// What a run came to.
///
/// @param seed that the choices were drawn from; 0 for a run from a list of choices
/// @param faults how often each kind happened, by name
/// @param virtualMicros how much time passed in the simulated world
/// @param choices enough to repeat the run
public record Outcome(
        long seed,
        Options options,
        long events,
        long virtualMicros,
        SortedMap<String, Long> faults,
        Optional<Violation> violation,
        String traceHash,
        Recorded choices,
        Coverage coverage) {
    public Outcome {
        faults = Sorted.copyOf(faults);
    }

    Outcome of(long seed, Recorded choices) {
        return new Outcome(
                seed,
                options,
                events,
                virtualMicros,
                faults,
                violation,
                traceHash,
                choices,
                coverage);
    }
}

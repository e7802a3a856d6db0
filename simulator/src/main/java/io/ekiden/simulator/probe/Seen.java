package io.ekiden.simulator.probe;

import java.util.Optional;
import java.util.SortedMap;

/// What a run came to.
///
/// @param options one line for people
/// @param events up to the violation, or all
/// @param choices that the run took, for each label in their order
public record Seen(
        Optional<Broken> broken, String options, long events, SortedMap<String, int[]> choices) {

    /// An invariant that did not hold.
    ///
    /// @param invariant its checker's id
    /// @param trace the last lines
    public record Broken(String invariant, String detail, String trace) {}

    /// Whether this very invariant failed.
    public boolean breaks(String invariant) {
        return broken.filter(b -> b.invariant().equals(invariant)).isPresent();
    }
}

package io.ekiden.simulator.probe;

import java.util.SortedMap;

/// Runs the simulator.
public interface Probe {
    /// The run of this seed.
    Seen run(long seed);

    /// The run of these choices: past the end of a label everything is calm.
    default Seen replay(SortedMap<String, int[]> choices) {
        return replay(choices, Long.MAX_VALUE);
    }

    /// As [#replay(SortedMap)], but given up after so many events, without a violation.
    Seen replay(SortedMap<String, int[]> choices, long mostEvents);
}

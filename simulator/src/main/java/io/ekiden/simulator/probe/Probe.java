package io.ekiden.simulator.probe;

import java.util.SortedMap;

/// Runs the simulator.
public interface Probe {
    /// The run of this seed.
    Seen run(long seed);

    /// The run of these choices: past the end of a label everything is calm.
    Seen replay(SortedMap<String, int[]> choices);
}

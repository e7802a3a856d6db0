package io.ekiden.simulator.probe;

import java.util.SortedMap;

/// Runs the simulator. An exception that leaves the simulated code is a violation too.
public interface Probe {
    /// The id under which an exception is told: nothing in a run may throw.
    String EXCEPTION = "no-exception";

    /// The run of this seed.
    Seen run(long seed);

    /// The run of these choices: past the end of a label everything is calm.
    Seen replay(SortedMap<String, int[]> choices);
}

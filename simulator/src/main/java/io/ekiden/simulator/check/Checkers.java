package io.ekiden.simulator.check;

import java.util.List;

/// All promises that are watched.
public final class Checkers {
    private Checkers() {}

    /// New ones, for one run.
    public static List<Checker> all() {
        return List.of(
                new DecideNeverFails(),
                new NoTaskStartsTwice(),
                new OneEpochDecides(),
                new StartsOnlyWhatIsAssigned(),
                new NoStartAfterTheEnd(),
                new KillsNameADecision());
    }
}

package io.ekiden.gateway.core;

import io.ekiden.log.Change;
import io.ekiden.log.Fact;

/// What a mutating request comes to: a change for the planner, or an answer at once because its
/// form is wrong.
public sealed interface Wanted {

    /// @param success makes the answer when the planner has accepted; see [Outcome] for the others
    record Write(Change change, boolean force, Success success) implements Wanted {}

    record Refused(Answer answer) implements Wanted {}

    /// From the accepted change to what the client is told.
    interface Success {
        Answer answer(Applied applied, Fact.Accepted accepted);
    }
}

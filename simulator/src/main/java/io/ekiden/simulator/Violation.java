package io.ekiden.simulator;

import java.util.List;

/// An invariant did not hold.
///
/// @param invariant its checker's id, such as `1-no-task-starts-twice`
/// @param detail what was seen
/// @param atMicros in virtual time
/// @param lastEvents the last lines of the trace
public record Violation(
        String invariant, String promise, String detail, long atMicros, List<String> lastEvents) {
    public Violation {
        lastEvents = List.copyOf(lastEvents);
    }
}

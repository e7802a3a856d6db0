package io.ekiden.agent.core;

/// What came of measuring a task.
public sealed interface Measurement {

    record Done(Usage usage) implements Measurement {}

    /// @param why for people
    record Missing(String why) implements Measurement {}
}

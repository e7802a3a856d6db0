package io.ekiden.agent.runtime.docker;

/// What came of a request to the engine.
sealed interface Answer<T> {

    record Done<T>(T value) implements Answer<T> {}

    /// The engine did not do it.
    ///
    /// @param status of HTTP
    record Refused<T>(int status, String reason) implements Answer<T> {}

    /// No answer: whether it was done, or will be yet, is not known.
    record Silent<T>(String why) implements Answer<T> {}
}

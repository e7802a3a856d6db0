package io.ekiden.model;

/// What a generic check has found. One that got no answer has no result, but for a connection that
/// could not be made.
public sealed interface CheckResult {

    /// @param statusCode of the answer
    record Http(int statusCode) implements CheckResult {}

    record Tcp(boolean succeeded) implements CheckResult {}

    /// @param exitCode as a shell gives it: 128 + n for signal n
    record Command(int exitCode) implements CheckResult {}
}

package io.ekiden.model;

import java.util.Optional;

/// How much more than it asks for a task may take.
///
/// @param cpus when absent, whatever the machine has to spare
/// @param mem when absent, no more than what was asked for
public record ResourceLimits(Optional<Limit> cpus, Optional<Limit> mem) {
    public sealed interface Limit {
        /// @param millionths of a cpu or a MiB
        record AtMost(long millionths) implements Limit {}

        record Unlimited() implements Limit {}
    }
}

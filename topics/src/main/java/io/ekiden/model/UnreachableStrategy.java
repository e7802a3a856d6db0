package io.ekiden.model;

import java.time.Duration;

/// What becomes of an instance whose agent has fallen silent.
public sealed interface UnreachableStrategy {
    UnreachableStrategy DEFAULT = new Replace(Duration.ZERO, Duration.ZERO);

    /// Replaced after `inactiveAfter`, forgotten (and killed should it return) after
    /// `expungeAfter`.
    record Replace(Duration inactiveAfter, Duration expungeAfter) implements UnreachableStrategy {}

    /// Waited for, however long it takes.
    record Disabled() implements UnreachableStrategy {}
}

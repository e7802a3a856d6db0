package io.ekiden.model;

import java.util.Optional;

/// A rule about the agents on which a run spec's instances may be (Marathon's constraints).
///
/// @param field `hostname` (`@hostname`), `@region`, `@zone`, or the name of an agent's attribute
/// @param value what the operator needs: see [Operator]
public record Constraint(String field, Operator operator, Optional<String> value) {

    /// Marathon's operators.
    public enum Operator {
        /// No two instances have the same value of the field.
        UNIQUE,
        /// All instances have this value of the field; without one, that of the first.
        CLUSTER,
        /// The field matches this regular expression as a whole.
        LIKE,
        /// The field does not match this regular expression, or is not there.
        UNLIKE,
        /// At most so many instances have the same value of the field.
        MAX_PER,
        /// Instances are spread evenly over the values of the field: over so many, or over those
        /// that there are.
        GROUP_BY,
        /// The field is this text or number.
        IS
    }
}

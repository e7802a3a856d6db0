package io.ekiden.json;

import io.ekiden.log.Problem;
import java.util.List;

/// What became of a reading: the value, or everything that is wrong.
public sealed interface Parsed<T> {
    record Ok<T>(T value) implements Parsed<T> {}

    /// @param problems at least one
    record Invalid<T>(List<Problem> problems) implements Parsed<T> {
        public Invalid {
            problems = List.copyOf(problems);
        }
    }

    /// The value, unless there are problems.
    static <T> Parsed<T> of(T value, List<Problem> problems) {
        return problems.isEmpty() ? new Ok<>(value) : new Invalid<>(problems);
    }
}

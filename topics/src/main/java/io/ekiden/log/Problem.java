package io.ekiden.log;

import java.util.List;

/// What is wrong with one place of a definition.
///
/// @param path such as `/healthChecks(0)/portIndex`; `/` is the whole
/// @param ofForm a breach of the JSON schema (`Invalid JSON`), not of a rule (`Object is not
///   valid`)
public record Problem(String path, List<String> errors, boolean ofForm) {
    public Problem {
        errors = List.copyOf(errors);
    }

    /// The same, seen from outside: `place` is where the object stands that this is about.
    public Problem in(String place) {
        var at = path.equals("/") && !place.isEmpty() ? place : place + path;
        return new Problem(at, errors, ofForm);
    }

    public static Problem form(String path, String error) {
        return new Problem(path, List.of(error), true);
    }

    public static Problem rule(String path, String error) {
        return new Problem(path, List.of(error), false);
    }
}

package io.ekiden.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/// Environment variables: a map whose values are texts.
final class EnvironmentJson {
    private EnvironmentJson() {}

    /// @param allowed which names there may be, beside those that no environment can hold
    static SortedMap<String, String> read(Fields spec, String field, Predicate<String> allowed) {
        var env = new TreeMap<String, String>();
        var given = spec.entries(field);
        if (given.isEmpty()) {
            return env;
        }
        var variables = given.get();
        for (var name : variables.names()) {
            if (name.isEmpty()) {
                spec.rule(field, "must not be empty");
            } else if (name.indexOf('=') >= 0 || name.indexOf('\0') >= 0 || !allowed.test(name)) {
                spec.form(field, "error.pattern");
            } else if (variables.given(name).filter(JsonNode::isObject).isPresent()) {
                variables.rule(name, UnsupportedFields.NOT_SUPPORTED);
            } else {
                variables.entry(name).ifPresent(value -> env.put(name, value));
            }
        }
        return env;
    }
}

package io.ekiden.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.log.Problem;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// JSON in tests: with single quotes, so that it reads well.
final class Json {
    private Json() {}

    static ObjectNode object(String text) {
        return (ObjectNode) tree(text);
    }

    static JsonNode tree(String text) {
        var parsed = JsonText.parse(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        if (parsed instanceof JsonText.Tree(var json)) {
            return json;
        }
        throw new IllegalArgumentException(parsed + ": " + text);
    }

    static <T> T value(Parsed<T> parsed) {
        return switch (parsed) {
            case Parsed.Ok<T>(var value) -> value;
            case Parsed.Invalid<T>(var problems) -> throw new AssertionError(problems.toString());
        };
    }

    static List<Problem> problems(Parsed<?> parsed) {
        return switch (parsed) {
            case Parsed.Ok<?> _ -> List.of();
            case Parsed.Invalid<?>(var problems) -> problems;
        };
    }

    /// Each problem as `path error`, with `!` before those of the rules.
    static List<String> lines(List<Problem> problems) {
        return problems.stream()
                .map(p -> (p.ofForm() ? "" : "!") + p.path() + " " + String.join(", ", p.errors()))
                .toList();
    }
}

package io.ekiden.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

/// Numbers as Marathon prints them: 128 and 0.1, never 128.0.
final class Numbers {
    private Numbers() {}

    static JsonNode of(double number) {
        var whole = (long) number;
        return whole == number
                ? JsonNodeFactory.instance.numberNode(whole)
                : JsonNodeFactory.instance.numberNode(number);
    }
}

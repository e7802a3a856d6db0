package io.ekiden.gateway.core;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.log.Precondition;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// What is answered to a request: a value, so that every status and body is testable without HTTP.
public record Answer(int status, SortedMap<String, String> headers, Body body) {
    /// What a body can be.
    public sealed interface Body {
        record Json(JsonNode json) implements Body {}

        record Text(String contentType, String text) implements Body {}

        record None() implements Body {}
    }

    public Answer {
        headers = Collections.unmodifiableSortedMap(new TreeMap<>(headers));
    }

    public static Answer json(int status, JsonNode json) {
        return new Answer(status, new TreeMap<>(), new Body.Json(json));
    }

    public static Answer ok(JsonNode json) {
        return json(200, json);
    }

    public static Answer text(int status, String contentType, String text) {
        return new Answer(status, new TreeMap<>(), new Body.Text(contentType, text));
    }

    public static Answer empty(int status) {
        return new Answer(status, new TreeMap<>(), new Body.None());
    }

    /// `{"message": …}`: the least that Marathon says about a failure.
    public static Answer message(int status, String message) {
        return json(status, object().put("message", message));
    }

    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /// Names the version of what is shown, for [Preconditions].
    Answer tagged(Instant version) {
        return with("ETag", '"' + Precondition.tag(version) + '"');
    }

    public Answer with(String header, String value) {
        Map<String, String> more = new TreeMap<>(headers);
        more.put(header, value);
        return new Answer(status, new TreeMap<>(more), body);
    }
}

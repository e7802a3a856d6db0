package io.ekiden.gateway.core;

import com.fasterxml.jackson.databind.JsonNode;
import io.ekiden.gateway.core.access.Caller;
import io.ekiden.model.PathId;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// An HTTP request as far as the API is concerned: matched, decoded, its body parsed.
///
/// @param uri path and query as they were sent
/// @param path the variable parts of the route by their names
/// @param query parameters by their names, each with all its values in order
/// @param accept the `Accept` header; `*/*` when there was none
/// @param body absent on routes that take none
/// @param now when the request came
/// @param caller who sent it; lists show what he may see
public record ApiRequest(
        String uri,
        Map<String, String> path,
        Map<String, List<String>> query,
        String accept,
        Optional<JsonNode> body,
        Instant now,
        Caller caller) {

    public ApiRequest {
        path = Map.copyOf(path);
        query = Map.copyOf(query);
    }

    /// Of somebody from whom nothing is hidden.
    public ApiRequest(
            String uri,
            Map<String, String> path,
            Map<String, List<String>> query,
            String accept,
            Optional<JsonNode> body,
            Instant now) {
        this(uri, path, query, accept, body, now, Caller.ANYBODY);
    }

    public ApiRequest withBody(JsonNode json) {
        return new ApiRequest(uri, path, query, accept, Optional.of(json), now, caller);
    }

    /// Whether an app, pod or group may be shown to the caller.
    boolean sees(PathId id) {
        return caller.sees(id);
    }

    /// The app or group that the path names, normalised; the root when it names none.
    public PathId id() {
        return PathId.of(path.getOrDefault("id", "/"));
    }

    public String part(String name) {
        return path.getOrDefault(name, "");
    }

    public List<String> all(String parameter) {
        return query.getOrDefault(parameter, List.of());
    }

    public Optional<String> first(String parameter) {
        return all(parameter).stream().findFirst();
    }

    /// `true` in any case is true, every other value is false: clients send `True`.
    public boolean flag(String parameter, boolean otherwise) {
        return first(parameter)
                .map(value -> value.toLowerCase(Locale.ROOT).equals("true"))
                .orElse(otherwise);
    }
}

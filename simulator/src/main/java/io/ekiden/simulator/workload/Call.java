package io.ekiden.simulator.workload;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ekiden.gateway.core.ApiRequest;
import io.ekiden.gateway.core.Wanted;
import io.ekiden.model.PathId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/// One call of the API.
///
/// @param text for the trace
/// @param route the gateway's own handler
public record Call(String text, ApiRequest request, Function<ApiRequest, Wanted> route) {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /// A call about one app.
    static Call of(
            String verb,
            PathId id,
            Map<String, String> query,
            Optional<JsonNode> body,
            Function<ApiRequest, Wanted> route) {
        return of(verb, Map.of("id", id.value()), query, body, route);
    }

    static Call of(
            String verb,
            Map<String, String> path,
            Map<String, String> query,
            Optional<JsonNode> body,
            Function<ApiRequest, Wanted> route) {
        var parameters = new TreeMap<String, List<String>>();
        query.forEach((name, value) -> parameters.put(name, List.of(value)));
        var text =
                verb
                        + new TreeMap<>(path).values()
                        + new TreeMap<>(query)
                        + body.map(JsonNode::toString).orElse("");
        return new Call(
                text,
                new ApiRequest(
                        text, path, parameters, "*/*", body.map(Call::asRead), Instant.EPOCH),
                route);
    }

    /// As it is after its way through a request: numbers have the type that fits them.
    private static JsonNode asRead(JsonNode body) {
        try {
            return MAPPER.readTree(body.toString());
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no JSON: " + body, e);
        }
    }
}

package io.ekiden.gateway.core;

import com.fasterxml.jackson.databind.JsonNode;
import io.ekiden.gateway.Given;
import io.ekiden.gateway.Http;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Requests and answers without HTTP.
final class Ask {
    private Ask() {}

    static ApiRequest of(String id, String... query) {
        return of(Map.of("id", id), "*/*", query);
    }

    static ApiRequest of(Map<String, String> path, String accept, String... query) {
        var parameters =
                Arrays.stream(query)
                        .map(pair -> pair.split("=", 2))
                        .collect(
                                Collectors.groupingBy(
                                        pair -> pair[0],
                                        HashMap::new,
                                        Collectors.mapping(pair -> pair[1], Collectors.toList())));
        return new ApiRequest(
                "/v2/apps", path, parameters, accept, Optional.empty(), Given.NOON.plusSeconds(60));
    }

    static ApiRequest with(String id, String body, String... query) {
        return of(id, query).withBody(Http.parse(body));
    }

    static JsonNode json(Answer answer) {
        return ((Answer.Body.Json) answer.body()).json();
    }

    static List<String> texts(JsonNode array) {
        return array.valueStream().map(JsonNode::asText).toList();
    }

    static List<String> fields(JsonNode object) {
        return object.propertyStream().map(Map.Entry::getKey).sorted().toList();
    }
}

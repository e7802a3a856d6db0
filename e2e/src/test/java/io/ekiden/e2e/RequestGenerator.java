package io.ekiden.e2e;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// Makes requests at random, the same ones from the same seed: of the operations that an OpenAPI
/// document has, with definitions that are sound, and with what comes of them when a value, a field
/// or a character is another.
final class RequestGenerator {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final List<String> IDS =
            List.of(
                    "a",
                    "b",
                    "g",
                    "g/a",
                    "g/b",
                    "g/h/a",
                    "p",
                    "g/p",
                    "other/x",
                    "A_B",
                    "..",
                    "g/../a",
                    "%2e%2e",
                    "a%20b",
                    "g//a",
                    "%00",
                    "%C3%BC",
                    "x".repeat(300),
                    "restart",
                    "*",
                    "g/*");
    private static final List<String> NAMES =
            List.of("a", "b", "g", "h", "x", "a.b", "../a", "/g/a", "A", "-", "", "versions");
    private static final List<String> QUERY_VALUES =
            List.of(
                    "true",
                    "false",
                    "True",
                    "",
                    "-1",
                    "1",
                    "99999999999999999999",
                    "*",
                    "a in (b",
                    "a==b",
                    "2026-11-26T00:00:00Z",
                    "apps.tasks",
                    "..",
                    "\u0000",
                    "\ud83d\ude00");
    private static final List<String> VALUES =
            List.of(
                    "null",
                    "true",
                    "-1",
                    "0",
                    "1",
                    "2",
                    "0.5",
                    "2147483648",
                    "1e308",
                    "-0.0",
                    "\"\"",
                    "\"a\"",
                    "\"/g/a\"",
                    "\"*\"",
                    "\"\\u0000\"",
                    "\"<b>\"",
                    "[]",
                    "{}",
                    "[[]]",
                    "[null]",
                    "{\"a\":null}",
                    "[\"a\",\"b\"]",
                    "{\"id\":\"a\"}",
                    "\"2026-11-26T00:00:00.000Z\"",
                    "\"MESOS\"",
                    "\"HTTP\"");

    /// Fields of apps, any of which an app may have.
    private static final List<String> APP_FIELDS =
            List.of(
                    "\"env\":{\"A\":\"b\"}",
                    "\"labels\":{\"l\":\"m\",\"HAPROXY_0_VHOST\":\"a.example\"}",
                    "\"constraints\":[[\"hostname\",\"UNIQUE\"],[\"rack\",\"LIKE\",\"r.*\"]]",
                    "\"healthChecks\":[{\"protocol\":\"HTTP\",\"path\":\"/\",\"portIndex\":0}]",
                    "\"readinessChecks\":[{\"portName\":\"default\",\"path\":\"/\"}]",
                    "\"upgradeStrategy\":{\"minimumHealthCapacity\":0.5,\"maximumOverCapacity\":0.2}",
                    "\"portDefinitions\":[{\"port\":0,\"name\":\"default\",\"protocol\":\"tcp\"}]",
                    "\"ports\":[0,0]",
                    "\"dependencies\":[\"/g/a\"]",
                    "\"unreachableStrategy\":{\"inactiveAfterSeconds\":1,\"expungeAfterSeconds\":2}",
                    "\"killSelection\":\"OLDEST_FIRST\"",
                    "\"backoffSeconds\":2",
                    "\"container\":{\"type\":\"DOCKER\",\"docker\":{\"image\":\"a:b\"},\"portMappings\":[{\"containerPort\":80}]},\"networks\":[{\"mode\":\"container/bridge\"}]",
                    "\"container\":{\"type\":\"MESOS\",\"volumes\":[{\"containerPath\":\"d\",\"mode\":\"RW\",\"persistent\":{\"size\":1}}]}",
                    "\"acceptedResourceRoles\":[\"*\"]",
                    "\"role\":\"g\"",
                    "\"taskKillGracePeriodSeconds\":1");

    /// What would not end, or acts on what is outside of this test.
    private static final List<String> LEFT_OUT =
            List.of("GET /v2/events", "POST /v2/eventSubscriptions", "POST /logging");

    private record Operation(String method, String path, boolean hasBody) {}

    /// @param target path and query, as they are sent
    record Request(String method, String target, Optional<String> body) {
        boolean changes() {
            return !method.equals("GET");
        }
    }

    private final Random random;
    private final List<Operation> operations = new ArrayList<>();
    private final List<String> parameters = new ArrayList<>();

    RequestGenerator(JsonNode openApi, long seed) {
        random = new Random(seed);
        openApi.path("paths")
                .properties()
                .forEach(path ->
                        path.getValue()
                                .properties()
                                .forEach(one -> {
                                    var method = one.getKey().toUpperCase(java.util.Locale.ROOT);
                                    boolean body = one.getValue().has("requestBody");
                                    if (!LEFT_OUT.contains(method + " " + path.getKey())) {
                                        operations.add(new Operation(method, path.getKey(), body));
                                    }
                                }));
        openApi.path("components")
                .path("parameters")
                .valueStream()
                .filter(parameter -> parameter.path("in").asText().equals("query"))
                .forEach(parameter -> parameters.add(parameter.path("name").asText()));
    }

    Request next() {
        var operation = pick(operations);
        var target = new StringBuilder(path(operation.path()));
        for (int i = random.nextInt(3); i > 0; i--) {
            target.append(target.indexOf("?") < 0 ? '?' : '&')
                    .append(pick(parameters))
                    .append('=')
                    .append(URLEncoder.encode(pick(QUERY_VALUES), StandardCharsets.UTF_8));
        }
        return new Request(
                operation.method(),
                target.toString(),
                operation.hasBody() ? Optional.of(body(operation)) : Optional.empty());
    }

    private <T> T pick(List<T> some) {
        return some.get(random.nextInt(some.size()));
    }

    private boolean oneOf(int n) {
        return random.nextInt(n) == 0;
    }

    private String path(String template) {
        return template.replace("{id}", pick(IDS))
                .replace("{version}", "2026-11-26T00:00:00.000Z")
                .replace("{agent}", oneOf(2) ? "agent-1" : "none")
                .replaceAll("\\{[a-z]+}", oneOf(2) ? "none" : "g_a.instance-0._app.1");
    }

    private String body(Operation operation) {
        var sound = sound(operation.path(), operation.method());
        var tree = parse(sound);
        for (int i = random.nextInt(4); i > 0; i--) {
            mutate(tree);
        }
        var text = tree.toString();
        return oneOf(12) ? broken(text) : text;
    }

    private static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private String sound(String path, String method) {
        if (path.startsWith("/v2/apps")) {
            return path.equals("/v2/apps") && !method.equals("POST")
                    ? "[%s,%s]".formatted(app(), app())
                    : app();
        }
        if (path.endsWith("::instances")) {
            return "[\"p.instance-0\"]";
        }
        if (path.startsWith("/v2/pods")) {
            return pod();
        }
        return path.startsWith("/v2/groups") ? group(2) : "{\"ids\":[\"g_a.instance-0._app.1\"]}";
    }

    private String app() {
        var app =
                new StringBuilder(
                        "{\"id\":\"%s\",\"cmd\":\"sleep 1000\",\"cpus\":0.01,\"mem\":1"
                                .formatted(pick(NAMES)));
        app.append(",\"instances\":").append(oneOf(8) ? 1 : 0);
        for (int i = random.nextInt(3); i > 0; i--) {
            app.append(',').append(pick(APP_FIELDS));
        }
        return app.append('}').toString();
    }

    private String pod() {
        return "{\"id\":\"/%s\",\"scaling\":{\"kind\":\"fixed\",\"instances\":0},\"containers\":[{\"name\":\"c\",\"exec\":{\"command\":{\"shell\":\"sleep 1000\"}},\"resources\":{\"cpus\":0.01,\"mem\":1},\"endpoints\":[{\"name\":\"e\",\"hostPort\":0}]}]}"
                .formatted(pick(NAMES));
    }

    private String group(int depth) {
        var groups = depth > 0 && oneOf(2) ? ",\"groups\":[%s]".formatted(group(depth - 1)) : "";
        var content =
                switch (random.nextInt(6)) {
                    case 0 -> "\"scaleBy\":1";
                    case 1 -> "\"enforceRole\":%s".formatted(oneOf(2));
                    case 2 -> "\"dependencies\":[\"/g/a\"]" + groups;
                    default -> "\"apps\":[%s]".formatted(app()) + groups;
                };
        return "{\"id\":\"%s\",%s}".formatted(pick(NAMES), content);
    }

    /// Another value, no value or one more, somewhere in the tree.
    private void mutate(JsonNode tree) {
        var places = new ArrayList<JsonNode>();
        collect(tree, places);
        if (places.isEmpty()) {
            return;
        }
        switch (pick(places)) {
            case ObjectNode object -> {
                var names = new ArrayList<String>();
                object.fieldNames().forEachRemaining(names::add);
                var name = pick(names);
                switch (random.nextInt(4)) {
                    case 0 -> object.remove(name);
                    case 1 -> object.set(pick(NAMES) + "x", parse(pick(VALUES)));
                    default -> object.set(name, parse(pick(VALUES)));
                }
            }
            case ArrayNode array -> array.set(random.nextInt(array.size()), parse(pick(VALUES)));
            default -> throw new IllegalStateException();
        }
    }

    private static void collect(JsonNode node, List<JsonNode> places) {
        if (node.isContainerNode() && !node.isEmpty()) {
            places.add(node);
            node.forEach(child -> collect(child, places));
        }
    }

    private String broken(String text) {
        int at = random.nextInt(text.length());
        return switch (random.nextInt(5)) {
            case 0 -> text.substring(0, at);
            case 1 ->
                    text.substring(0, at)
                            + (char) (32 + random.nextInt(95))
                            + text.substring(at + 1);
            case 2 -> text + pick(VALUES);
            case 3 -> "[".repeat(1 + random.nextInt(100)) + text;
            default -> text.substring(0, at) + "\u0007" + text.substring(at);
        };
    }
}

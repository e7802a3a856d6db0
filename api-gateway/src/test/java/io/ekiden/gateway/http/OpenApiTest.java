package io.ekiden.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ekiden.gateway.Given;
import io.ekiden.gateway.core.Answer;
import io.ekiden.gateway.core.ApiRequest;
import io.ekiden.gateway.core.AppViews;
import io.ekiden.gateway.core.ClusterViews;
import io.ekiden.gateway.core.GroupViews;
import io.ekiden.gateway.core.ServiceViews;
import io.ekiden.gateway.core.TaskViews;
import io.ekiden.gateway.core.access.Needs;
import io.ekiden.model.App;
import io.ekiden.model.CheckResult;
import io.ekiden.model.Condition;
import io.ekiden.model.Deployment;
import io.ekiden.model.TaskFailure;
import io.ekiden.state.ClusterImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The document of the API has what the router has, and its schemas what is answered.
class OpenApiTest {
    private static final JsonNode DOCUMENT = OpenApi.document("1.2.3");
    private static final Pattern VARIABLE = Pattern.compile("\\{([a-z]+)}");

    private record Operation(String method, String path, JsonNode json) {
        Stream<JsonNode> parameters(String in) {
            return json.path("parameters")
                    .valueStream()
                    .map(OpenApiTest::resolved)
                    .filter(parameter -> parameter.path("in").asText().equals(in));
        }

        Set<String> names(String in) {
            var names = new TreeSet<String>();
            parameters(in).forEach(parameter -> names.add(parameter.path("name").asText()));
            return names;
        }
    }

    private static JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? DOCUMENT.at(node.path("$ref").asText().substring(1)) : node;
    }

    private static Map<String, Operation> operations() {
        var operations = new TreeMap<String, Operation>();
        DOCUMENT.path("paths")
                .properties()
                .forEach(path ->
                        path.getValue()
                                .properties()
                                .forEach(one -> {
                                    var method = one.getKey().toUpperCase(Locale.ROOT);
                                    operations.put(
                                            method + " " + path.getKey(),
                                            new Operation(method, path.getKey(), one.getValue()));
                                }));
        return operations;
    }

    private static Map<String, Route> routes() {
        var routes = new TreeMap<String, Route>();
        EveryRoute.routes()
                .all()
                .forEach(route ->
                        routes.put(
                                route.method() + " " + route.path().text().replace("...}", "}"),
                                route));
        return routes;
    }

    @Test
    void itHasTheRoutersRoutesAndNoOthers() {
        assertThat(operations().keySet()).isEqualTo(routes().keySet());
    }

    @Test
    void eachOperationSaysWhatItsRouteAsksFor() {
        var routes = routes();
        operations()
                .forEach((line, operation) -> {
                    var route = routes.get(line);
                    var json = operation.json();
                    var variables = new TreeSet<String>();
                    VARIABLE.matcher(operation.path())
                            .results()
                            .forEach(v -> variables.add(v.group(1)));
                    boolean isPublic = route.needs() instanceof Needs.Nothing;
                    var statuses = new TreeSet<String>();
                    json.path("responses").fieldNames().forEachRemaining(statuses::add);

                    assertThat(operation.names("path")).as(line).isEqualTo(variables);
                    assertThat(json.has("requestBody")).as(line).isEqualTo(route.takesJson());
                    assertThat(json.path("security").isArray()).as(line).isEqualTo(isPublic);
                    assertThat(statuses.contains("401")).as(line).isEqualTo(!isPublic);
                    assertThat(statuses.containsAll(Set.of("415", "422")))
                            .as(line)
                            .isEqualTo(route.takesJson());
                    assertThat(json.path("summary").asText()).as(line).isNotEmpty();
                    assertThat(operation.names("header").contains("Idempotency-Key"))
                            .as(line)
                            .isEqualTo(route.action() instanceof Route.Action.Write);
                    boolean conditional =
                            route.mutates()
                                    && operation
                                            .path()
                                            .matches("/v2/(apps|pods|groups|queue)\\b.*");
                    assertThat(operation.names("header").contains("If-Match"))
                            .as(line)
                            .isEqualTo(conditional);
                    assertThat(statuses.contains("412")).as(line).isEqualTo(conditional);
                    boolean fresh = route.action() instanceof Route.Action.Read;
                    assertThat(operation.names("query").contains("stale"))
                            .as(line)
                            .isEqualTo(fresh);
                });
        assertThat(operations().values().stream().map(o -> o.json().path("operationId").asText()))
                .doesNotHaveDuplicates()
                .doesNotContain("");
    }

    @Test
    void everyQueryParameterThatIsReadIsThereAndNoOther() throws IOException {
        var read = new TreeSet<String>();
        var reading = Pattern.compile("\\b(?:first|all|flag|number)\\((?:request, )?\"([^\"]+)\"");
        try (var files = Files.walk(Path.of("src/main/java"))) {
            for (var file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                reading.matcher(Files.readString(file))
                        .results()
                        .forEach(r -> read.add(r.group(1)));
            }
        }
        // In TaskViews, in a list.
        read.add("status");
        var told = new TreeSet<String>();
        operations().values().stream()
                // What they take is their agents' to say.
                .filter(operation -> !operation.path().startsWith("/v2/tasks/{task}/"))
                .forEach(operation -> told.addAll(operation.names("query")));

        assertThat(told).isEqualTo(read);
    }

    @Test
    void everyReferenceLeadsSomewhereAndNothingIsLeftOver() {
        var referred = new TreeSet<String>();
        DOCUMENT.findValuesAsText("$ref").forEach(referred::add);

        assertThat(referred).allMatch(to -> !DOCUMENT.at(to.substring(1)).isMissingNode());
        for (var kind : List.of("parameters", "responses", "schemas")) {
            DOCUMENT.path("components")
                    .path(kind)
                    .fieldNames()
                    .forEachRemaining(name ->
                            assertThat(referred).contains("#/components/" + kind + "/" + name));
        }
    }

    @Test
    void whatIsAnsweredIsInTheSchemas() {
        var web = Given.app("/shop/web");
        var image = image(web);

        assertFits(json(AppViews.one(asked("/shop/web"), image)).path("app"), "App");
        assertFits(json(TaskViews.all(asked("/"), image)).path("tasks").get(0), "Task");
        assertFits(json(ClusterViews.deployments(asked("/"), image)).get(0), "Deployment");
        assertFits(json(ClusterViews.queue(asked("/"), image)).path("queue").get(0), "QueueItem");
        assertFits(json(ClusterViews.agents(asked("/"), image)).path("agents").get(0), "Agent");
        assertFits(json(ServiceViews.page(asked("/"), image)).path("services").get(0), "Service");
        assertFits(json(GroupViews.one(asked("/"), image)), "Group");
        assertFits(json(AppViews.one(asked("/none"), image)), "Error");
    }

    private static ClusterImage image(App web) {
        return Given.image(
                Given.cluster(),
                web,
                Given.agent("a1"),
                Given.running(web, 1)
                        .withHealth(Optional.of(true), List.of(Given.health(true)))
                        .withCheck("_app", Optional.of(new CheckResult.Command(0))),
                Given.instance(web, 2, Condition.SCHEDULED),
                Given.deployment(web.id(), Deployment.Kind.SCALE),
                new TaskFailure(
                        web.id(),
                        Given.running(web, 1).taskId(),
                        "TASK_FAILED",
                        "exit 1",
                        Optional.of("10.0.0.1"),
                        Optional.of("a1"),
                        Given.NOON,
                        Given.NOON));
    }

    private static ApiRequest asked(String id) {
        return new ApiRequest(
                "/",
                Map.of("id", id),
                Map.of("embed", List.of("apps.tasks", "apps.readiness", "apps.taskStats")),
                "*/*",
                Optional.empty(),
                Given.NOON);
    }

    private static JsonNode json(Answer answer) {
        return ((Answer.Body.Json) answer.body()).json();
    }

    private static void assertFits(JsonNode answered, String schema) {
        var properties =
                DOCUMENT.path("components").path("schemas").path(schema).path("properties");

        assertThat(answered.isObject()).as(schema).isTrue();
        answered.properties()
                .forEach(field ->
                        assertThat(fits(field.getValue(), properties.path(field.getKey())))
                                .as(schema + "." + field.getKey())
                                .isTrue());
    }

    private static boolean fits(JsonNode value, JsonNode property) {
        var type = resolved(property).path("type").asText();
        return switch (type) {
            case "string" -> value.isTextual();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            case "array" -> value.isArray();
            case "object" -> value.isObject();
            default -> resolved(property).has("oneOf");
        };
    }
}

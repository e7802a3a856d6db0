package io.ekiden.e2e.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// `/v2/events`: table a.8, and the fields of each event in part d.
final class EventsContractIT extends ContractTest {
    private static final String[] STREAM = {"Accept", "text/event-stream"};

    private final List<Listener> listeners = new ArrayList<>();

    @AfterEach
    void close() {
        listeners.forEach(Listener::close);
    }

    /// Who listens to the events of a query.
    private final class Listener implements AutoCloseable {
        private final List<String> lines = new CopyOnWriteArrayList<>();
        private final HttpResponse<Stream<String>> response;

        Listener(String query, String... headers) {
            var all = new ArrayList<>(List.of(STREAM));
            all.addAll(List.of(headers));
            response = api.stream("/v2/events" + query, all.toArray(String[]::new));
            listeners.add(this);
            Thread.ofVirtual()
                    .start(() -> {
                        try {
                            response.body().forEach(lines::add);
                        } catch (UncheckedIOException | IllegalStateException _) {
                            // Closed by us.
                        }
                    });
        }

        List<String> fields(String name) {
            return lines.stream()
                    .filter(line -> line.startsWith(name + ": "))
                    .map(line -> line.substring(name.length() + 2))
                    .toList();
        }

        List<JsonNode> events() {
            return fields("data").stream().map(Api::parse).toList();
        }

        Stream<JsonNode> events(String type, Predicate<JsonNode> which) {
            return events().stream()
                    .filter(event -> event.path("eventType").asText().equals(type))
                    .filter(which);
        }

        JsonNode awaitEvent(String type, Predicate<JsonNode> which) {
            await(type).atMost(PATIENCE).until(() -> events(type, which).findFirst().isPresent());
            return events(type, which).findFirst().orElseThrow();
        }

        @Override
        public void close() {
            response.body().close();
        }
    }

    private static Predicate<JsonNode> of(String field, String value) {
        return event -> event.path(field).asText().equals(value);
    }

    private static void assertFields(JsonNode event, String... fields) {
        assertThat(event.path("timestamp").asText()).endsWith("Z");
        for (var field : fields) {
            assertThat(event.has(field))
                    .as(event.path("eventType").asText() + "." + field)
                    .isTrue();
        }
    }

    @Test
    @DisplayName("a stream is asked for by its media type alone")
    void mediaType() {
        assertThat(api.get("/v2/events").status()).isEqualTo(405);
        assertThat(api.send("OPTIONS", "/v2/events", "").header("Allow"))
                .isEqualTo("GET, HEAD, OPTIONS");
        var listener = new Listener("");
        assertThat(listener.response.statusCode()).isEqualTo(200);
        assertThat(listener.response.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/event-stream"));
    }

    @Test
    @DisplayName("who comes and who goes is told, to himself too")
    void attached() {
        var listener = new Listener("");
        var other = new Listener("");

        assertFields(listener.awaitEvent("event_stream_attached", _ -> true), "remoteAddress");
        other.close();
        assertFields(listener.awaitEvent("event_stream_detached", _ -> true), "remoteAddress");
    }

    @Test
    @DisplayName("event_type filters and may be repeated")
    void filter() {
        var listener = new Listener("?event_type=deployment_success&event_type=api_post_event");
        app();

        listener.awaitEvent("deployment_success", _ -> true);

        assertThat(listener.fields("event"))
                .isNotEmpty()
                .allMatch(List.of("deployment_success", "api_post_event")::contains);
    }

    @Test
    @DisplayName("an event is an id, its type, and its JSON on one line; ids grow")
    void frames() {
        var listener = new Listener("?event_type=deployment_success");
        app();
        app();
        await().atMost(PATIENCE).until(() -> listener.events().size() >= 2);

        assertThat(listener.fields("event")).allMatch("deployment_success"::equals);
        assertThat(listener.fields("id")).doesNotHaveDuplicates();
        assertThat(listener.events()).allSatisfy(event -> assertFields(event, "eventType"));
    }

    @Test
    @DisplayName("Last-Event-ID resumes without a gap")
    void resume() {
        var first = new Listener("?event_type=api_post_event");
        app();
        await().atMost(PATIENCE).until(() -> first.fields("id").size() == 1);
        first.close();
        var missed = app();

        var second =
                new Listener(
                        "?event_type=api_post_event",
                        "Last-Event-ID",
                        first.fields("id").getFirst());

        await().atMost(PATIENCE).until(() -> !second.events().isEmpty());
        assertThat(second.events().getFirst().at("/appDefinition/id").asText()).isEqualTo(missed);
    }

    @Test
    @DisplayName("creating an app tells of the request, the group and the deployment")
    void create() {
        var listener = new Listener("");
        var id = fresh();
        var deployment = api.post("/v2/apps", NONE, id).header("Marathon-Deployment-Id");

        var posted =
                listener.awaitEvent(
                        "api_post_event", e -> e.at("/appDefinition/id").asText().equals(id));
        assertFields(posted, "clientIp", "uri", "appDefinition");
        assertThat(posted.path("uri").asText()).isEqualTo("/v2/apps");
        assertFields(listener.awaitEvent("group_change_success", of("groupId", "/")), "version");
        var success = listener.awaitEvent("deployment_success", of("id", deployment));
        assertThat(success.at("/plan/id").asText()).isEqualTo(deployment);
        assertThat(success.at("/plan/steps").isArray()).isTrue();
        assertThat(success.at("/plan").has("original")).isFalse();
        assertThat(success.at("/plan").has("target")).isFalse();
        Predicate<JsonNode> ours = event -> event.at("/plan/id").asText().equals(deployment);
        assertThat(
                        listener.awaitEvent("deployment_info", ours)
                                .at("/currentStep/actions/0/app")
                                .asText())
                .isEqualTo(id);
        listener.awaitEvent("deployment_step_success", ours);
    }

    @Test
    @DisplayName("api_post_event is sent for changes of one app, and for no others")
    void apiPost() {
        var listener = new Listener("?event_type=api_post_event");
        var id = fresh();
        api.put("/v2/apps" + id, NONE, id);
        settled(id);
        api.patch("/v2/apps" + id, "{'mem': 5}");
        settled(id);
        api.post("/v2/apps" + id + "/restart");
        settled(id);
        api.put("/v2/apps", "[{'id': '%s', 'mem': 6}]", id);
        settled(id);
        api.put(
                "/v2/groups" + id + "-group",
                "{'apps': [{'id': 'a', 'cmd': 'x', 'instances': 0}]}");
        var last = app();

        listener.awaitEvent("api_post_event", e -> e.at("/appDefinition/id").asText().equals(last));

        assertThat(listener.events())
                .extracting(event -> event.at("/appDefinition/mem").asInt())
                .containsExactly(128, 5, 128);
        assertThat(listener.events().getFirst().path("uri").asText()).isEqualTo("/v2/apps" + id);
        api.delete("/v2/groups" + id + "-group");
    }

    @Test
    @DisplayName("a task tells of its states as it starts and as it is killed")
    void taskStates() {
        var listener = new Listener("");
        var id = running(1);
        var task = tasks(id).getFirst();
        api.put("/v2/apps" + id, "{'instances': 0}");
        settled(id);

        Predicate<JsonNode> ours = event -> event.path("taskId").asText().equals(task);
        var running =
                listener.awaitEvent(
                        "status_update_event", ours.and(of("taskStatus", "TASK_RUNNING")));
        assertFields(
                running,
                "slaveId",
                "taskId",
                "taskStatus",
                "message",
                "appId",
                "host",
                "ipAddresses",
                "ports",
                "version");
        assertThat(running.path("appId").asText()).isEqualTo(id);
        assertThat(running.path("ports")).hasSize(1);
        listener.awaitEvent("status_update_event", ours.and(of("taskStatus", "TASK_KILLED")));
        var states =
                listener.events("status_update_event", ours)
                        .map(event -> event.path("taskStatus").asText())
                        .toList();
        assertThat(states).containsSubsequence("TASK_RUNNING", "TASK_KILLED");
        var changed =
                listener.awaitEvent(
                        "instance_changed_event",
                        of("runSpecId", id).and(of("condition", "Running")));
        assertFields(changed, "instanceId", "agentId", "host", "runSpecVersion");
    }

    @Test
    @DisplayName("health and the kill of an unhealthy instance are told")
    void health() {
        var listener = new Listener("");
        var id = fresh();
        api.post(
                "/v2/apps",
                "{'id': '%s', 'cmd': 'sleep 3; touch sick; exec sleep 3600', 'cpus': 0.01, 'mem': 4,"
                        + " 'healthChecks': [{'protocol': 'COMMAND', 'gracePeriodSeconds': 0, 'delaySeconds': 0,"
                        + " 'command': {'value': 'test ! -e sick'}, 'intervalSeconds': 1,"
                        + " 'timeoutSeconds': 1, 'maxConsecutiveFailures': 1}]}",
                id);

        var alive =
                listener.awaitEvent(
                        "health_status_changed_event", of("appId", id).and(of("alive", "true")));
        assertFields(alive, "instanceId", "version");
        var healthy =
                listener.awaitEvent(
                        "instance_health_changed_event",
                        of("runSpecId", id).and(of("healthy", "true")));
        assertFields(healthy, "instanceId", "runSpecVersion");
        var killed = listener.awaitEvent("unhealthy_instance_kill_event", of("appId", id));
        assertFields(killed, "taskId", "instanceId", "version", "reason", "host", "slaveId");
        var failed = listener.awaitEvent("failed_health_check_event", of("appId", id));
        assertThat(failed.path("taskId")).isEqualTo(killed.path("instanceId"));
        assertThat(failed.at("/healthCheck/protocol").asText()).isEqualTo("COMMAND");
    }

    @Test
    @DisplayName("health checks are told as they come and go with their app")
    void healthChecks() {
        var listener = new Listener("");
        var id = fresh();
        api.post(
                "/v2/apps",
                "{'id': '%s', 'cmd': 'x', 'instances': 0, 'healthChecks': [{'path': '/up'}]}",
                id);
        settled(id);
        api.delete("/v2/apps" + id);

        var added = listener.awaitEvent("add_health_check_event", of("appId", id));
        assertFields(added, "version");
        assertThat(added.at("/healthCheck/path").asText()).isEqualTo("/up");
        listener.awaitEvent("remove_health_check_event", of("appId", id));
    }

    @Test
    @DisplayName("the first event of all is that the cluster was founded")
    void founded() {
        var listener =
                new Listener("?event_type=scheduler_registered_event", "Last-Event-ID", "0.0");

        var founded = listener.awaitEvent("scheduler_registered_event", _ -> true);

        assertThat(founded.path("frameworkId")).isEqualTo(api.get("/v2/info").at("/frameworkId"));
        assertFields(founded, "master");
    }

    @Test
    @DisplayName(
            "a deleted app ends with app_terminated_event, and its deletion is no api_post_event")
    void delete() {
        var id = app();
        var listener = new Listener("");

        api.delete("/v2/apps" + id);

        listener.awaitEvent("app_terminated_event", of("appId", id));
        assertThat(listener.events("api_post_event", e -> e.toString().contains(id))).isEmpty();
    }

    @Test
    @DisplayName("pods tell of their requests")
    void pods() {
        var listener = new Listener("");
        var id = fresh();
        api.post("/v2/pods", POD, id, 0);
        settledBelow(id);
        api.put("/v2/pods" + id, POD.replace("'mem': 4", "'mem': 5"), id, 0);
        settledBelow(id);
        api.delete("/v2/pods" + id);

        for (var type : List.of("pod_created_event", "pod_updated_event", "pod_deleted_event")) {
            assertFields(listener.awaitEvent(type, _ -> true), "clientIp", "uri");
        }
        listener.awaitEvent("app_terminated_event", of("appId", id));
    }

    @Test
    @DisplayName("a cancelled deployment has failed")
    void cancelled() {
        var listener =
                new Listener("?event_type=deployment_failed&event_type=deployment_step_failure");
        var id = fresh();
        var deployment = api.post("/v2/apps", HUGE, id).header("Marathon-Deployment-Id");

        api.delete("/v2/deployments/" + deployment + "?force=true");

        var failed = listener.awaitEvent("deployment_failed", of("id", deployment));
        assertFields(failed, "plan", "reason");
        assertThat(failed.path("reason").asText()).isEqualTo("The upgrade has been cancelled");
        var step =
                listener.awaitEvent(
                        "deployment_step_failure",
                        event -> event.at("/plan/id").asText().equals(deployment));
        assertThat(step.at("/currentStep/actions/0/app").asText()).isEqualTo(id);
    }

    @Test
    @DisplayName("a refused change is group_change_failed with the reason")
    void refused() {
        var id = fresh();
        api.post("/v2/apps", HUGE, id);
        var listener = new Listener("?event_type=group_change_failed");

        api.put("/v2/apps" + id, "{'mem': 5}");

        assertFields(
                listener.awaitEvent("group_change_failed", _ -> true),
                "groupId",
                "version",
                "reason");
    }
}

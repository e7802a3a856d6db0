package io.ekiden.e2e.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `/v2/apps`: table a.1 but for tasks, with its label selectors and what may be embedded.
final class AppsContractIT extends ContractTest {

    private static List<String> ids(JsonNode apps) {
        return Api.each(apps).map(app -> app.path("id").asText()).toList();
    }

    private String version(String id) {
        return appOf(id).path("version").asText();
    }

    private void assertDeployed(Api.Reply reply) {
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.at("/version").asText()).isNotEmpty();
        assertThat(reply.at("/deploymentId").asText()).isNotEmpty();
    }

    @Test
    @DisplayName("POST answers 201 with the app, its counts, its deployment and both headers")
    void create() {
        var id = fresh();

        var reply = api.post("/v2/apps", "{'id': '%s', 'cmd': 'exec sleep 60', 'cpus': 0.01}", id);

        assertThat(reply.status()).isEqualTo(201);
        assertThat(reply.header("Location")).isEqualTo(id);
        assertThat(reply.at("/deployments/0/id").asText())
                .isEqualTo(reply.header("Marathon-Deployment-Id"))
                .matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
        for (var count : List.of("Staged", "Running", "Healthy", "Unhealthy")) {
            assertThat(reply.json().path("tasks" + count).isInt()).isTrue();
            assertThat(reply.json().path("tasks" + count).asInt()).isZero();
        }
        assertThat(reply.json().has("version")).isTrue();
        assertThat(reply.json().has("versionInfo")).isFalse();
        assertThat(reply.json().has("tasks")).isFalse();
    }

    @Test
    @DisplayName("POST of an id that is there is 409")
    void createTwice() {
        var id = app();

        assertThat(api.post("/v2/apps", NONE, id).refusal())
                .isEqualTo("409 An app with id [%s] already exists.".formatted(id));
    }

    @Test
    @DisplayName("a relative id is meant from the root")
    void relativeId() {
        var id = fresh();

        var reply = api.post("/v2/apps", NONE, id.substring(1) + "/./x/..//y/");

        assertThat(reply.at("/id").asText()).isEqualTo(id + "/y");
    }

    @Test
    @DisplayName("an app cannot be where a group with apps or a pod is")
    void clashes() {
        var group = fresh();
        app(group + "/a");
        var pod = fresh();
        api.post("/v2/pods", POD, pod, 0);

        assertThat(api.post("/v2/apps", NONE, group).details())
                .containsExactly("/ Groups and Applications may not have the same identifier.");
        assertThat(api.post("/v2/apps", NONE, pod).details())
                .containsExactly("/ Applications and Pods may not share the same id");
    }

    @Test
    @DisplayName("GET lists apps with counts and deployments")
    void list() {
        var id = app();

        var apps = api.get("/v2/apps").at("/apps");

        assertThat(ids(apps)).contains(id);
        assertThat(Api.each(apps))
                .allSatisfy(app -> {
                    assertThat(app.has("tasksRunning")).isTrue();
                    assertThat(app.path("deployments").isArray()).isTrue();
                    assertThat(app.path("labels").isObject()).isTrue();
                    assertThat(app.has("tasks")).isFalse();
                });
    }

    @Test
    @DisplayName("the list is filtered by parts of id and command, in whatever case")
    void filters() {
        var id = fresh();
        api.post("/v2/apps", "{'id': '%s', 'cmd': 'run Me%s', 'instances': 0}", id, id);

        assertThat(ids(api.get("/v2/apps?id=" + id.toUpperCase(Locale.ROOT)).at("/apps")))
                .contains(id);
        assertThat(ids(api.get("/v2/apps?cmd=RUN%20me" + id).at("/apps"))).contains(id);
        assertThat(ids(api.get("/v2/apps?cmd=run%20you").at("/apps"))).isEmpty();
    }

    @ParameterizedTest
    @DisplayName("label selectors are joined by commas that mean and")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    tier                       | a b c
                    tier==web                  | a b
                    tier!=web                  | c
                    tier in (web,db)           | a b c
                    tier notin (web)           | c
                    tier==web,env==prod        | a
                    env                        | a b
                    env!=prod                  | b
                    odd\\ key==x\\,y           | c
                    """)
    void labels(String selector, String expected) {
        var group = fresh();
        put(group + "/a", "'tier': 'web', 'env': 'prod'");
        put(group + "/b", "'tier': 'web', 'env': 'test'");
        put(group + "/c", "'tier': 'db', 'odd key': 'x,y'");

        var encoded = URLEncoder.encode(selector, StandardCharsets.UTF_8);
        var found = ids(api.get("/v2/apps?id=%s/&label=%s".formatted(group, encoded)).at("/apps"));

        assertThat(found)
                .containsExactly(
                        List.of(expected.split(" ")).stream()
                                .map(name -> group + "/" + name)
                                .toArray(String[]::new));
    }

    private void put(String id, String labels) {
        var definition = "{'cmd': 'sleep 1', 'instances': 0, 'labels': {" + labels + "}}";
        assertThat(api.put("/v2/apps" + id, definition).status()).isEqualTo(201);
    }

    @Test
    @DisplayName("a selector that is none is 422")
    void badSelector() {
        assertThat(api.get("/v2/apps?label=a%20in").refusal())
                .startsWith("422 Can not parse label selector a in. Reason: ");
    }

    @Test
    @DisplayName(
            "GET of one has counts, tasks and deployments, and lastTaskFailure when there is one")
    void one() {
        var app = appOf(running(1));

        assertThat(app.path("tasksRunning").asInt()).isEqualTo(1);
        assertThat(app.path("tasks")).hasSize(1);
        assertThat(app.path("deployments").isArray()).isTrue();
        assertThat(app.at("/versionInfo/lastScalingAt").asText()).isNotEmpty();
        assertThat(app.at("/versionInfo/lastConfigChangeAt").asText()).isNotEmpty();
        assertThat(app.has("lastTaskFailure")).isFalse();
    }

    @Test
    @DisplayName("an app that is not there is 404 with empty details")
    void missing() {
        var reply = api.get("/v2/apps/no/such");

        assertThat(reply.refusal()).isEqualTo("404 App '/no/such' does not exist");
        assertThat(reply.at("/details").isArray()).isTrue();
        assertThat(reply.at("/details")).isEmpty();
    }

    @ParameterizedTest
    @DisplayName("what to embed may have any of Marathon's prefixes or none")
    @ValueSource(
            strings = {"tasks", "app.tasks", "apps.tasks", "group.apps.tasks", "apps.failures"})
    void embedTasks(String embed) {
        var id = app();

        var app = api.get("/v2/apps?id=%s&embed=%s".formatted(id, embed)).at("/apps/0");

        assertThat(app.path("tasks").isArray()).isTrue();
    }

    @Test
    @DisplayName(
            "readiness, taskStats and lastTaskFailure are embedded when asked for; the rest is passed over")
    void embedMore() {
        var id = running(1);
        var query =
                "?embed=apps.readiness&embed=apps.taskStats&embed=apps.lastTaskFailure&embed=nonsense";

        var app = api.get("/v2/apps" + query + "&id=" + id).at("/apps/0");

        assertThat(app.path("readinessCheckResults").isArray()).isTrue();
        var stats = app.at("/taskStats/totalSummary/stats");
        assertThat(stats.at("/counts/running").asInt()).isEqualTo(1);
        assertThat(stats.at("/lifeTime/averageSeconds").isNumber()).isTrue();
        assertThat(app.path("tasksStats")).isEqualTo(app.path("taskStats"));
        assertThat(app.at("/taskStats").has("withOutdatedConfig")).isFalse();
    }

    @Test
    @DisplayName("the last failure of a task is told")
    void lastTaskFailure() {
        var id = fresh();
        api.post(
                "/v2/apps",
                "{'id': '%s', 'cmd': 'exit 3', 'cpus': 0.01, 'mem': 4, 'backoffSeconds': 300}",
                id);

        await().atMost(PATIENCE).until(() -> appOf(id).has("lastTaskFailure"));
        var failure = appOf(id).path("lastTaskFailure");

        assertThat(failure.path("appId").asText()).isEqualTo(id);
        assertThat(failure.path("state").asText()).isEqualTo("TASK_FAILED");
        assertThat(failure.path("taskId").asText()).contains(".instance-");
        for (var field : List.of("host", "message", "timestamp", "version", "slaveId")) {
            assertThat(failure.path(field).asText()).as(field).isNotEmpty();
        }
    }

    @Test
    @DisplayName("{group}/* is all apps of a group's tree")
    void ofGroup() {
        var group = fresh();
        app(group + "/a");
        app(group + "/b/c");

        assertThat(ids(api.get("/v2/apps" + group + "/*").json().path("*")))
                .containsExactly(group + "/a", group + "/b/c");
        assertThat(ids(api.get("/v2/apps/*").json().path("*"))).contains(group + "/b/c");
        assertThat(api.get("/v2/apps/no/such/*").refusal())
                .isEqualTo("404 Group '/no/such' does not exist");
    }

    @Test
    @DisplayName("PUT creates with 201 and changes with 200")
    void putOne() {
        var id = fresh();

        var created = api.put("/v2/apps" + id, NONE, "/ignored");
        var changed = api.put("/v2/apps" + id, "{'mem': 7}");

        assertThat(created.status()).isEqualTo(201);
        assertThat(created.header("Location")).isEqualTo(id);
        assertThat(created.header("Marathon-Deployment-Id"))
                .isEqualTo(created.at("/deploymentId").asText());
        assertDeployed(changed);
        assertThat(appOf(id).path("mem").asInt()).isEqualTo(7);
        assertThat(appOf(id).path("cmd").asText()).isEqualTo("sleep 1");
    }

    @Test
    @DisplayName("PUT with partialUpdate=false sets what is not given to its default")
    void putWhole() {
        var id = fresh();
        api.put("/v2/apps" + id, "{'cmd': 'sleep 1', 'instances': 0, 'mem': 7}");

        assertDeployed(
                api.put(
                        "/v2/apps" + id + "?partialUpdate=false",
                        "{'cmd': 'sleep 2', 'instances': 0}"));

        assertThat(appOf(id).path("mem").asInt()).isEqualTo(128);
    }

    @Test
    @DisplayName("PUT that changes nothing answers 200 with a deployment that is over")
    void putNothing() {
        var id = app();
        var before = appOf(id);

        var reply = api.put("/v2/apps" + id, "{'cmd': 'sleep 1'}");

        assertDeployed(reply);
        assertThat(appOf(id)).isEqualTo(before);
    }

    @Test
    @DisplayName("scaling keeps lastConfigChangeAt, changing the configuration sets both")
    void versionInfo() {
        var id = app();
        var config = appOf(id).at("/versionInfo/lastConfigChangeAt").asText();

        api.put("/v2/apps" + id, "{'instances': 0, 'labels': {'a': 'b'}}");
        settled(id);
        var labelled = appOf(id);
        assertThat(labelled.at("/versionInfo/lastConfigChangeAt").asText())
                .isGreaterThan(config)
                .isEqualTo(labelled.path("version").asText());

        api.put("/v2/apps" + id, "{'instances': 1, 'cpus': 0.01}");
        settled(id);
        var before = appOf(id);
        api.put("/v2/apps" + id, "{'instances': 0}");
        settled(id);
        var scaled = appOf(id);
        assertThat(scaled.at("/versionInfo/lastConfigChangeAt"))
                .isEqualTo(before.at("/versionInfo/lastConfigChangeAt"));
        assertThat(scaled.at("/versionInfo/lastScalingAt").asText())
                .isEqualTo(scaled.path("version").asText());
    }

    @Test
    @DisplayName("PUT of a version alone goes back to it")
    void rollback() {
        var id = app();
        var old = version(id);
        api.put("/v2/apps" + id, "{'cmd': 'sleep 2'}");
        settled(id);

        assertDeployed(api.put("/v2/apps" + id, "{'version': '%s'}", old));

        assertThat(appOf(id).path("cmd").asText()).isEqualTo("sleep 1");
        assertThat(version(id)).isGreaterThan(old);
        settled(id);
        assertThat(api.put("/v2/apps" + id, "{'version': 'x'}").refusal())
                .isEqualTo(
                        "422 Invalid timestamp provided 'x'. Expecting ISO-8601 datetime string.");
        assertThat(api.put("/v2/apps" + id, "{'version': '2020-01-01T00:00:00.000Z'}").refusal())
                .isEqualTo(
                        "404 App '%s' does not exist in version 2020-01-01T00:00:00.000Z"
                                .formatted(id));
    }

    @Test
    @DisplayName("PATCH changes what is there and never creates")
    void patchOne() {
        var id = app();

        assertDeployed(api.patch("/v2/apps" + id, "{'mem': 9}"));
        assertThat(appOf(id).path("mem").asInt()).isEqualTo(9);
        assertThat(api.patch("/v2/apps/no/such", "{'mem': 9}").refusal())
                .isEqualTo("404 App '/no/such' does not exist");
    }

    @Test
    @DisplayName("PUT of a list creates and changes in one deployment")
    void putAll() {
        var group = fresh();
        app(group + "/a");

        assertDeployed(
                api.put(
                        "/v2/apps",
                        "[{'id': '%s/a', 'mem': 5}, {'id': '%s/b', 'cmd': 'x', 'instances': 0}]",
                        group,
                        group));

        assertThat(appOf(group + "/a").path("mem").asInt()).isEqualTo(5);
        assertThat(appOf(group + "/a").path("version"))
                .isEqualTo(appOf(group + "/b").path("version"));
    }

    @Test
    @DisplayName("PATCH of a list with an app that is not there is 404 and changes nothing")
    void patchAll() {
        var id = app();

        var reply =
                api.patch("/v2/apps", "[{'id': '%s', 'mem': 5}, {'id': '/no/such', 'mem': 5}]", id);

        assertThat(reply.refusal()).isEqualTo("404 App '/no/such' does not exist");
        assertThat(appOf(id).path("mem").asInt()).isEqualTo(128);
        assertDeployed(api.patch("/v2/apps", "[{'id': '%s', 'mem': 5}]", id));
        assertThat(api.put("/v2/apps", "[{'mem': 5}]").status()).isEqualTo(422);
    }

    @Test
    @DisplayName("DELETE answers a deployment, and the app is gone with its history")
    void delete() {
        var id = app();

        var reply = api.delete("/v2/apps" + id);

        assertDeployed(reply);
        assertThat(reply.header("Marathon-Deployment-Id")).isNotEmpty();
        settledBelow(id);
        assertThat(api.get("/v2/apps" + id).status()).isEqualTo(404);
        assertThat(api.get("/v2/apps" + id + "/versions").status()).isEqualTo(404);
        assertThat(api.delete("/v2/apps" + id).refusal())
                .isEqualTo("404 App '%s' does not exist".formatted(id));
    }

    @Test
    @DisplayName("DELETE ends the deployment in its way unless told force=false")
    void deleteForces() {
        var id = fresh();
        api.post("/v2/apps", HUGE, id);

        assertThat(api.delete("/v2/apps" + id + "?force=false").status()).isEqualTo(409);
        assertDeployed(api.delete("/v2/apps" + id));
    }

    @Test
    @DisplayName("restart answers a deployment and makes a new version")
    void restart() {
        var id = app();
        var before = version(id);

        assertDeployed(api.post("/v2/apps" + id + "/restart"));

        assertThat(version(id)).isGreaterThan(before);
        assertThat(appOf(id).at("/versionInfo/lastConfigChangeAt").asText()).isEqualTo(version(id));
        assertThat(api.post("/v2/apps/no/such/restart").refusal())
                .isEqualTo("404 App '/no/such' does not exist");
    }

    @Test
    @DisplayName("DELETE of …/restart means an app of that name")
    void deleteNamedRestart() {
        var id = app();

        assertThat(api.delete("/v2/apps" + id + "/restart").refusal())
                .isEqualTo("404 App '%s/restart' does not exist".formatted(id));
        assertThat(api.get("/v2/apps" + id).status()).isEqualTo(200);
    }

    @Test
    @DisplayName("versions are listed, and each is told as it was")
    void versions() {
        var id = app();
        var old = version(id);
        api.put("/v2/apps" + id, "{'cmd': 'sleep 2'}");

        var versions = api.get("/v2/apps" + id + "/versions").at("/versions");

        assertThat(Api.each(versions).map(JsonNode::asText)).containsExactly(version(id), old);
        var was = api.get("/v2/apps" + id + "/versions/" + old);
        assertThat(was.at("/cmd").asText()).isEqualTo("sleep 1");
        assertThat(was.at("/version").asText()).isEqualTo(old);
        assertThat(api.get("/v2/apps" + id + "/versions/2020-01-01T00:00:00.000Z").refusal())
                .isEqualTo(
                        "404 App '%s' does not exist in version 2020-01-01T00:00:00.000Z"
                                .formatted(id));
        assertThat(api.get("/v2/apps" + id + "/versions/x").refusal())
                .isEqualTo(
                        "422 Invalid timestamp provided 'x'. Expecting ISO-8601 datetime string.");
        assertThat(api.get("/v2/apps/no/such/versions").refusal())
                .isEqualTo("404 App '/no/such' does not exist");
    }

    @Test
    @DisplayName("what a deployment holds is 409 with its id, and force ends it")
    void locked() {
        var id = fresh();
        var deployment = api.post("/v2/apps", HUGE, id).header("Marathon-Deployment-Id");

        var refused = api.put("/v2/apps" + id, "{'mem': 5}");

        assertThat(refused.refusal())
                .isEqualTo(
                        "409 App is locked by one or more deployments. Override with the option"
                                + " '?force=true'. View details at"
                                + " '/v2/deployments/<DEPLOYMENT_ID>'.");
        assertThat(refused.at("/deployments/0/id").asText()).isEqualTo(deployment);
        assertThat(api.post("/v2/apps" + id + "/restart").status()).isEqualTo(409);
        assertThat(api.patch("/v2/apps" + id, "{'mem': 5}").status()).isEqualTo(409);
        assertDeployed(api.put("/v2/apps" + id + "?force=true", "{'mem': 5}"));
        assertDeployed(api.delete("/v2/apps" + id));
    }

    @Test
    @DisplayName("apps that depend on each other in a circle are refused")
    void cycles() {
        var group = fresh();
        app(group + "/a");
        var definition = "{'id': '%s/b', 'cmd': 'x', 'instances': 0, 'dependencies': ['%s/a']}";
        assertThat(api.post("/v2/apps", definition, group, group).status()).isEqualTo(201);

        var reply = api.put("/v2/apps" + group + "/a", "{'dependencies': ['%s/b']}", group);

        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.text()).contains("Dependency graph has cyclic dependencies.");
    }
}

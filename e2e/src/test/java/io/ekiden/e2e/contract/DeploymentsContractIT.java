package io.ekiden.e2e.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// `/v2/deployments`: table a.4, with what parts c.3 and c.6 say of steps, locks and taking back.
final class DeploymentsContractIT extends ContractTest {

    private JsonNode deployment(String id) {
        return Api.each(api.get("/v2/deployments").json())
                .filter(one -> one.path("id").asText().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private String stuck(String app) {
        return api.post("/v2/apps", HUGE, app).header("Marathon-Deployment-Id");
    }

    private boolean runs(String id) {
        return Api.each(api.get("/v2/deployments").json())
                .anyMatch(one -> one.path("id").asText().equals(id));
    }

    private static List<String> actions(JsonNode step) {
        return Api.each(step.path("actions"))
                .map(one -> one.path("action").asText() + " " + one.path("app").asText())
                .toList();
    }

    @Test
    @DisplayName("a running deployment tells its steps and where it is")
    void running() {
        var app = fresh();

        var deployment = deployment(stuck(app));

        assertThat(deployment.path("version")).isEqualTo(appOf(app).path("version"));
        assertThat(deployment.path("affectedApps").toString()).isEqualTo("[\"" + app + "\"]");
        assertThat(deployment.path("affectedPods").isArray()).isTrue();
        assertThat(Api.each(deployment.path("steps")).map(DeploymentsContractIT::actions))
                .containsExactly(
                        List.of("StartApplication " + app), List.of("ScaleApplication " + app));
        assertThat(deployment.path("totalSteps").asInt()).isEqualTo(2);
        assertThat(deployment.path("currentStep").asInt()).isEqualTo(2);
        assertThat(deployment.at("/currentActions/0/action").asText())
                .isEqualTo("ScaleApplication");
        assertThat(deployment.at("/currentActions/0/readinessCheckResults").isArray()).isTrue();
    }

    @Test
    @DisplayName("a pod's deployment has actions and affected ids of its own")
    void pods() {
        var pod = fresh();
        var huge = POD.replace("0.01", "10000");
        var created = api.post("/v2/pods", huge, pod, 1).header("Marathon-Deployment-Id");

        var started = deployment(created);

        assertThat(started.path("affectedPods").toString()).isEqualTo("[\"" + pod + "\"]");
        assertThat(started.path("affectedApps")).isEmpty();
        assertThat(Api.each(started.path("steps")).map(step -> step.at("/actions/0")))
                .extracting(one -> one.path("action").asText() + " " + one.path("pod").asText())
                .containsExactly("StartPod " + pod, "ScalePod " + pod);
        var changed = api.put("/v2/pods" + pod + "?force=true", huge.replace("3600", "60"), pod, 1);
        assertThat(
                        deployment(changed.header("Marathon-Deployment-Id"))
                                .at("/steps/0/actions/0/action")
                                .asText())
                .isEqualTo("RestartPod");
    }

    @Test
    @DisplayName("what a readiness check was answered is told of its deployment and its app")
    void readiness() {
        var app = fresh();
        var definition =
                "{'id': '%s', 'cmd': 'exec sleep 3600', 'cpus': 0.01, 'mem': 4,"
                        + " 'portDefinitions': [{'name': 'http-api'}], 'readinessChecks':"
                        + " [{'intervalSeconds': 2, 'timeoutSeconds': 1, 'preserveLastResponse': true}]}";
        var id = api.post("/v2/apps", definition, app).header("Marathon-Deployment-Id");
        var results = "/currentActions/0/readinessCheckResults";
        await().atMost(PATIENCE).until(() -> deployment(id).at(results).size() == 1);

        var result = deployment(id).at(results + "/0");

        assertThat(result.path("name").asText()).isEqualTo("readinessCheck");
        assertThat(result.path("taskId").asText()).isEqualTo(tasks(app).getFirst());
        assertThat(result.path("ready").asBoolean(true)).isFalse();
        assertThat(result.at("/lastResponse/status").asInt()).isEqualTo(504);
        assertThat(result.at("/lastResponse/contentType").asText()).isEqualTo("text/plain");
        assertThat(result.at("/lastResponse/body").asText()).isNotEmpty();
        assertThat(
                        api.get("/v2/apps?id=%s&embed=apps.readiness".formatted(app))
                                .at("/apps/0/readinessCheckResults/0"))
                .isEqualTo(result);
    }

    @Test
    @DisplayName("one that has ended is gone")
    void ended() {
        var app = fresh();
        var id = api.post("/v2/apps", NONE, app).header("Marathon-Deployment-Id");

        await().atMost(PATIENCE).until(() -> !runs(id));
    }

    @Test
    @DisplayName("DELETE takes it back by another deployment")
    void revert() {
        var app = fresh();
        var id = stuck(app);

        var reply = api.delete("/v2/deployments/" + id);

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.at("/deploymentId").asText()).isNotEmpty().isNotEqualTo(id);
        assertThat(reply.at("/version").asText()).isNotEmpty();
        await().atMost(PATIENCE).until(() -> api.get("/v2/apps" + app).status() == 404);
        assertThat(runs(id)).isFalse();
    }

    @Test
    @DisplayName("taking back an update brings back what was there before")
    void revertUpdate() {
        var app = app();
        var id =
                api.put("/v2/apps" + app, "{'cpus': 10000, 'instances': 1}")
                        .header("Marathon-Deployment-Id");

        api.delete("/v2/deployments/" + id);

        settled(app);
        assertThat(appOf(app).path("cpus").asDouble()).isEqualTo(1.0);
        assertThat(appOf(app).path("instances").asInt()).isZero();
    }

    @Test
    @DisplayName("DELETE with force ends it where it is: 202 without a body")
    void cancel() {
        var app = fresh();
        var id = stuck(app);

        var reply = api.delete("/v2/deployments/" + id + "?force=true");

        assertThat(reply.status()).isEqualTo(202);
        assertThat(reply.text()).isEmpty();
        assertThat(runs(id)).isFalse();
        assertThat(api.get("/v2/apps" + app).status()).isEqualTo(200);
    }

    @Test
    @DisplayName("one that is not there is 404")
    void missing() {
        assertThat(api.delete("/v2/deployments/none").refusal())
                .isEqualTo("404 DeploymentPlan none does not exist");
        assertThat(api.get("/v2/deployments/none").status()).isEqualTo(405);
    }

    @Test
    @DisplayName("those that touch nothing in common run side by side")
    void concurrent() {
        var one = fresh();
        var other = fresh();

        assertThat(List.of(stuck(one), stuck(other))).allMatch(this::runs);
    }

    @Test
    @DisplayName("at most 100 run at a time, also by force")
    void atMostAHundred() {
        var group = fresh();
        Api.Reply refused;
        int n = 0;
        do {
            // What earlier tests have left may still be ending.
            refused = api.post("/v2/apps?force=true", HUGE, group + "/a" + n++);
        } while (refused.status() == 201 && n < 200);

        assertThat(refused.refusal())
                .startsWith(
                        "403 Max number (100) of running deployments is achieved. Wait for existing"
                                + " deployments to complete or cancel one");
        assertThat(api.get("/v2/deployments").json()).hasSizeLessThanOrEqualTo(100);
    }

    @Test
    @DisplayName("what others depend on comes in a step before them")
    void layers() {
        var group = fresh();
        var reply =
                api.put(
                        "/v2/groups" + group + "?dryRun=true",
                        "{'apps': [{'id': 'web', 'cmd': 'x', 'dependencies': ['%s/db']},"
                                + " {'id': 'db', 'cmd': 'x'}]}",
                        group);

        var steps = Api.each(reply.at("/steps")).map(DeploymentsContractIT::actions).toList();

        assertThat(steps).hasSize(3);
        assertThat(steps.get(1)).containsExactly("ScaleApplication " + group + "/db");
        assertThat(steps.get(2)).containsExactly("ScaleApplication " + group + "/web");
    }

    @Test
    @DisplayName("a change of configuration restarts, a change of instances scales")
    void restartOrScale() {
        var group = fresh();
        var app =
                "{'apps': [{'id': 'a', 'cmd': 'exec sleep %d', 'cpus': 0.01, 'mem': 4, 'instances': %d}]}";
        api.put("/v2/groups" + group, app, 3600, 1);
        settledBelow(group);

        var scaled = api.put("/v2/groups" + group + "?dryRun=true", app, 3600, 2);
        var restarted = api.put("/v2/groups" + group + "?dryRun=true", app, 3601, 1);

        assertThat(actions(scaled.at("/steps/0")))
                .containsExactly("ScaleApplication " + group + "/a");
        assertThat(actions(restarted.at("/steps/0")))
                .containsExactly("RestartApplication " + group + "/a");
    }
}

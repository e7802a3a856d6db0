package io.ekiden.e2e.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// `/v2/tasks`, and the tasks of apps in table a.1: table a.5 and the text that load balancers
/// read.
final class TasksContractIT extends ContractTest {
    private static final String UNKNOWN =
            "no_such.instance-c0caec0a-863a-11e9-915b-c610fee06dff._app.1";

    private Stream<JsonNode> listed(String query, String app) {
        return Api.each(api.get("/v2/tasks" + query).at("/tasks"))
                .filter(task -> task.path("appId").asText().equals(app));
    }

    @Test
    @DisplayName("a running task has Marathon's fields")
    void fields() {
        var id = running(1);

        var task = api.get("/v2/apps" + id + "/tasks").at("/tasks/0");

        assertThat(task.path("appId").asText()).isEqualTo(id);
        assertThat(task.path("id").asText())
                .matches(id.substring(1) + "\\.instance-[0-9a-f-]{36}\\._app\\.1");
        assertThat(task.path("state").asText()).isEqualTo("TASK_RUNNING");
        assertThat(task.path("version")).isEqualTo(appOf(id).path("version"));
        assertThat(task.at("/ipAddresses/0/protocol").asText()).isEqualTo("IPv4");
        assertThat(task.path("ports")).hasSize(1);
        assertThat(task.path("healthCheckResults")).isEmpty();
        for (var field : List.of("host", "slaveId", "stagedAt", "startedAt", "role")) {
            assertThat(task.path(field).asText()).as(field).isNotEmpty();
        }
        assertThat(task.has("servicePorts")).isFalse();
        // Strict clients refuse any other.
        assertThat(task.fieldNames())
                .toIterable()
                .isSubsetOf(
                        List.of(
                                "appId",
                                "id",
                                "host",
                                "slaveId",
                                "state",
                                "ports",
                                "servicePorts",
                                "ipAddresses",
                                "stagedAt",
                                "startedAt",
                                "version",
                                "healthCheckResults",
                                "checkResult",
                                "localVolumes",
                                "region",
                                "zone",
                                "role"));
    }

    @Test
    @DisplayName("an instance that has no agent yet is no task")
    void withoutAgent() {
        var id = fresh();
        api.post("/v2/apps", HUGE, id);

        assertThat(tasks(id)).isEmpty();
        assertThat(appOf(id).path("tasksStaged").asInt()).isZero();
    }

    @Test
    @DisplayName("/v2/tasks adds the service ports")
    void servicePorts() {
        var id = running(1);

        var task = listed("", id).findFirst().orElseThrow();

        assertThat(task.path("servicePorts").path(0).asInt())
                .isEqualTo(appOf(id).at("/portDefinitions/0/port").asInt());
    }

    @Test
    @DisplayName("status filters; what it does not know filters nothing")
    void status() {
        var id = running(1);

        assertThat(listed("?status=running", id)).hasSize(1);
        assertThat(listed("?status=staging", id)).isEmpty();
        assertThat(listed("?status=staging&status=running", id)).hasSize(1);
        assertThat(listed("?status%5B%5D=staging", id)).isEmpty();
        assertThat(listed("?status=bogus", id)).hasSize(1);
    }

    @Test
    @DisplayName("health check results are told with the task")
    void healthChecks() {
        var id =
                running(
                        1,
                        ", 'healthChecks': [{'protocol': 'COMMAND', 'command': {'value': 'true'},"
                                + " 'intervalSeconds': 1, 'delaySeconds': 0}]");

        var result = api.get("/v2/apps" + id + "/tasks").at("/tasks/0/healthCheckResults/0");

        assertThat(result.path("alive").asBoolean()).isTrue();
        assertThat(result.path("consecutiveFailures").asInt()).isZero();
        assertThat(result.path("firstSuccess").asText()).isNotEmpty();
        assertThat(result.path("lastSuccess").asText()).isNotEmpty();
        assertThat(result.path("instanceId").asText()).contains(".instance-");
        assertThat(appOf(id).path("tasksHealthy").asInt()).isEqualTo(1);
    }

    @Test
    @DisplayName("what a check finds is told with the task, which goes on whatever it is")
    void check() {
        var id =
                running(
                        1,
                        ", 'check': {'exec': {'command':"
                                + " {'shell': 'echo >> looks; exit $(wc -l < looks)'}},"
                                + " 'intervalSeconds': 1, 'delaySeconds': 0}");
        var first = tasks(id);

        await().atMost(PATIENCE).until(() -> result(id).at("/command/exitCode").asInt() >= 3);

        assertThat(result(id)).hasSize(1);
        assertThat(tasks(id)).isEqualTo(first);
        assertThat(appOf(id).path("tasksHealthy").asInt()).isZero();
        assertThat(appOf(id).path("tasksUnhealthy").asInt()).isZero();
    }

    private JsonNode result(String id) {
        return api.get("/v2/apps" + id + "/tasks").at("/tasks/0/checkResult");
    }

    @Test
    @DisplayName("the tasks of a group are those of all its apps; unknown ids are 404")
    void ofGroup() {
        var id = running(2);

        assertThat(api.get("/v2/apps/*/tasks").at("/tasks")).hasSizeGreaterThanOrEqualTo(2);
        assertThat(api.get("/v2/apps/no/such/tasks").refusal())
                .isEqualTo("404 App '/no/such' does not exist");
        assertThat(api.get("/v2/apps/no/such/*/tasks").refusal())
                .isEqualTo("404 Group '/no/such' does not exist");
        assertThat(tasks(id)).hasSize(2);
    }

    @Test
    @DisplayName("as text/plain there is a line for each service port")
    void text() {
        var id = running(2);
        var app = appOf(id);
        var endpoints =
                Api.each(app.path("tasks"))
                        .map(task -> task.path("host").asText() + ":" + task.at("/ports/0").asInt())
                        .toList();

        var text = api.get("/v2/apps" + id + "/tasks", "Accept", "text/plain");

        assertThat(text.header("Content-Type")).startsWith("text/plain");
        assertThat(text.text())
                .isEqualTo(
                        "%s\t%d\t%s\t\n"
                                .formatted(
                                        id.substring(1),
                                        app.at("/portDefinitions/0/port").asInt(),
                                        String.join("\t", endpoints)));
        assertThat(api.get("/v2/tasks?containerNetworks=*", "Accept", "text/plain").text())
                .contains(text.text());
    }

    @Test
    @DisplayName("as text/plain an app without service ports has its hosts")
    void textWithoutPorts() {
        var id = running(1, ", 'portDefinitions': []");

        var text = api.get("/v2/apps" + id + "/tasks", "Accept", "text/plain").text();

        assertThat(text).isEqualTo(id.substring(1) + "\t \t127.0.0.1\n");
    }

    @Test
    @DisplayName("a killed task is answered and replaced by the next of its instance")
    void killOne() {
        var id = running(1);
        var task = tasks(id).getFirst();

        var reply = api.delete("/v2/apps" + id + "/tasks/" + task);

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.at("/task/id").asText()).isEqualTo(task);
        await().atMost(PATIENCE)
                .until(() ->
                        tasks(id).equals(List.of(task.replaceFirst("1$", "2")))
                                && appOf(id).path("tasksRunning").asInt() == 1);
    }

    @Test
    @DisplayName("killing with scale answers a deployment, and the task is not replaced")
    void killAndScale() {
        var id = running(2);
        var task = tasks(id).getFirst();

        var reply = api.delete("/v2/apps" + id + "/tasks/" + task + "?scale=true");

        assertThat(reply.at("/deploymentId").asText()).isNotEmpty();
        settled(id);
        assertThat(appOf(id).path("instances").asInt()).isEqualTo(1);
        assertThat(tasks(id)).hasSize(1).doesNotContain(task);
    }

    @Test
    @DisplayName("all tasks of an app on a host can be killed")
    void killAll() {
        var id = running(2);

        assertThat(api.delete("/v2/apps" + id + "/tasks?host=elsewhere").at("/tasks")).isEmpty();
        assertThat(api.delete("/v2/apps" + id + "/tasks?host=*").at("/tasks")).hasSize(2);
        await().atMost(PATIENCE).until(() -> appOf(id).path("tasksRunning").asInt() == 2);
        assertThat(api.delete("/v2/apps" + id + "/tasks?scale=true").at("/deploymentId").asText())
                .isNotEmpty();
        settled(id);
        assertThat(appOf(id).path("instances").asInt()).isZero();
        assertThat(api.delete("/v2/apps/no/such/tasks").refusal())
                .isEqualTo("404 App '/no/such' does not exist");
    }

    @Test
    @DisplayName("scale and wipe exclude one another")
    void scaleAndWipe() {
        var id = app();
        var expected = "400 You cannot use scale and wipe at the same time.";

        assertThat(api.delete("/v2/apps" + id + "/tasks?scale=true&wipe=true").refusal())
                .isEqualTo(expected);
        assertThat(
                        api.delete("/v2/apps" + id + "/tasks/" + UNKNOWN + "?scale=true&wipe=true")
                                .refusal())
                .isEqualTo(expected);
        assertThat(api.post("/v2/tasks/delete?scale=true&wipe=true", "{'ids': []}").refusal())
                .isEqualTo(expected);
    }

    @Test
    @DisplayName("a health check kills with its last allowed failure, which is then the app's last")
    void unhealthy() {
        var id = fresh();
        api.post(
                "/v2/apps",
                "{'id': '%s', 'cmd': 'exec sleep 3600', 'cpus': 0.01, 'mem': 4, 'instances': 1,"
                        + " 'healthChecks': [{'protocol': 'COMMAND', 'gracePeriodSeconds': 0,"
                        + " 'delaySeconds': 0, 'intervalSeconds': 3, 'timeoutSeconds': 2,"
                        + " 'maxConsecutiveFailures': 2,"
                        + " 'command': {'value': 'echo >> failures; false'}}]}",
                id);
        await().atMost(PATIENCE).until(() -> appOf(id).has("lastTaskFailure"));

        var failure = appOf(id).path("lastTaskFailure");

        assertThat(failure.path("state").asText()).isEqualTo("TASK_KILLED");
        assertThat(failure.path("message").asText())
                .startsWith("Task was killed since health check failed. Reason: ");
        var failures =
                api.get(
                        "/v2/tasks/%s/files/download?path=failures"
                                .formatted(failure.path("taskId").asText()));
        assertThat(failures.text()).isEqualTo("\n\n");
    }

    @Test
    @DisplayName("a task that is not there is 404")
    void killUnknown() {
        var id = app();

        for (var task : List.of("x", UNKNOWN)) {
            assertThat(api.delete("/v2/apps" + id + "/tasks/" + task).refusal())
                    .isEqualTo("404 Task '%s' does not exist".formatted(task));
        }
    }

    @Test
    @DisplayName("tasks are killed in bulk; unknown ids are passed over, malformed ones 400")
    void killMany() {
        var id = running(1);
        var task = tasks(id).getFirst();

        var killed = api.post("/v2/tasks/delete", "{'ids': ['%s', '%s']}", task, UNKNOWN);

        assertThat(Api.each(killed.at("/tasks")).map(one -> one.path("id").asText()))
                .containsExactly(task);
        assertThat(api.post("/v2/tasks/delete", "{'ids': ['x y']}").refusal())
                .startsWith("400 Invalid task id 'x y'. [");
        assertThat(api.post("/v2/tasks/delete", "{}").details())
                .containsExactly("/ids error.path.missing");
        await().atMost(PATIENCE).until(() -> appOf(id).path("tasksRunning").asInt() == 1);
        var scaled =
                api.post("/v2/tasks/delete?scale=true", "{'ids': ['%s']}", tasks(id).getFirst());
        assertThat(scaled.at("/deploymentId").asText()).isNotEmpty();
        settled(id);
        assertThat(appOf(id).path("instances").asInt()).isZero();
    }

    @Test
    @DisplayName(
            "a suspended task of a persistent volume is listed without times, and wiping takes it away")
    void localVolumes() {
        var id =
                running(
                        1,
                        ", 'container': {'type': 'MESOS', 'volumes': [{'containerPath': 'data',"
                                + " 'mode': 'RW', 'persistent': {'size': 1}}]}");
        var task = api.get("/v2/apps" + id + "/tasks").at("/tasks/0");
        var volume = task.at("/localVolumes/0");
        assertThat(volume.path("runSpecId").asText()).isEqualTo(id);
        assertThat(volume.path("containerPath").asText()).isEqualTo("data");
        assertThat(volume.path("persistenceId").asText())
                .isEqualTo(id.substring(1) + "#data#" + volume.path("uuid").asText());

        api.put("/v2/apps" + id, "{'instances': 0}");
        settled(id);

        var suspended = api.get("/v2/apps" + id + "/tasks").at("/tasks/0");
        assertThat(suspended.path("localVolumes")).isEqualTo(task.path("localVolumes"));
        for (var field : List.of("stagedAt", "startedAt", "version")) {
            assertThat(suspended.has(field)).as(field).isFalse();
        }
        assertThat(
                        api.delete(
                                        "/v2/apps%s/tasks/%s?wipe=true"
                                                .formatted(id, suspended.path("id").asText()))
                                .status())
                .isEqualTo(200);
        await().atMost(PATIENCE).until(() -> tasks(id).isEmpty());
    }
}

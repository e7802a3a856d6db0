package io.ekiden.e2e.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `/v2/pods`: table a.3, and the rules of pods in part b.6.
final class PodsContractIT extends ContractTest {
    private static final String RUNS =
            "'resources': {}, 'exec': {'command': {'shell': 'exec sleep 3600'}}";

    private String pod(int instances) {
        var id = fresh();
        assertThat(api.post("/v2/pods", POD, id, instances).status()).isEqualTo(201);
        settledBelow(id);
        return id;
    }

    private JsonNode status(String id) {
        return api.get("/v2/pods" + id + "::status").json();
    }

    private String instance(String id) {
        return status(id).at("/instances/0/id").asText();
    }

    @Test
    @DisplayName("HEAD tells that there are pods")
    void probe() {
        assertThat(api.send("HEAD", "/v2/pods", "").status()).isEqualTo(200);
    }

    @Test
    @DisplayName("POST answers 201 with the pod and both headers")
    void create() {
        var id = fresh();

        var reply = api.post("/v2/pods", POD, id, 0);

        assertThat(reply.status()).isEqualTo(201);
        assertThat(reply.header("Location")).isEqualTo(id);
        assertThat(reply.header("Marathon-Deployment-Id")).isNotEmpty();
        assertThat(reply.at("/id").asText()).isEqualTo(id);
        assertThat(reply.at("/version").asText()).isNotEmpty();
        assertThat(reply.at("/scaling/instances").asInt()).isZero();
        assertThat(api.post("/v2/pods", POD, id, 0).refusal())
                .isEqualTo("409 A pod with id [%s] already exists.".formatted(id));
    }

    @Test
    @DisplayName("GET lists pods and shows one")
    void read() {
        var id = pod(0);

        assertThat(Api.each(api.get("/v2/pods").json()).map(one -> one.path("id").asText()))
                .contains(id);
        assertThat(api.get("/v2/pods" + id).at("/containers/0/name").asText()).isEqualTo("c");
        assertThat(api.get("/v2/pods/no/such").refusal())
                .isEqualTo("404 pod with /no/such does not exist");
        assertThat(api.get("/v2/apps" + id).status()).isEqualTo(404);
    }

    @Test
    @DisplayName("PUT replaces a pod or makes it; the id is that of the path")
    void put() {
        var id = fresh();

        var made = api.put("/v2/pods" + id, POD, id, 0);
        var replaced = api.put("/v2/pods" + id, POD.replace("'mem': 4", "'mem': 5"), id, 0);

        assertThat(made.status()).isEqualTo(200);
        assertThat(replaced.status()).isEqualTo(200);
        assertThat(replaced.header("Marathon-Deployment-Id")).isNotEmpty();
        assertThat(replaced.at("/containers/0/resources/mem").asInt()).isEqualTo(5);
        assertThat(api.put("/v2/pods" + id, POD, "/other", 0).refusal())
                .isEqualTo("400 '%s' does not match definition's id ('/other')".formatted(id));
    }

    @Test
    @DisplayName("DELETE answers 202 with nothing but the deployment's id")
    void delete() {
        var id = pod(0);

        var reply = api.delete("/v2/pods" + id);

        assertThat(reply.status()).isEqualTo(202);
        assertThat(reply.text()).isEmpty();
        assertThat(reply.header("Marathon-Deployment-Id")).isNotEmpty();
        assertThat(reply.header("Location")).endsWith(reply.header("Marathon-Deployment-Id"));
        settledBelow(id);
        assertThat(api.delete("/v2/pods" + id).refusal())
                .isEqualTo("404 Pod '%s' does not exist".formatted(id));
    }

    @Test
    @DisplayName("versions are listed, and each is told as it was")
    void versions() {
        var id = pod(0);
        var old = api.get("/v2/pods" + id).at("/version").asText();
        api.put("/v2/pods" + id, POD.replace("'mem': 4", "'mem': 5"), id, 0);

        var versions = api.get("/v2/pods" + id + "::versions").json();

        assertThat(versions).hasSize(2);
        assertThat(
                        api.get("/v2/pods" + id + "::versions/" + old)
                                .at("/containers/0/resources/mem")
                                .asInt())
                .isEqualTo(4);
        assertThat(api.get("/v2/pods" + id + "::versions/2020-01-01T00:00:00.000Z").status())
                .isEqualTo(404);
        assertThat(api.get("/v2/pods" + id + "::versions/x").status()).isEqualTo(422);
    }

    @Test
    @DisplayName("the status of a running pod tells its instances and their containers")
    void statusOfRunning() {
        var id = pod(1);

        var status = status(id);

        assertThat(status.path("status").asText()).isEqualTo("STABLE");
        assertThat(status.at("/spec/id").asText()).isEqualTo(id);
        assertThat(status.path("terminationHistory")).isEmpty();
        var instance = status.at("/instances/0");
        assertThat(instance.path("status").asText()).isEqualTo("STABLE");
        assertThat(instance.path("id").asText()).startsWith(id.substring(1) + ".instance-");
        assertThat(instance.path("specReference").asText())
                .isEqualTo(
                        "/v2/pods%s::versions/%s"
                                .formatted(id, status.at("/spec/version").asText()));
        assertThat(instance.at("/networks/0/addresses")).hasSize(1);
        assertThat(instance.at("/resources/cpus").asDouble()).isEqualTo(0.11);
        for (var field :
                List.of("agentHostname", "agentId", "statusSince", "lastUpdated", "lastChanged")) {
            assertThat(instance.path(field).asText()).as(field).isNotEmpty();
        }
        var container = instance.at("/containers/0");
        assertThat(container.path("name").asText()).isEqualTo("c");
        assertThat(container.path("status").asText()).isEqualTo("TASK_RUNNING");
        assertThat(container.path("containerId").asText())
                .isEqualTo(instance.path("id").asText() + ".c.1");
        assertThat(
                        Api.each(api.get("/v2/pods/::status").json())
                                .map(one -> one.path("id").asText()))
                .contains(id);
    }

    @Test
    @DisplayName("a pod that cannot be placed is DEGRADED")
    void degraded() {
        var id = fresh();
        api.post("/v2/pods", POD.replace("0.01", "10000"), id, 1);

        assertThat(status(id).path("status").asText()).isEqualTo("DEGRADED");
        assertThat(status(id).path("instances")).isEmpty();
        assertThat(api.delete("/v2/pods" + id).status()).isEqualTo(409);
        assertThat(api.delete("/v2/pods" + id + "?force=true").status()).isEqualTo(202);
    }

    @Test
    @DisplayName("a health check of a container is its condition")
    void health() {
        var id = fresh();
        api.post(
                "/v2/pods",
                POD.replace(
                        "'resources'",
                        "'healthCheck': {'exec': {'command': {'shell': 'true'}},"
                                + " 'intervalSeconds': 2, 'timeoutSeconds': 1, 'delaySeconds': 0},"
                                + " 'resources'"),
                id,
                1);
        settledBelow(id);

        var condition = status(id).at("/instances/0/containers/0/conditions/0");

        assertThat(condition.path("name").asText()).isEqualTo("healthy");
        assertThat(condition.path("value").asText()).isEqualTo("true");
        assertThat(condition.path("reason").asText()).isEqualTo("health-reported-by-mesos");
    }

    @Test
    @DisplayName("what the check of a container finds is its condition")
    void check() {
        var id = fresh();
        api.post(
                "/v2/pods",
                POD.replace(
                        "'resources'",
                        "'check': {'exec': {'command': {'argv': ['sh', '-c', 'exit 7']}},"
                                + " 'intervalSeconds': 2, 'timeoutSeconds': 1, 'delaySeconds': 0},"
                                + " 'resources'"),
                id,
                1);
        settledBelow(id);
        await().atMost(PATIENCE)
                .until(() -> !status(id).at("/instances/0/containers/0/conditions").isEmpty());

        var condition = status(id).at("/instances/0/containers/0/conditions/0");

        assertThat(condition.path("name").asText()).isEqualTo("check");
        assertThat(condition.path("value").asText()).isEqualTo("7");
        assertThat(status(id).path("status").asText()).isEqualTo("STABLE");
    }

    @Test
    @DisplayName("a killed instance is answered and runs again")
    void killOne() {
        var id = pod(1);
        var instance = instance(id);

        var reply = api.delete("/v2/pods" + id + "::instances/" + instance);

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.at("/instanceId").asText()).isEqualTo(instance);
        assertThat(reply.at("/state/goal").asText()).isEqualTo("Running");
        assertThat(reply.at("/agentInfo/host").asText()).isNotEmpty();
        assertThat(reply.at("/agentInfo/attributes").isArray()).isTrue();
        await().atMost(PATIENCE)
                .until(() ->
                        status(id)
                                .at("/instances/0/containers/0/containerId")
                                .asText()
                                .endsWith(".c.2"));
        await().atMost(PATIENCE).until(() -> status(id).path("status").asText().equals("STABLE"));
    }

    @Test
    @DisplayName("instances are killed in bulk")
    void killMany() {
        var id = pod(1);
        var instance = instance(id);

        var reply =
                api.send("DELETE", "/v2/pods" + id + "::instances", Api.json("['%s']", instance));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.at("/0/instanceId").asText()).isEqualTo(instance);
    }

    @Test
    @DisplayName("an instance that is not there is 404, a malformed id 422")
    void killUnknown() {
        var id = pod(0);
        var unknown = id.substring(1) + ".instance-c0caec0a-863a-11e9-915b-c610fee06dff";

        assertThat(api.delete("/v2/pods" + id + "::instances/" + unknown).refusal())
                .isEqualTo("404 Task '%s' does not exist".formatted(unknown));
        assertThat(api.delete("/v2/pods" + id + "::instances/x").status()).isEqualTo(422);
    }

    @Test
    @DisplayName("a pod and an app cannot have the same id")
    void clash() {
        var id = app();

        assertThat(api.post("/v2/pods", POD, id, 0).details())
                .containsExactly("/ Applications and Pods may not share the same id");
    }

    @Test
    @DisplayName("the last failure is the one entry of the history")
    void terminationHistory() {
        var id = fresh();
        var failing = POD.replace("exec sleep 3600", "exit 3");
        var definition =
                failing.replace(
                        "'containers'",
                        "'scheduling': {'backoff': {'backoff': 300}}, 'containers'");
        api.post("/v2/pods", definition, id, 1);
        await().atMost(PATIENCE).until(() -> status(id).path("terminationHistory").size() == 1);

        var last = status(id).at("/terminationHistory/0");

        assertThat(last.path("instanceID").asText()).startsWith(id.substring(1) + ".instance-");
        assertThat(last.path("startedAt").asText()).endsWith("Z");
        assertThat(last.path("terminatedAt").asText()).endsWith("Z");
        assertThat(last.path("message").asText()).contains("status 3");
        assertThat(last.at("/containers/0/lastKnownState").asText()).isEqualTo("TASK_FAILED");
        assertThat(last.at("/containers/0/containerId").asText()).endsWith(".c.1");
    }

    @Test
    @DisplayName("an endpoint tells the host port that it was given")
    void endpoints() {
        var id = fresh();
        var definition = POD.replace("'resources'", "'endpoints': [{'name': 'web'}], 'resources'");
        assertThat(api.post("/v2/pods", definition, id, 1).status()).isEqualTo(201);
        settledBelow(id);

        var endpoint = status(id).at("/instances/0/containers/0/endpoints/0");

        assertThat(endpoint.path("name").asText()).isEqualTo("web");
        assertThat(endpoint.path("allocatedHostPort").asInt()).isPositive();
        assertThat(api.get("/v2/pods" + id).at("/containers/0/endpoints/0/hostPort").asInt(-1))
                .isZero();
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("what breaks the schema or a rule of pods is told by its place")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    'lifecycle': {'killGracePeriodSeconds': -1}                                | /containers(0)/lifecycle/killGracePeriodSeconds error.min
                    'healthCheck': {}                                                          | /containers(0)/healthCheck must have exactly one of 'http', 'tcp' and 'exec'
                    'healthCheck': {'tcp': {'endpoint': 'x'}}                                  | /containers(0)/healthCheck/tcp/endpoint must name an endpoint of the container
                    'healthCheck': {'exec': {'command': {'shell': 'x'}}, 'timeoutSeconds': 60} | /containers(0)/healthCheck/timeoutSeconds must be less than intervalSeconds
                    'check': {'tcp': {'endpoint': 'x'}}                                        | /containers(0)/check/tcp/endpoint must name an endpoint of the container
                    'check': {'exec': {'command': {'shell': 'x'}}, 'timeoutSeconds': 60}       | /containers(0)/check/timeoutSeconds must be less than intervalSeconds
                    'endpoints': [{'name': 'a'}, {'name': 'a'}]                                | /containers endpoint names are unique
                    'endpoints': [{'name': 'a', 'hostPort': 9}, {'name': 'b', 'hostPort': 9}]  | /containers host ports are unique
                    'endpoints': [{'name': 'a', 'containerPort': 80}]                          | /containers(0)/endpoints(0)/containerPort is not allowed when using host-mode networking
                    'volumeMounts': [{'name': 'v', 'mountPath': 'd'}]                          | /containers(0)/volumeMounts(0)/name there is no volume 'v'
                    """)
    void containers(String fields, String problem) {
        assertThat(refused("'containers': [{'name': 'c', " + RUNS + ", " + fields + "}]"))
                .containsExactly(problem);
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("so is what breaks one of the pod itself")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    'volumes': [{'name': 'v'}]                              | /volumes each volume must be mounted by a container
                    'scaling': {'kind': 'free'}                             | /scaling/kind error.unknown.enum.literal
                    'scaling': {'kind': 'fixed', 'instances': -1}           | /scaling/instances error.min
                    'environment': {'A B': 'x'}                             | /environment error.pattern
                    'executorResources': {'cpus': 0.01}                     | /executorResources/cpus error.min
                    'scheduling': {'backoff': {'backoff': -1}}              | /scheduling/backoff/backoff error.min
                    'scheduling': {'upgrade': {'minimumHealthCapacity': 2}} | /scheduling/upgrade/minimumHealthCapacity error.max
                    """)
    void rules(String fields, String problem) {
        assertThat(refused(fields + ", 'containers': [{'name': 'c', " + RUNS + "}]"))
                .containsExactly(problem);
    }

    private List<String> refused(String fields) {
        var reply = api.post("/v2/pods", "{'id': '/never', " + fields + "}");
        assertThat(reply.status()).isEqualTo(422);
        return reply.details();
    }

    @Test
    @DisplayName("a container needs its resources and a command, and a name of its own")
    void container() {
        var container = "{'name': 'c', " + RUNS + "}";

        assertThat(refused("'containers': [{'name': 'c'}]"))
                .containsExactly("/containers(0)/resources error.path.missing");
        assertThat(refused("'containers': [{'name': 'c', 'resources': {'cpus': 0}}]"))
                .contains("/containers(0)/resources/cpus error.min");
        assertThat(refused("'containers': [{'name': 'c', 'resources': {}}]"))
                .containsExactly(
                        "/containers(0)/exec must be given for a container without an image");
        assertThat(refused("'containers': [%s, %s]".formatted(container, container)))
                .containsExactly("/containers container names are unique");
        assertThat(refused("'containers': []")).containsExactly("/containers error.minLength");
    }

    @Test
    @DisplayName("what is wrong is told by its place")
    void problems() {
        assertThat(api.post("/v2/pods", "{'id': '/x'}").details())
                .containsExactly("/containers error.path.missing");
        assertThat(
                        api.post("/v2/pods", POD.replace("'name': 'c'", "'name': 'C_'"), "/x", 0)
                                .details())
                .containsExactly("/containers(0)/name error.pattern");
    }
}

package io.ekiden.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ekiden.model.PortRange;
import io.ekiden.testkit.NeedsDocker;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every service as its own process against a Kafka of three brokers, as `docker-compose.yml`
/// describes it.
@NeedsDocker(
        images = {"eclipse-temurin:25-jre", "apache/kafka:4.3.1", "busybox:local"},
        compose = true)
final class ComposeIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration CALL = Duration.ofSeconds(15);

    private static final int REQUESTS_PER_SECOND = 20;
    private static final int SERVICE_PORT = 10_000;
    private static final PortRange SERVICE_PORTS = new PortRange(10_000, 10_100);
    private static final int FEW = 2;
    private static final int MANY = 4;

    /// Each instance answers with its own id.
    private static final String WEB =
            """
            {"id": "/web", "instances": %d, "cpus": 0.1, "mem": 32,
             "container": {"type": "DOCKER", "docker": {"image": "busybox:local"}},
             "cmd": "mkdir -p www && echo $MESOS_TASK_ID > www/index.html && exec httpd -f -p $HOST:$PORT0 -h www",
             "portDefinitions": [{"port": %d, "name": "http"}],
             "healthChecks": [{"protocol": "MESOS_HTTP", "path": "/", "portIndex": 0, "delaySeconds": 0,
               "gracePeriodSeconds": 30, "intervalSeconds": 1, "timeoutSeconds": 5, "maxConsecutiveFailures": 10}]}
            """
                    .formatted(FEW, SERVICE_PORT);

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir Path work;

    private long phase = System.nanoTime();

    @Test
    void losesAGatewayThePlannerAndABrokerAtOnceAndGoesOn() throws Exception {
        var cluster = new Compose(work);
        try (cluster) {
            cluster.up();
            tell("containers started");
            losesAGatewayThePlannerAndABrokerAtOnceAndGoesOn(cluster);
        }
        assertThat(cluster.leftovers()).isEmpty();
        tell("removed");
    }

    private void losesAGatewayThePlannerAndABrokerAtOnceAndGoesOn(Compose cluster)
            throws Exception {
        var gateway1 = "http://" + cluster.host(1) + ":8080";
        var gateway2 = "http://" + cluster.host(2) + ":8080";
        var proxies =
                Stream.of(1, 2)
                        .map(machine ->
                                URI.create("http://" + cluster.host(machine) + ":" + SERVICE_PORT))
                        .toList();
        awaitAgents(gateway1);
        tell("both agents joined");

        // Eleven processes have just begun: that their first decision takes longer than a gateway
        // waits for it is no fault.
        await("the app to be decided")
                .atMost(PATIENCE)
                .until(() -> isDone(send("PUT", gateway1 + "/v2/apps/web", WEB)));
        for (var proxy : proxies) {
            awaitInstances(proxy, FEW);
        }
        tell("deployed, seen through both load balancers");

        try (var load1 = LoadGenerator.start(proxies.getFirst(), REQUESTS_PER_SECOND);
                var load2 = LoadGenerator.start(proxies.getLast(), REQUESTS_PER_SECOND)) {
            cluster.kill(List.of("gateway-1", activePlanner(cluster), "kafka-1"));
            tell("killed a gateway, the active planner and a broker");

            await("a change to be decided")
                    .atMost(PATIENCE)
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .until(() -> scale(gateway2).statusCode() == 200);
            tell("scaling decided");
            for (var proxy : proxies) {
                awaitInstances(proxy, MANY);
            }
            tell("new instances seen through both load balancers");
            load1.stop();
            load2.stop();

            assertThat(load1.failures()).isEmpty();
            assertThat(load2.failures()).isEmpty();
            assertThat(load1.succeeded()).isGreaterThan(REQUESTS_PER_SECOND);
            assertThat(load2.succeeded()).isGreaterThan(REQUESTS_PER_SECOND);
        }
        assertThat(get(gateway2 + "/v2/apps/web/tasks").path("tasks")).hasSize(MANY);
        var journal = Journal.read(cluster.bootstrapServers());
        assertThat(journal.entries()).isNotEmpty();
        assertThat(journal.differences(SERVICE_PORTS)).isEmpty();
        tell("journal decided again");

        assertThat(send("DELETE", gateway2 + "/v2/apps/web", "").statusCode()).isEqualTo(200);
        await("the tasks to end")
                .atMost(PATIENCE)
                .until(() -> get(gateway2 + "/v2/tasks").path("tasks").isEmpty());
        tell("deleted");
    }

    private static void awaitAgents(String gateway) {
        await("both agents to join")
                .atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> get(gateway + "/v2/agents").path("agents").size() == 2);
    }

    /// The one that said last that it decides.
    private static String activePlanner(Compose cluster) {
        return Stream.of("planner-1", "planner-2")
                .filter(planner -> cluster.logs(planner).contains("planner=active"))
                .findFirst()
                .orElseThrow();
    }

    /// Whether an answer is missed or not, the same is asked again.
    private static boolean isDone(HttpResponse<String> change) {
        return change.statusCode() == 200 || change.statusCode() == 201;
    }

    private static HttpResponse<String> scale(String gateway) throws Exception {
        return send("PUT", gateway + "/v2/apps/web", "{\"instances\": " + MANY + "}");
    }

    /// Waits until so many instances have answered.
    private static void awaitInstances(URI proxy, int instances) {
        Set<String> seen = new HashSet<>();
        await(instances + " instances at " + proxy)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> {
                    var answer = send("GET", proxy.toString(), "");
                    if (answer.statusCode() == 200) {
                        seen.add(answer.body());
                    }
                    return seen.size() == instances;
                });
    }

    private static JsonNode get(String uri) throws Exception {
        return JSON.readTree(send("GET", uri, "").body());
    }

    private static HttpResponse<String> send(String method, String uri, String body)
            throws Exception {
        var request =
                HttpRequest.newBuilder(URI.create(uri))
                        .timeout(CALL)
                        .header("Content-Type", "application/json")
                        .method(
                                method,
                                body.isEmpty()
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofString(body))
                        .build();
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /// How long it took, for whoever reads the test's output.
    private void tell(String what) {
        long now = System.nanoTime();
        System.out.printf("%6.1f s  %s%n", (now - phase) / 1e9, what);
        phase = now;
    }
}

package io.ekiden.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.testkit.NeedsDocker;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/// A pod of two containers that share a volume: one writes what the other serves.
final class PodsIT extends EkidenTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String POD =
            """
            {"id": "/pod",
             "containers": [
               {"name": "writer",
                "exec": {"command": {"shell": "echo one > out/text; exec sleep 7654321"}},
                "resources": {"cpus": 0.1, "mem": 32},
                "volumeMounts": [{"name": "content", "mountPath": "out"}]},
               {"name": "web",
                "exec": {"command": {"shell": "cd in && exec python3 -m http.server $ENDPOINT_HTTP"}},
                "resources": {"cpus": 0.1, "mem": 64},
                "endpoints": [{"name": "http"}],
                "volumeMounts": [{"name": "content", "mountPath": "in"}],
                "healthCheck": {"http": {"endpoint": "http", "path": "/text"},
                  "intervalSeconds": 2, "timeoutSeconds": 1, "delaySeconds": 0, "gracePeriodSeconds": 30}}],
             "volumes": [{"name": "content"}],
             "scaling": {"kind": "fixed", "instances": 1}}
            """;

    private static final String IN_IMAGES =
            """
            {"id": "/pod",
             "networks": [{"mode": "container/bridge"}],
             "containers": [
               {"name": "writer", "image": {"kind": "DOCKER", "id": "busybox:local"},
                "exec": {"command": {"shell": "echo one > /out/text; exec sleep 1000"}},
                "resources": {"cpus": 0.1, "mem": 32},
                "volumeMounts": [{"name": "content", "mountPath": "/out"}]},
               {"name": "web", "image": {"kind": "DOCKER", "id": "busybox:local"},
                "exec": {"command": {"argv": ["httpd", "-f", "-p", "8080", "-h", "/in"]}},
                "resources": {"cpus": 0.1, "mem": 32},
                "endpoints": [{"name": "http", "containerPort": 8080}],
                "volumeMounts": [{"name": "content", "mountPath": "/in", "readOnly": true}],
                "healthCheck": {"http": {"endpoint": "http", "path": "/text"},
                  "intervalSeconds": 2, "timeoutSeconds": 1, "delaySeconds": 0, "gracePeriodSeconds": 30}}],
             "volumes": [{"name": "content"}]}
            """;

    @Test
    void livesThroughScalingUpgradesAndTheEndOfAContainer() throws Exception {
        var file = Files.writeString(directory.resolve("pod.json"), POD);
        var ekiden = up(file.toString());
        await().atMost(RunningEkiden.PATIENCE)
                .until(() -> ekiden.launcher().results().contains("healthy /pod 1/1"));
        assertThat(text(endpoint(instances(ekiden).getFirst()))).isEqualTo("one\n");

        replaced(ekiden);
        scaled(ekiden);
        upgraded(ekiden);

        assertThat(ekiden.delete("/v2/pods/pod").status()).isEqualTo(202);
        await().atMost(RunningEkiden.PATIENCE)
                .until(() -> ekiden.get("/v2/pods/pod").status() == 404);
        await().atMost(RunningEkiden.PATIENCE).until(() -> running("sleep").isEmpty());
        assertThat(running("python3")).isEmpty();
    }

    @Test
    @NeedsDocker(images = "busybox:local")
    void itsContainersMayHaveImages() throws Exception {
        var ekiden = up();
        var created = ekiden.post("/v2/pods", IN_IMAGES);
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.body().path("networks").path(0).path("mode").asText())
                .isEqualTo("container/bridge");

        awaitStable(ekiden, 1, PodsIT::allHealthy);
        assertThat(text(endpoint(instances(ekiden).getFirst()))).isEqualTo("one\n");
        var before = containerIds(ekiden);
        var first = containers();
        assertThat(first).hasSize(2);

        docker("kill", first.getFirst());

        awaitStable(ekiden, 1, now -> !before.contains(container(now)) && allHealthy(now));
        assertThat(text(endpoint(instances(ekiden).getFirst()))).isEqualTo("one\n");
        await().atMost(RunningEkiden.PATIENCE)
                .until(() -> containers().stream().noneMatch(first::contains));
        assertThat(containers()).hasSize(2);

        assertThat(ekiden.delete("/v2/pods/pod").status()).isEqualTo(202);
        await().atMost(RunningEkiden.PATIENCE)
                .until(() -> ekiden.get("/v2/pods/pod").status() == 404 && containers().isEmpty());
    }

    /// What is said of the health of the container that is checked.
    private static boolean allHealthy(JsonNode instance) {
        return instance.path("containers")
                .path(1)
                .path("conditions")
                .path(0)
                .path("value")
                .asText()
                .equals("true");
    }

    /// Of this test's agent, also those that have ended and are not yet removed.
    private List<String> containers() throws IOException {
        return docker("ps", "-aq", "--filter", "label=io.ekiden.app=/pod").stream()
                .filter(this::isOwn)
                .toList();
    }

    /// Its sandbox is in this test's directory.
    private boolean isOwn(String container) {
        try {
            return docker("inspect", "--format", "{{.HostConfig.Binds}}", container)
                    .toString()
                    .contains(directory.toString());
        } catch (IOException e) {
            // It was removed meanwhile.
            return false;
        }
    }

    private void replaced(RunningEkiden ekiden) throws IOException {
        var before = containerIds(ekiden);

        kill9(running("sleep").iterator().next());

        awaitStable(ekiden, 1, instance -> !before.contains(container(instance)));
        assertThat(text(endpoint(instances(ekiden).getFirst()))).isEqualTo("one\n");
        assertThat(running("python3")).hasSize(1);
        assertThat(
                        ekiden.get("/v2/pods/pod::status")
                                .body()
                                .path("terminationHistory")
                                .path(0)
                                .path("message")
                                .asText())
                .isEqualTo("container 'writer': Command terminated with signal Killed");
    }

    private void scaled(RunningEkiden ekiden) throws IOException {
        var pod = (ObjectNode) JSON.readTree(POD);
        ((ObjectNode) pod.path("scaling")).put("instances", 2);

        assertThat(ekiden.put("/v2/pods/pod", pod.toString()).status()).isEqualTo(200);

        awaitStable(ekiden, 2, _ -> true);
        for (var instance : instances(ekiden)) {
            assertThat(text(endpoint(instance))).isEqualTo("one\n");
        }
    }

    private void upgraded(RunningEkiden ekiden) throws IOException {
        var pod = (ObjectNode) JSON.readTree(POD.replace("echo one", "echo two"));
        ((ObjectNode) pod.path("scaling")).put("instances", 2);
        var before = containerIds(ekiden);

        assertThat(ekiden.put("/v2/pods/pod", pod.toString()).status()).isEqualTo(200);

        awaitStable(ekiden, 2, instance -> !before.contains(container(instance)));
        for (var instance : instances(ekiden)) {
            assertThat(text(endpoint(instance))).isEqualTo("two\n");
        }
        assertThat(ekiden.get("/v2/pods/pod::versions").body()).hasSize(3);
    }

    private static void awaitStable(RunningEkiden ekiden, int count, Predicate<JsonNode> wanted) {
        await().atMost(RunningEkiden.PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> {
                    var status = ekiden.get("/v2/pods/pod::status").body();
                    var instances = instances(status);
                    return status.path("status").asText().equals("STABLE")
                            && ekiden.get("/v2/deployments").body().isEmpty()
                            && instances.size() == count
                            && instances.stream().allMatch(wanted);
                });
    }

    private static List<JsonNode> instances(RunningEkiden ekiden) {
        return instances(ekiden.get("/v2/pods/pod::status").body());
    }

    private static List<JsonNode> instances(JsonNode status) {
        return RunningEkiden.stream(status.path("instances")).toList();
    }

    private static Set<String> containerIds(RunningEkiden ekiden) {
        var ids = new TreeSet<String>();
        instances(ekiden).forEach(instance -> ids.add(container(instance)));
        return ids;
    }

    /// The id of an instance's first container: another in each of its lives.
    private static String container(JsonNode instance) {
        return instance.path("containers").path(0).path("containerId").asText();
    }

    private static int endpoint(JsonNode instance) {
        return instance.path("containers")
                .path(1)
                .path("endpoints")
                .path(0)
                .path("allocatedHostPort")
                .asInt();
    }

    private static String text(int port) throws IOException {
        var request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/text".formatted(port)));
        try (var client = HttpClient.newHttpClient()) {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}

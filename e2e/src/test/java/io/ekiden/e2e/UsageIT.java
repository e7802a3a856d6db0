package io.ekiden.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.ekiden.testkit.NeedsDocker;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/// What tasks use, and what becomes of one that uses too much.
final class UsageIT extends EkidenTest {
    private static final String FILL =
            "cd $MESOS_SANDBOX; while [ ! -e go ]; do sleep 0.1; done;"
                    + " dd if=/dev/zero of=big bs=1024 count=12288; exec sleep 1000";

    private static JsonNode statistics(RunningEkiden ekiden, String task) {
        return ekiden.get("/v2/tasks/" + task + "/usage").body().path("statistics");
    }

    private static String task(RunningEkiden ekiden, String app) {
        await().atMost(RunningEkiden.PATIENCE)
                .until(() -> ekiden.app(app).path("tasksRunning").asInt() == 1);
        return ekiden.tasks(app).getFirst().path("id").asText();
    }

    @Test
    void figuresComeThroughTheGatewayAndWhoTakesTooMuchDiskFailsAndComesAgain() throws Exception {
        var ekiden = up();
        var app =
                """
                {"id": "/full", "cmd": "%s", "cpus": 0.1, "mem": 32, "disk": 10,
                 "backoffSeconds": 1, "portDefinitions": []}
                """
                        .formatted(FILL);
        assertThat(ekiden.post("/v2/apps", app).status()).isEqualTo(201);
        var task = task(ekiden, "/full");
        await().atMost(RunningEkiden.PATIENCE)
                .until(() -> statistics(ekiden, task).has("disk_used_bytes"));
        var figures = statistics(ekiden, task);
        assertThat(figures.path("disk_limit_bytes").asLong()).isEqualTo(10 << 20);
        assertThat(figures.path("mem_rss_bytes").asLong()).isPositive();
        assertThat(figures.path("cpus_limit").asDouble()).isEqualTo(0.1);
        assertThat(figures.has("net_rx_bytes")).isFalse();

        var sandbox = ekiden.data().resolve("agents/agent-1/sandboxes").resolve(task);
        Files.createFile(sandbox.resolve("go"));

        await().atMost(RunningEkiden.PATIENCE)
                .until(() -> !ekiden.app("/full").path("lastTaskFailure").isMissingNode());
        var failure = ekiden.app("/full").path("lastTaskFailure");
        assertThat(failure.path("state").asText()).isEqualTo("TASK_FAILED");
        assertThat(failure.path("taskId").asText()).isEqualTo(task);
        assertThat(failure.path("message").asText())
                .startsWith("Disk usage (12")
                .contains("exceeds quota (10 MB)");
        var successor = task(ekiden, "/full");
        assertThat(successor).isNotEqualTo(task);
        assertThat(statistics(ekiden, successor).path("disk_limit_bytes").asLong())
                .isEqualTo(10 << 20);
        var gone = ekiden.get("/v2/tasks/" + task + "/usage");
        assertThat(gone.status()).isEqualTo(404);
        assertThat(gone.body().path("message").asText()).contains("does not run");
        assertThat(ekiden.get("/v2/tasks/" + task + "/files/browse").text()).contains("\"big\"");
    }

    @Test
    @NeedsDocker(images = "busybox:local")
    void ofAContainerOnTheBridgeTheNetworkIsToldToo() throws Exception {
        var ekiden = up();
        var app =
                """
                {"id": "/web", "cmd": "exec sleep 1000", "cpus": 0.1, "mem": 32,
                 "container": {"type": "DOCKER", "docker": {"image": "busybox:local"},
                   "portMappings": [{"containerPort": 80}]},
                 "networks": [{"mode": "container/bridge"}]}
                """;
        assertThat(ekiden.post("/v2/apps", app).status()).isEqualTo(201);
        var task = task(ekiden, "/web");
        var usage = ekiden.get("/v2/tasks/" + task + "/usage").body();
        assertThat(usage.path("source").asText()).isEqualTo("docker");
        var figures = usage.path("statistics");
        assertThat(figures.path("mem_limit_bytes").asLong()).isEqualTo(32 << 20);
        assertThat(figures.path("net_rx_bytes").isIntegralNumber()).isTrue();
        await().atMost(RunningEkiden.PATIENCE)
                .until(() -> statistics(ekiden, task).has("cpus_used"));
    }
}

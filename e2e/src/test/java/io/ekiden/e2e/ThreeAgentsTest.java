package io.ekiden.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.model.PortRange;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Tests of one running product with three agents, a1 and a2 in rack r1, a3 in rack r2, whose tests
/// each use apps of their own. At the end the whole journal is decided again.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ThreeAgentsTest {
    Path directory;
    RunningEkiden ekiden;

    @BeforeAll
    final void up(@TempDir(cleanup = CleanupMode.ALWAYS) Path directory) throws Exception {
        this.directory = directory;
        ekiden =
                RunningEkiden.upWith(
                        directory,
                        "--agent=name=a1;hostname=h1;attributes=rack:r1,disk:ssd,size:1.5;cpus=4;mem=2048",
                        "--agent=name=a2;hostname=h2;attributes=rack:r1,disk:hdd,size:2;cpus=4;mem=2048",
                        "--agent=name=a3;hostname=h3;attributes=rack:r2,disk:ssd,size:3;cpus=4;mem=2048");
        await().atMost(RunningEkiden.PATIENCE)
                .until(() -> ekiden.get("/v2/agents").body().path("agents").size() == 3);
    }

    @AfterAll
    final void theJournalIsDecidedAgainWithoutADifference() throws Exception {
        if (ekiden == null) {
            return;
        }
        try (var running = ekiden) {
            var journal = Journal.read(running.kafka());
            var first = running.servicePort();
            assertThat(journal.entries()).isNotEmpty();
            assertThat(journal.differences(new PortRange(first, first + 99))).isEmpty();
        }
    }

    /// An app that weighs next to nothing.
    static ObjectNode sleeper(String id, int instances) {
        var app = JsonNodeFactory.instance.objectNode();
        app.put("id", id).put("cmd", "exec sleep 3600");
        app.put("cpus", 0.01).put("mem", 4).put("instances", instances);
        app.putArray("portDefinitions");
        return app;
    }

    /// An app of web servers with health checks, see [LightServer].
    final ObjectNode server(String id, int instances) {
        return LightServer.app(id, directory.resolve("starts"), instances, 0);
    }

    final void put(ObjectNode app) {
        assertThat(ekiden.put("/v2/apps" + app.path("id").asText(), app.toString()))
                .matches(answer -> answer.status() == 200 || answer.status() == 201);
    }

    /// Deploys and waits until nothing is left to do.
    final void deploy(ObjectNode app) {
        put(app);
        settled(app.path("id").asText(), app.path("instances").asInt());
    }

    final void settled(String id, int running) {
        until(
                id,
                app ->
                        app.path("deployments").isEmpty()
                                && app.path("tasksRunning").asInt() == running
                                && app.path("tasksStaged").asInt() == 0);
    }

    final void until(String id, Predicate<JsonNode> holds) {
        await(id).atMost(RunningEkiden.PATIENCE).until(() -> holds.test(ekiden.app(id)));
    }

    /// The agents of an app's tasks, one for each, in order.
    final List<String> agents(String id) {
        return ekiden.tasks(id).stream()
                .map(task -> task.path("slaveId").asText())
                .sorted()
                .toList();
    }

    final List<String> taskIds(String id) {
        return ekiden.tasks(id).stream().map(task -> task.path("id").asText()).sorted().toList();
    }

    final Stream<JsonNode> deployments() {
        return RunningEkiden.stream(ekiden.get("/v2/deployments").body());
    }

    /// The running deployment of an app.
    final String deploymentOf(String id) {
        return ekiden.app(id).path("deployments").path(0).path("id").asText();
    }
}

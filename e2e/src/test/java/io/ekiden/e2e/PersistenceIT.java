package io.ekiden.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.testkit.NeedsDocker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The persistent volume of the examples: what a task writes there, its successor finds.
final class PersistenceIT extends EkidenTest {

    @Test
    void aFailedTaskIsLaunchedAgainOnItsAgentAndFindsWhatTheFirstHasWritten() throws Exception {
        keepsTheDate("persistence.json", _ -> {});
    }

    @Test
    @NeedsDocker
    void soIsAContainer() throws Exception {
        keepsTheDate(
                "persistence-docker.json",
                app ->
                        ((ObjectNode) app.path("container").path("docker"))
                                .put("image", "busybox:local"));
    }

    private interface Adapted {
        void change(ObjectNode app);
    }

    private void keepsTheDate(String example, Adapted adapted) throws Exception {
        var ekiden = up("--agent", "name=agent-2;hostname=127.0.0.2;cpus=8;mem=8192");
        await().until(() -> ekiden.get("/v2/agents").body().path("agents").size() == 2);
        var app = (ObjectNode) new ObjectMapper().readTree(read(example));
        app.put("cmd", app.path("cmd").asText().replace("sleep 30", "sleep 1"));
        app.put("backoffSeconds", 0);
        adapted.change(app);
        var id = app.path("id").asText();
        assertThat(ekiden.post("/v2/apps", app.toString()).status()).isEqualTo(201);

        await().atMost(RunningEkiden.PATIENCE).until(() -> ended(ekiden, id).count() >= 3);

        var tasks = ended(ekiden, id).toList();
        assertThat(tasks)
                .extracting(task -> task.path("slaveId").asText())
                .containsOnly(tasks.getFirst().path("slaveId").asText());
        assertThat(tasks)
                .extracting(task -> task.path("state").asText())
                .containsOnly("TASK_FAILED");
        var printed = tasks.stream().map(task -> log(ekiden, task)).distinct().toList();
        assertThat(printed).singleElement().asString().isNotBlank();
        var instance = ekiden.tasks(id).getFirst();
        assertThat(instance.path("localVolumes").path(0).path("containerPath").asText())
                .isEqualTo("data");
        assertThat(volumes()).hasSize(1);

        assertThat(ekiden.delete("/v2/apps" + id).status()).isEqualTo(200);
        ekiden.awaitGone(id);
        await().atMost(RunningEkiden.PATIENCE).until(() -> volumes().isEmpty());
    }

    private static Stream<JsonNode> ended(RunningEkiden ekiden, String id) {
        return RunningEkiden.stream(ekiden.get("/v2/tasks/ended?appId=" + id).body().path("tasks"));
    }

    private static String log(RunningEkiden ekiden, JsonNode task) {
        return ekiden.get("/v2/tasks/" + task.path("taskId").asText() + "/logs/stdout").text();
    }

    /// The directories of the volumes of all agents.
    private List<Path> volumes() throws IOException {
        try (var files = Files.walk(directory.resolve("data"), 4)) {
            return files.filter(Files::isDirectory)
                    .filter(file -> file.getParent().getFileName().toString().equals("volumes"))
                    .toList();
        }
    }

    private static String read(String example) throws IOException {
        return Files.readString(Launcher.ROOT.resolve("examples").resolve(example));
    }
}

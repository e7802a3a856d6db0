package io.ekiden.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ekiden.testkit.NeedsDocker;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/// Volumes of a Docker volume driver that every engine has.
@NeedsDocker(images = "busybox:local")
final class ExternalVolumesIT extends EkidenTest {
    private static final String WRITE = "echo line >> /data/book; cat /data/book; exec sleep 1000";
    private static final String STUBBORN = "trap : TERM; while :; do sleep 1; done";

    private static final String PREFIX = "ekiden-test-" + UUID.randomUUID() + "-";

    private final String volume = PREFIX + UUID.randomUUID();

    /// Ekiden, and with it what used them, has ended by then.
    @AfterAll
    static void removeTheVolumes() {
        await().atMost(RunningEkiden.PATIENCE)
                .ignoreExceptions()
                .until(() -> {
                    for (var left : docker("volume", "ls", "-q", "--filter", "name=" + PREFIX)) {
                        docker("volume", "rm", left);
                    }
                    return true;
                });
    }

    private RunningEkiden twoAgents() throws Exception {
        var ekiden = up("--agent", "name=agent-2;hostname=127.0.0.2;cpus=2;mem=512");
        await().atMost(RunningEkiden.PATIENCE)
                .until(() -> ekiden.get("/v2/agents").body().path("agents").size() == 2);
        return ekiden;
    }

    private String app(String id, int grace, String command, String driver) {
        return """
        {"id": "%s", "cpus": 0.1, "mem": 32, "backoffSeconds": 0, "taskKillGracePeriodSeconds": %d,
         "cmd": "%s",
         "container": {"docker": {"image": "busybox:local"}, "volumes": [
           {"containerPath": "/data", "mode": "RW", "external":
             {"name": "%s", "provider": "dvdi", "options": {"dvdi/driver": "%s"}}}]}}
        """
                .formatted(id, grace, command, volume, driver);
    }

    private List<String> containers() throws IOException {
        return docker("ps", "--quiet", "--filter", "volume=" + volume);
    }

    @Test
    void whatATaskWroteItsSuccessorFindsAndNobodyRemoves() throws Exception {
        var ekiden = twoAgents();
        assertThat(ekiden.post("/v2/apps", app("/book", 1, WRITE, "local")).status())
                .isEqualTo(201);
        awaitRunning(ekiden, "/book");
        var first = ekiden.tasks("/book").getFirst().path("id").asText();

        assertThat(ekiden.delete("/v2/apps/book/tasks/" + first).status()).isEqualTo(200);

        await().atMost(RunningEkiden.PATIENCE)
                .ignoreExceptions()
                .until(() -> {
                    var task = ekiden.tasks("/book").getFirst().path("id").asText();
                    return !task.equals(first)
                            && ekiden.get("/v2/tasks/" + task + "/logs/stdout")
                                    .text()
                                    .equals("line\nline\n");
                });

        assertThat(ekiden.delete("/v2/apps/book").status()).isEqualTo(200);
        ekiden.awaitGone("/book");
        await().atMost(RunningEkiden.PATIENCE).until(() -> containers().isEmpty());
        assertThat(docker("volume", "ls", "--quiet", "--filter", "name=" + volume))
                .containsExactly(volume);
    }

    @Test
    void aVolumeIsOneAppsAndOneTasksAtATime() throws Exception {
        var ekiden = twoAgents();
        assertThat(ekiden.post("/v2/apps", app("/slow", 8, STUBBORN, "local")).status())
                .isEqualTo(201);
        awaitRunning(ekiden, "/slow");
        var taken = ekiden.post("/v2/apps", app("/next", 1, WRITE, "local"));
        assertThat(taken.status()).isEqualTo(422);
        assertThat(taken.text()).contains("Volume name '%s' in /next conflicts".formatted(volume));

        assertThat(ekiden.delete("/v2/apps/slow").status()).isEqualTo(200);
        assertThat(ekiden.post("/v2/apps", app("/next", 1, WRITE, "local")).status())
                .isEqualTo(201);

        assertThat(there(ekiden)).contains("volume %s in use by slow.".formatted(volume));
        assertThat(containers()).hasSize(1);
        awaitRunning(ekiden, "/next");
        assertThat(containers()).hasSize(1);
        assertThat(ekiden.tasks("/slow")).isEmpty();
    }

    @Test
    void anAppWhoseDriverNoEngineHasWaitsAndSaysSo() throws Exception {
        var ekiden = twoAgents();
        assertThat(ekiden.post("/v2/apps", app("/far", 1, WRITE, "nowhere")).status())
                .isEqualTo(201);

        await().atMost(RunningEkiden.PATIENCE)
                .untilAsserted(() -> assertThat(there(ekiden)).contains("volume drivers ["));
    }

    private static void awaitRunning(RunningEkiden ekiden, String id) {
        await().atMost(RunningEkiden.PATIENCE)
                .until(() -> ekiden.app(id).path("tasksRunning").asInt() == 1);
    }

    /// Of the first that waits, what there is instead of what it wants.
    private static String there(RunningEkiden ekiden) {
        return ekiden.get("/v2/queue?embed=lastUnusedOffers")
                .body()
                .at("/queue/0/lastUnusedOffers/0/there")
                .asText();
    }
}

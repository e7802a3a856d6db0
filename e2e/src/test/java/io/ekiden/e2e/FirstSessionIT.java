package io.ekiden.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What README.md shows.
final class FirstSessionIT extends EkidenTest {
    private static final String HELLO = "examples/hello.json";

    @Test
    void upOfTheExampleEndsHealthyAndItsUrlAnswers() throws Exception {
        var ekiden = up();
        // The example names port 10000, which may be another's on this machine.
        var example =
                Files.readString(Launcher.ROOT.resolve(HELLO))
                        .replace("10000", Integer.toString(ekiden.servicePort()));
        var file = Files.writeString(directory.resolve("hello.json"), example);

        var deployed = ekiden.command("up", file.toString());

        var url = "http://127.0.0.1:" + ekiden.servicePort() + "/";
        assertThat(deployed.awaitEnd()).as("it said %s", deployed.remarks()).isZero();
        assertThat(deployed.results())
                .anyMatch(line -> line.startsWith("ekiden ready api="))
                .contains("healthy /hello 1/1 " + url + " host=hello.localhost");
        assertThat(ekiden.getService(ekiden.servicePort()).text()).contains("Hello from Ekiden");

        var replayed = ekiden.command("replay");
        assertThat(replayed.awaitEnd()).as("it said %s", replayed.remarks()).isZero();
        assertThat(replayed.results())
                .singleElement()
                .asString()
                .matches("replayed [1-9][0-9]* entries, 0 with a difference");
    }

    @Test
    void theReadmeShowsTheTwoCommandsThatWork() throws Exception {
        var readme = Files.readString(Launcher.ROOT.resolve("README.md"));

        assertThat(readme).contains("./ekiden up " + HELLO, "./ekiden down");
        assertThat(Launcher.run(directory, List.of("--help")).awaitEnd()).isZero();
        assertThat(Launcher.run(directory, List.of("down")).awaitEnd()).isZero();
    }

    @Test
    void detachedItRunsOnUntilDown() throws Exception {
        var data = directory.resolve("data").toString();
        var up =
                Launcher.run(
                        directory,
                        List.of(
                                "up",
                                "--detach",
                                "--data-dir=" + data,
                                "--port=0",
                                "--lb-port=0",
                                "--admin-port=0",
                                "--kafka-port=0"));
        try {
            assertThat(up.awaitEnd()).as("it said %s", up.remarks()).isZero();
            assertThat(up.results()).singleElement().asString().startsWith("ekiden ready api=http");
            assertThat(Path.of(data, "ekiden.json")).exists();
        } finally {
            var down = Launcher.run(directory, List.of("down", "--data-dir=" + data));
            assertThat(down.awaitEnd()).isZero();
        }
        assertThat(Path.of(data, "ekiden.json")).doesNotExist();
    }

    @Test
    void aFileThatIsNoDefinitionEndsItBeforeAnythingIsStarted() throws Exception {
        var file =
                Files.writeString(
                        directory.resolve("bad.json"), "{\"id\": \"/x\", \"cpus\": \"many\"}");

        var up = Launcher.run(directory, List.of("up", file.toString()));

        assertThat(up.awaitEnd()).isEqualTo(2);
        assertThat(up.remarks()).singleElement().asString().contains("bad.json", "/cpus");
        assertThat(directory.resolve(".ekiden")).doesNotExist();
    }

    @Test
    void aBusyPortEndsItWithTheNameOfTheOption() throws Exception {
        var ekiden = up();

        var second =
                Launcher.run(
                        directory, List.of("up", "--data-dir=other", "--port=" + ekiden.lbPort()));

        assertThat(second.awaitEnd()).isEqualTo(3);
        assertThat(second.remarks())
                .singleElement()
                .asString()
                .contains(Integer.toString(ekiden.lbPort()), "--port");
    }

    @Test
    void anAppThatNeverGetsHealthyIsSaidWithItsReason() throws Exception {
        var ekiden = up();
        var file =
                Files.writeString(
                        directory.resolve("huge.json"),
                        "{\"id\": \"/huge\", \"cmd\": \"sleep 1000\", \"cpus\": 1000}");

        var deployed = ekiden.command("up", file.toString(), "--timeout=2s");

        assertThat(deployed.awaitEnd()).isEqualTo(4);
        assertThat(deployed.results())
                .anySatisfy(line ->
                        assertThat(line).startsWith("failed /huge").contains("InsufficientCpus"));
    }

    @Test
    void ctrlCStopsTheTasksAndTheNextUpStartsThemAgain() throws Exception {
        var ekiden = up();
        var app =
                "{\"id\": \"/sleeper\", \"cmd\": \"echo $MESOS_TASK_ID >> '%s' && exec sleep 1000\", \"cpus\": 0.05, \"mem\": 16}"
                        .formatted(starts());
        ekiden.put("/v2/apps/sleeper", app);
        await().atMost(RunningEkiden.PATIENCE).until(() -> started().size() == 1);
        await().atMost(RunningEkiden.PATIENCE)
                .until(() -> ekiden.app("/sleeper").path("tasksRunning").asInt() == 1);

        ekiden.launcher().signal("INT");

        assertThat(ekiden.launcher().awaitEnd()).isZero();
        assertThat(running("sleep")).isEmpty();
        ekiden.start();
        await().atMost(RunningEkiden.PATIENCE).until(() -> started().size() == 2);
        assertThat(running("sleep")).hasSize(1);
    }

    @Test
    void downCanLeaveTheTasksToTheNextUp() throws Exception {
        var ekiden = up();
        var app =
                "{\"id\": \"/sleeper\", \"cmd\": \"echo $MESOS_TASK_ID >> '%s' && exec sleep 1000\", \"cpus\": 0.05, \"mem\": 16}"
                        .formatted(starts());
        ekiden.put("/v2/apps/sleeper", app);
        await().atMost(RunningEkiden.PATIENCE)
                .until(() -> ekiden.app("/sleeper").path("tasksRunning").asInt() == 1);
        var pids = running("sleep");
        assertThat(pids).hasSize(1);

        assertThat(ekiden.command("down", "--keep-tasks").awaitEnd()).isZero();

        assertThat(running("sleep")).isEqualTo(pids);
        ekiden.start();
        await().atMost(RunningEkiden.PATIENCE)
                .until(() -> ekiden.app("/sleeper").path("tasksRunning").asInt() == 1);
        await().during(Duration.ofSeconds(2))
                .until(() -> started().size() == 1 && running("sleep").equals(pids));
    }
}

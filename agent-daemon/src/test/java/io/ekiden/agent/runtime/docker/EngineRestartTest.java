package io.ekiden.agent.runtime.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ekiden.agent.Given;
import io.ekiden.agent.core.Event;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.runtime.Life;
import io.ekiden.testkit.NeedsProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real engine that ends and comes back.
@NeedsProgram({"busybox", "dockerd", "unshare"})
final class EngineRestartTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir Path dir;

    private OwnEngine engine;
    private Optional<DockerMachine> machine = Optional.empty();
    private Optional<Life> life = Optional.empty();

    @BeforeEach
    void begin() throws IOException {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root starts engines");
        engine = new OwnEngine(Files.createTempDirectory("engine"));
    }

    @AfterEach
    void end() {
        life.ifPresent(agent -> agent.runtime.close());
        machine.ifPresent(DockerMachine::close);
        engine.close();
    }

    private Life agent() {
        machine =
                Optional.of(
                        new DockerMachine(engine.address(), engine.address(), DockerMachine.QUICK));
        life = Optional.of(machine.get().life(dir));
        return life.get();
    }

    private LocalTask counting() {
        return machine.orElseThrow()
                .task(
                        Given.cmd(
                                "i=0; while [ ! -e $MESOS_SANDBOX/go ]; do echo $i; i=$((i+1));"
                                        + " sleep 0.05; done; echo $i > $MESOS_SANDBOX/count"));
    }

    private static void awaitBack(Life agent) {
        await().atMost(LONG).until(() -> !agent.runtime.runs().isEmpty());
    }

    private static void awaitAway(Life agent) {
        await().atMost(LONG).until(() -> agent.runtime.runs().isEmpty());
    }

    @Test
    void tasksThatTheEngineLetsLiveAreAdoptedWithAllTheirOutput() throws IOException {
        engine.start("--live-restore");
        var agent = agent();
        var task = counting();
        agent.start(task);
        agent.awaitOutput(task, "3\n");
        var execution = machine.orElseThrow().execution(task.taskId());

        engine.kill();
        awaitAway(agent);
        engine.start("--live-restore");
        awaitBack(agent);

        assertThat(machine.orElseThrow().execution(task.taskId())).isEqualTo(execution);
        assertThat(agent.events(task)).hasSize(1);
        Files.createFile(agent.sandbox(task).resolve("go"));
        assertThat(agent.end(task))
                .isEqualTo(
                        new Event.Ended(
                                task.taskId(), Optional.of(0), "Command exited with status 0"));
        assertThat(agent.stdout(task)).isEqualTo(counted(agent, task));
    }

    private static String counted(Life agent, LocalTask task) {
        int count = Integer.parseInt(agent.text(task, "count").strip());
        return IntStream.range(0, count).mapToObj(i -> i + "\n").collect(Collectors.joining());
    }

    @Test
    void tasksThatAKilledEngineEndsWhenItIsBackAreToldToHaveEnded() {
        engine.start();
        var agent = agent();
        var task = counting();
        agent.start(task);
        agent.awaitOutput(task, "3\n");

        engine.kill();
        awaitAway(agent);
        assertThat(agent.events(task)).hasSize(1);
        engine.start();

        assertThat(agent.end(task)).isInstanceOf(Event.Ended.class);
        await().atMost(LONG).until(() -> machine.orElseThrow().left(task.taskId()).isEmpty());
        var next = machine.orElseThrow().task(Given.cmd("exit 0"));
        agent.start(next);
        assertThat(agent.end(next))
                .isEqualTo(
                        new Event.Ended(
                                next.taskId(), Optional.of(0), "Command exited with status 0"));
    }

    @Test
    void tasksThatAStoppedEngineEndsAreToldToHaveEnded() {
        engine.start();
        var agent = agent();
        var task = counting();
        agent.start(task);
        agent.awaitOutput(task, "3\n");

        engine.stop();
        engine.start();

        assertThat(agent.end(task)).isInstanceOf(Event.Ended.class);
        assertThat(agent.stdout(task)).startsWith("0\n1\n2\n3\n");
    }
}

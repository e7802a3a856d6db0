package io.ekiden.agent.runtime.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ekiden.agent.AgentConfig;
import io.ekiden.agent.Given;
import io.ekiden.agent.core.Event;
import io.ekiden.agent.core.Finding;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.core.Measurement;
import io.ekiden.agent.runtime.Life;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.model.Container;
import io.ekiden.testkit.NeedsDocker;
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

/// The engine absent, hung, back again, and answers lost on their way. The machine's own engine is
/// left in peace: a relay in front of it does the mischief.
@NeedsDocker
@NeedsProgram("busybox")
final class EngineAwayTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration GRACE = Duration.ofSeconds(60);
    private static final String UNTIL_GO =
            "while [ ! -e $MESOS_SANDBOX/go ]; do sleep 0.05; done; ";

    /// Gives up requests so early that a hung engine is met within the test.
    private static final Patience IMPATIENT =
            new Patience(
                    Duration.ofMillis(100),
                    Duration.ofMillis(1500),
                    Duration.ofMillis(2000),
                    Duration.ofMillis(4000),
                    Duration.ofMillis(500),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(5));

    @TempDir Path dir;

    private EngineRelay relay;
    private DockerMachine machine;
    private Life agent;

    @BeforeEach
    void begin() {
        relay = new EngineRelay(dir);
        machine = new DockerMachine(AgentConfig.DOCKER_HOST, relay.address(), IMPATIENT);
        agent = newLife();
    }

    private Life newLife() {
        return machine.life(dir.resolve("work"));
    }

    @AfterEach
    void end() {
        agent.runtime.close();
        relay.close();
        machine.close();
    }

    private LocalTask cmd(String command) {
        return machine.task(Given.cmd(command));
    }

    private static LocalTask running(LocalTask task) {
        return task.withState(TaskState.RUNNING, Optional.empty(), "");
    }

    private void awaitAway() {
        await().atMost(LONG).until(() -> agent.runtime.runs().isEmpty());
    }

    private void awaitBack() {
        await().atMost(LONG).until(() -> !agent.runtime.runs().isEmpty());
    }

    private static Event finished(LocalTask task) {
        return new Event.Ended(task.taskId(), Optional.of(0), "Command exited with status 0");
    }

    private static Event terminated(LocalTask task) {
        return new Event.Ended(
                task.taskId(), Optional.of(143), "Command terminated with signal Terminated");
    }

    @Test
    void saysThatNothingCanBeRunWhileTheEngineIsAwayAndWhenItIsBack() {
        assertThat(agent.runtime.runs()).containsExactly(Container.Type.DOCKER);
        assertThat(agent.runtime.attributes()).containsKey("docker");
        long before = changes();

        relay.refuse();
        awaitAway();
        assertThat(agent.runtime.attributes()).isEmpty();
        await().until(() -> changes() == before + 1);
        relay.listen();
        awaitBack();

        await().until(() -> changes() == before + 2);
    }

    private long changes() {
        return agent.events().stream().filter(Event.RuntimesChanged.class::isInstance).count();
    }

    @Test
    void anAgentBeginsWithoutAnEngineAndFindsItLater() {
        relay.refuse();
        agent.runtime.close();
        agent = newLife();
        assertThat(agent.runtime.runs()).isEmpty();
        var task = cmd("exit 0");
        agent.start(task);
        relay.listen();
        assertThat(agent.end(task)).isEqualTo(finished(task));
    }

    @Test
    void aHungEngineIsAwayAndItsTasksAreNot() throws IOException {
        var task = cmd("echo early; " + UNTIL_GO + "echo late");
        agent.start(task);
        agent.awaitOutput(task, "early");

        relay.hang();
        awaitAway();
        assertThat(agent.runtime.check(task, "true", LONG)).isEqualTo(new Finding.Unknown());
        assertThat(agent.events(task)).containsExactly(new Event.Running(task.taskId()));
        Files.createFile(agent.sandbox(task).resolve("go"));
        relay.resume();

        assertThat(agent.end(task)).isEqualTo(finished(task));
        assertThat(agent.stdout(task)).isEqualTo("early\nlate\n");
    }

    @Test
    void tasksAreNotLostWithTheEngineAndTheirEndsAreToldWhenItIsBack() throws IOException {
        var runs = cmd("sleep 1000");
        var ends = cmd(UNTIL_GO + "echo last words; exit 7");
        agent.start(runs);
        agent.start(ends);
        agent.awaitRunning(runs);
        agent.awaitRunning(ends);

        relay.refuse();
        awaitAway();
        Files.createFile(agent.sandbox(ends).resolve("go"));
        await().atMost(LONG)
                .until(() ->
                        machine.docker
                                .inspectContainerCmd(ContainerSpec.name(ends.taskId()))
                                .exec()
                                .getState()
                                .getStatus()
                                .equals("exited"));
        assertThat(agent.events(ends)).hasSize(1);
        relay.listen();

        assertThat(agent.end(ends))
                .isEqualTo(
                        new Event.Ended(
                                ends.taskId(), Optional.of(7), "Command exited with status 7"));
        assertThat(agent.stdout(ends)).isEqualTo("last words\n");
        assertThat(agent.events(runs)).hasSize(1);
    }

    @Test
    void aKillWaitsForTheEngine() {
        var task = cmd("sleep 1000");
        agent.start(task);
        agent.awaitRunning(task);
        relay.refuse();
        awaitAway();
        agent.runtime.kill(task.taskId(), GRACE);
        relay.listen();
        assertThat(agent.end(task)).isEqualTo(terminated(task));
    }

    @Test
    void aTaskThatWasNotBegunIsKilledWithoutTheEngine() {
        relay.refuse();
        awaitAway();
        var task = cmd("sleep 1000");
        agent.start(task);
        agent.runtime.kill(task.taskId(), GRACE);
        assertThat(agent.end(task))
                .isEqualTo(
                        new Event.Ended(
                                task.taskId(), Optional.empty(), "killed before it was started"));
        relay.listen();
        awaitBack();
        assertThat(machine.left(task.taskId())).isEmpty();
    }

    @Test
    void aContainerWhoseCreationWasNotAnsweredIsTakenForItsOwn() {
        relay.loseAnswersTo("POST /containers/create", 2);
        var task = cmd("echo started >> $MESOS_SANDBOX/marks; sleep 1000");
        agent.start(task);
        agent.awaitRunning(task);
        assertThat(relay.lostAll()).isTrue();
        assertThat(machine.left(task.taskId())).hasSize(1);
        await().until(() -> agent.text(task, "marks").equals("started\n"));
    }

    @Test
    void aTaskWhoseStartWasNotAnsweredIsNotStartedAgain() throws IOException {
        loseStart();
        var task = cmd("echo started >> $MESOS_SANDBOX/marks; " + UNTIL_GO);
        agent.start(task);
        agent.awaitRunning(task);
        assertThat(relay.lostAll()).isTrue();
        Files.createFile(agent.sandbox(task).resolve("go"));
        assertThat(agent.end(task)).isEqualTo(finished(task));
        assertThat(agent.text(task, "marks")).isEqualTo("started\n");
    }

    @Test
    void aShortTaskWhoseStartWasNotAnsweredIsNotStartedAgain() {
        loseStart();
        var task = cmd("echo started >> $MESOS_SANDBOX/marks; exit 3");
        agent.start(task);
        assertThat(agent.end(task))
                .isEqualTo(
                        new Event.Ended(
                                task.taskId(), Optional.of(3), "Command exited with status 3"));
        assertThat(relay.lostAll()).isTrue();
        assertThat(agent.text(task, "marks")).isEqualTo("started\n");
    }

    private void loseStart() {
        relay.loseAnswersTo("/start HTTP/1.1", 1);
    }

    @Test
    void anEngineThatHangsDuringLaunchesStartsEachTaskOnce() {
        var tasks =
                IntStream.range(0, 6)
                        .mapToObj(_ -> cmd("echo started >> $MESOS_SANDBOX/marks; sleep 1000"))
                        .toList();
        tasks.forEach(agent::start);
        relay.hang();
        awaitAway();
        relay.resume();
        for (var task : tasks) {
            agent.awaitRunning(task);
            await().until(() -> !agent.text(task, "marks").isEmpty());
        }
        for (var task : tasks) {
            assertThat(agent.text(task, "marks")).isEqualTo("started\n");
            assertThat(machine.left(task.taskId())).hasSize(1);
        }
    }

    @Test
    void anEngineThatHangsHasNoFiguresAndThatIsSaid() {
        var task = cmd("sleep 1000");
        agent.start(task);
        agent.awaitRunning(task);
        relay.hang();
        var begin = System.nanoTime();
        assertThat(missing(task)).startsWith("the Docker engine does not answer");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(LONG.dividedBy(2));
        awaitAway();
        assertThat(missing(task)).isEqualTo("the Docker engine does not answer");
        relay.resume();
        awaitBack();
        assertThat(agent.runtime.usage(task.taskId())).isInstanceOf(Measurement.Done.class);
    }

    private String missing(LocalTask task) {
        return ((Measurement.Missing) agent.runtime.usage(task.taskId())).why();
    }

    @Test
    void outputHasNoGapAndNothingTwiceHoweverOftenItIsCut() throws IOException {
        var task =
                cmd(
                        "i=0; while [ ! -e $MESOS_SANDBOX/go ]; do echo $i; i=$((i+1)); sleep 0.01;"
                                + " done; echo $i > $MESOS_SANDBOX/count");
        agent.start(task);
        agent.awaitRunning(task);
        for (int n = 0; n < 5; n++) {
            int have = agent.stdout(task).length();
            await().atMost(LONG).until(() -> agent.stdout(task).length() > have + 50);
            relay.cutAll();
        }
        Files.createFile(agent.sandbox(task).resolve("go"));
        assertThat(agent.end(task)).isEqualTo(finished(task));
        int count = Integer.parseInt(agent.text(task, "count").strip());
        assertThat(agent.stdout(task))
                .isEqualTo(
                        IntStream.range(0, count)
                                .mapToObj(i -> i + "\n")
                                .collect(Collectors.joining()));
    }

    @Test
    void aTaskAdoptedWithoutTheEngineIsWhatItsRecordSaysUntilItIsBack() {
        var task = cmd("sleep 1000");
        agent.start(task);
        agent.awaitRunning(task);
        agent.records.write(running(task));
        agent.runtime.close();
        relay.refuse();

        agent = newLife();
        agent.runtime.kill(task.taskId(), GRACE);

        assertThat(agent.recovered).extracting(LocalTask::state).containsExactly(TaskState.RUNNING);
        assertThat(agent.events(task)).isEmpty();
        relay.listen();
        assertThat(agent.end(task)).isEqualTo(terminated(task));
    }
}

package io.ekiden.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.ekiden.agent.Given;
import io.ekiden.agent.core.Event;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.log.AgentReport.TaskState;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// The contract's second part: how a task outlives its agent.
public abstract class AdoptionContract extends FetchContract {
    @Test
    void aSecondAgentAdoptsTheSameExecution() {
        var task = cmd("sleep 1000");
        var first = life();
        first.start(task);
        first.awaitRunning(task);
        first.records.write(task.withState(TaskState.RUNNING, Optional.empty(), ""));
        var execution = machine().execution(task.taskId());
        first.runtime.close();

        var second = life();

        assertThat(second.recovered)
                .extracting(LocalTask::state)
                .containsExactly(TaskState.RUNNING);
        second.runtime.start(task);
        assertThat(machine().execution(task.taskId())).isEqualTo(execution);
        second.runtime.kill(task.taskId(), Duration.ofSeconds(60));
        assertThat(second.end(task)).isEqualTo(terminated(task));
    }

    @Test
    void aTaskThatWaitsAtItsTerminalOutlivesItsAgentAndHasItsGrace() {
        var task =
                task(Given.cmd("trap 'sleep 3; exit 4' TERM; echo reads; read line; exit 5").tty());
        var first = life();
        first.start(task);
        first.awaitOutput(task, "reads");
        first.runtime.close();

        var second = life();

        second.awaitRunning(task);
        second.runtime.kill(task.taskId(), Duration.ofSeconds(60));
        assertThat(second.end(task)).isEqualTo(ended(task, 4, "Command exited with status 4"));
    }

    @Test
    void aTaskWhoseRunningWasNotRecordedIsToldToRunByTheNextAgent() {
        var task = cmd("sleep 1000");
        var first = life();
        first.start(task);
        first.awaitRunning(task);
        first.runtime.close();

        var second = life();

        second.awaitRunning(task);
        assertThat(second.events(task)).hasSize(1);
    }

    @Test
    void anAgentThatIsClosedTellsNothingAndItsTasksRunOn() throws IOException {
        var task = cmd(UNTIL_GO + "exit 5");
        var first = life();
        first.start(task);
        first.awaitRunning(task);
        first.runtime.close();
        assertThat(machine().left(task.taskId())).isNotEmpty();
        go(first, task);

        var second = life();

        assertThat(second.end(task)).isEqualTo(ended(task, 5, "Command exited with status 5"));
        assertThat(first.events(task)).containsExactly(new Event.Running(task.taskId()));
    }

    @Test
    void theEndOfATaskThatNobodyWatchedIsToldWithItsStatusAndOutput() throws IOException {
        var task = cmd(UNTIL_GO + "echo last words; exit 5");
        var first = life();
        first.start(task);
        first.awaitRunning(task);
        first.runtime.close();
        go(first, task);
        await().atMost(LONG).until(() -> !lives(task));

        var second = life();

        assertThat(second.end(task)).isEqualTo(ended(task, 5, "Command exited with status 5"));
        assertThat(second.stdout(task)).isEqualTo("last words\n");
    }

    private boolean lives(LocalTask task) {
        try {
            machine().execution(task.taskId());
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    @Test
    void theSignalThatEndedATaskThatNobodyWatchedIsTold() throws IOException {
        var task = cmd(UNTIL_GO + "kill -15 $$");
        var first = life();
        first.start(task);
        first.awaitRunning(task);
        first.runtime.close();
        go(first, task);
        await().atMost(LONG).until(() -> !lives(task));

        assertThat(life().end(task)).isEqualTo(terminated(task));
    }

    @Test
    void anEndThatWasToldButNotRecordedIsToldAgain() {
        var task = cmd("echo once; exit 9");
        var first = life();
        first.start(task);
        first.end(task);
        await().atMost(LONG).until(() -> machine().left(task.taskId()).isEmpty());
        first.runtime.close();

        var second = life();

        assertThat(second.end(task)).isEqualTo(ended(task, 9, "Command exited with status 9"));
        assertThat(second.stdout(task)).isEqualTo("once\n");
    }

    @Test
    void anEndThatIsOnRecordIsNotToldAgain() {
        var task = cmd("exit 9");
        var first = life();
        first.start(task);
        first.end(task);
        first.records.write(task.withState(TaskState.FAILED, Optional.of(9), "recorded"));
        first.runtime.close();

        var second = life();
        var other = cmd("exit 0");
        second.start(other);
        second.end(other);

        assertThat(second.recovered)
                .extracting(LocalTask::state, LocalTask::message)
                .containsExactly(tuple(TaskState.FAILED, "recorded"));
        assertThat(second.events(task)).isEmpty();
    }

    @Test
    void outputHasNoGapAndNothingTwiceOverSeveralAgents() throws IOException {
        var task =
                cmd(
                        "i=0; while [ ! -e $MESOS_SANDBOX/go ]; do echo $i; echo e$i >&2;"
                                + " i=$((i+1)); sleep 0.01; done; echo $i > $MESOS_SANDBOX/count");
        var agent = life();
        agent.start(task);
        for (int n = 0; n < 3; n++) {
            int have = agent.stdout(task).length();
            var now = agent;
            await().atMost(LONG).until(() -> now.stdout(task).length() > have + 100);
            agent.runtime.close();
            agent = life();
        }
        go(agent, task);
        agent.end(task);

        int count = Integer.parseInt(agent.text(task, "count").strip());
        assertThat(agent.stdout(task)).isEqualTo(numbers(0, count - 1));
        assertThat(agent.text(task, "stderr").lines())
                .containsExactlyElementsOf(
                        IntStream.range(0, count).mapToObj(i -> "e" + i).toList());
    }

    @Test
    void theTasksOfAnotherBootAreGone() {
        var task = cmd("sleep 1000");
        var first = life("boot-1");
        first.start(task);
        first.awaitRunning(task);
        first.runtime.close();

        var second = life("boot-2");

        assertThat(second.recovered)
                .extracting(LocalTask::state, LocalTask::message)
                .containsExactly(tuple(TaskState.GONE, "the machine was rebooted"));
    }

    @Test
    void aTaskWhoseLaunchWasCutShortIsNeverStarted() {
        var task = cmd("echo started");
        var agent = life();
        agent.records.write(task);
        agent.runtime.close();

        var second = life();

        assertThat(second.end(task))
                .isEqualTo(
                        new Event.NotStartable(
                                task.taskId(), "the agent ended before it could start the task"));
        assertThat(second.sandbox(task)).doesNotExist();
    }

    @Test
    void anUnreadableRecordIsSetAsideAndItsTaskAdoptedByItsId() throws IOException {
        var task = cmd("sleep 1000");
        var first = life();
        first.start(task);
        first.awaitRunning(task);
        var execution = machine().execution(task.taskId());
        first.runtime.close();
        var folder = first.work.task(task.taskId());
        Files.writeString(folder.resolve("task.json"), "{\"v\":1,\"rec");

        var second = life();

        assertThat(second.recovered)
                .extracting(LocalTask::taskId, LocalTask::task, LocalTask::ended)
                .containsExactly(tuple(task.taskId(), Optional.empty(), false));
        second.awaitRunning(task);
        assertThat(machine().execution(task.taskId())).isEqualTo(execution);
        assertThat(folder).isDirectoryContaining("glob:**/task.json.unreadable-*");
        second.runtime.kill(task.taskId(), Duration.ofSeconds(60));
        assertThat(second.end(task)).isEqualTo(terminated(task));
    }

    @Test
    void anAdoptedTaskIsKilledAfterItsGraceAsAnyOther() {
        var task = cmd("trap '' TERM; echo ready; while :; do sleep 0.1; done");
        var first = life();
        first.start(task);
        first.awaitOutput(task, "ready");
        first.runtime.kill(task.taskId(), Duration.ofSeconds(1000));
        first.runtime.close();

        var second = life();
        second.runtime.kill(task.taskId(), Duration.ofMillis(300));

        assertThat(second.end(task)).isEqualTo(killed(task));
        await().atMost(LONG).until(() -> machine().left(task.taskId()).isEmpty());
    }

    @Test
    void theTimeSinceWhichATaskRunsOutlivesTheAgent() {
        var task = cmd("sleep 1000");
        var first = life();
        first.start(task);
        first.awaitRunning(task);
        var since = first.runtime.runningSince(task.taskId()).orElseThrow();
        first.runtime.close();

        var second = life();
        second.awaitRunning(task);

        assertThat(second.runtime.runningSince(task.taskId()).orElseThrow())
                .isBetween(since.minusSeconds(2), since.plusSeconds(2));
    }
}

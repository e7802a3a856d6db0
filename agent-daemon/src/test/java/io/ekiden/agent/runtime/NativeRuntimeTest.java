package io.ekiden.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ekiden.agent.Given;
import io.ekiden.agent.core.Event;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.core.TaskEnvironment;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.model.TaskId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// The native runtime with real processes: once with all that this machine offers, once plainly, as
/// an ordinary user has it.
@ParameterizedClass(name = "{0}")
@MethodSource("isolations")
final class NativeRuntimeTest {
    private static final Isolation DETECTED = Isolation.detect();

    @TempDir Path dir;

    private final Isolation isolation;
    private Optional<Machine> machine = Optional.empty();

    NativeRuntimeTest(Isolation isolation) {
        this.isolation = isolation;
    }

    static Stream<Isolation> isolations() {
        return Stream.of(DETECTED, Isolation.plain(DETECTED.root())).distinct();
    }

    private Machine machine() throws IOException {
        if (machine.isEmpty()) {
            machine = Optional.of(new Machine(dir, isolation));
        }
        return machine.get();
    }

    @AfterEach
    void endWhatWasStarted() {
        machine.ifPresent(Machine::close);
    }

    @Test
    void writesTheOutputOfACommandIntoItsSandboxAndTellsThatItFinished() throws IOException {
        var task = Given.cmd("echo out; echo err >&2; pwd").local();

        var agent = machine().agent("boot-1");
        agent.start(task);

        assertThat(agent.end(task))
                .isEqualTo(
                        new Event.Ended(
                                task.taskId(), Optional.of(0), "Command exited with status 0"));
        var sandbox = agent.work.sandbox(task.taskId());
        assertThat(sandbox.resolve("stdout")).hasContent("out\n" + sandbox + "\n");
        assertThat(sandbox.resolve("stderr")).hasContent("err\n");
        assertThat(agent.events(task)).first().isEqualTo(new Event.Running(task.taskId()));
    }

    @Test
    void tellsTheExitStatus() throws IOException {
        var task = Given.cmd("exit 3").local();
        var agent = machine().agent("boot-1");
        agent.start(task);
        assertThat(agent.end(task))
                .isEqualTo(
                        new Event.Ended(
                                task.taskId(), Optional.of(3), "Command exited with status 3"));
    }

    @Test
    void tellsTheSignalThatEndedATask() throws IOException {
        var task = Given.cmd("kill -9 $$").local();
        var agent = machine().agent("boot-1");
        agent.start(task);
        assertThat(agent.end(task))
                .isEqualTo(
                        new Event.Ended(
                                task.taskId(),
                                Optional.of(137),
                                "Command terminated with signal Killed"));
    }

    @Test
    void executesArgumentsWithoutAShell() throws IOException {
        var task = Given.args("printf", "%s|", "a b", "$(id)", "it's; `x`\nnew line").local();
        var agent = machine().agent("boot-1");
        agent.start(task);
        agent.end(task);
        assertThat(agent.work.sandbox(task.taskId()).resolve("stdout"))
                .hasContent("a b|$(id)|it's; `x`\nnew line|");
    }

    @Test
    void givesTheTaskItsOwnEnvironmentAndNothingOfTheAgents() throws IOException {
        var env =
                Map.of(
                        "PLAIN", "1",
                        "QUOTED", "it's \"$HOME\" `id` \\ \n two lines",
                        "with.dot-and-dash", "x y",
                        "OPTIND", "not a number",
                        "MESOS_TASK_ID", "mine");
        var task = Given.args("env", "-0").env(env).ports(31000).local();
        var agent = machine().agent("boot-1");
        agent.start(task);
        agent.end(task);

        var sandbox = agent.work.sandbox(task.taskId());
        var seen = Files.readString(sandbox.resolve("stdout")).split("\0", -1);
        var expected =
                TaskEnvironment.of(task.task().orElseThrow(), "127.0.0.1", sandbox.toString());
        assertThat(seen)
                .containsAll(
                        expected.entrySet().stream()
                                .map(e -> e.getKey() + "=" + e.getValue())
                                .toList());
        assertThat(seen)
                .filteredOn(e -> !e.isEmpty() && !expected.containsKey(e.split("=", 2)[0]))
                .allMatch(e ->
                        e.startsWith("PWD=")
                                || e.startsWith("OLDPWD=")
                                || e.startsWith("SHLVL=")
                                || e.startsWith("_="));
    }

    @Test
    void aCommandThatIsNotThereCannotBeStarted() throws IOException {
        var task = Given.args("no-such-command").local();
        var agent = machine().agent("boot-1");
        agent.start(task);
        assertThat(agent.end(task))
                .isEqualTo(
                        new Event.NotStartable(
                                task.taskId(),
                                "command not found or not executable: 'no-such-command'"));
    }

    @Test
    void aUserWhoIsNotThereCannotBeRunAs() throws IOException {
        var unknown = Given.cmd("id").user("no-such-user").local();
        var hostile = Given.cmd("id").user("root; id").local();
        var agent = machine().agent("boot-1");
        agent.start(unknown);
        agent.start(hostile);
        assertThat(agent.end(unknown))
                .isEqualTo(
                        new Event.NotStartable(unknown.taskId(), "no such user: 'no-such-user'"));
        assertThat(agent.end(hostile))
                .isEqualTo(new Event.NotStartable(hostile.taskId(), "not a user name: 'root; id'"));
    }

    @Test
    void runsAsTheUserThatIsAskedFor() throws IOException {
        assumeTrue(isolation.root());
        var task = Given.cmd("id -un; touch mine").user("nobody").local();
        var agent = machine().agent("boot-1");
        agent.start(task);
        assertThat(agent.end(task))
                .isEqualTo(
                        new Event.Ended(
                                task.taskId(), Optional.of(0), "Command exited with status 0"));
        assertThat(agent.work.sandbox(task.taskId()).resolve("stdout")).hasContent("nobody\n");
    }

    @Test
    void killsATaskThatIgnoresSigtermAfterItsGrace() throws IOException {
        var task = Given.cmd("trap 'echo asked' TERM; while :; do sleep 0.1; done").local();
        var agent = machine().agent("boot-1");
        agent.start(task);
        agent.awaitRunning(task);

        agent.runtime.kill(task.taskId(), Duration.ofSeconds(1));

        assertThat(agent.end(task))
                .isEqualTo(
                        new Event.Ended(
                                task.taskId(),
                                Optional.of(137),
                                "Command terminated with signal Killed"));
        assertThat(agent.work.sandbox(task.taskId()).resolve("stdout")).content().contains("asked");
    }

    @Test
    void letsATaskEndItselfWithinItsGrace() throws IOException {
        var task = Given.cmd("trap 'exit 7' TERM; while :; do sleep 0.05; done").local();
        var agent = machine().agent("boot-1");
        agent.start(task);
        agent.awaitRunning(task);
        agent.runtime.kill(task.taskId(), Duration.ofSeconds(60));
        assertThat(agent.end(task))
                .isEqualTo(
                        new Event.Ended(
                                task.taskId(), Optional.of(7), "Command exited with status 7"));
    }

    @Test
    void leavesNothingOfATaskThatForkedAwayFromItsGroup() throws IOException {
        var task = Given.cmd("(setsid sh -c 'trap \"\" TERM; sleep 1000' &) ; sleep 1000").local();
        var agent = machine().agent("boot-1");
        agent.start(task);
        await().until(() -> processesOf(task.taskId()).size() >= 3);

        agent.runtime.kill(task.taskId(), Duration.ofSeconds(1));

        agent.end(task);
        assertThat(processesOf(task.taskId())).isEmpty();
    }

    @Test
    void whatACommandLeavesBehindEndsWithIt() throws IOException {
        var task = Given.cmd("(setsid sleep 1000 &) ; sleep 0.3; exit 0").local();
        var agent = machine().agent("boot-1");
        agent.start(task);
        assertThat(agent.end(task))
                .isEqualTo(
                        new Event.Ended(
                                task.taskId(), Optional.of(0), "Command exited with status 0"));
        assertThat(processesOf(task.taskId())).isEmpty();
    }

    @Test
    void endsATaskThatTakesMoreMemoryThanItMay() throws IOException {
        assumeTrue(isolation.cgroups().limits().isPresent());
        var task = Given.cmd("head -c 300000000 /dev/zero | tail").mem(32).local();
        var agent = machine().agent("boot-1");
        agent.start(task);
        assertThat(agent.end(task)).asString().contains("(memory limit exceeded)");
    }

    @Test
    void aSecondAgentAdoptsARunningTaskWithTheSameProcess() throws IOException {
        var task = Given.cmd("sleep 1000").local();
        var first = machine().agent("boot-1");
        first.start(task);
        first.awaitRunning(task);
        var leader = first.runtime.leader(task.taskId());
        first.runtime.close();

        var second = machine().agent("boot-1");

        assertThat(second.recovered)
                .extracting(LocalTask::state)
                .containsExactly(TaskState.RUNNING);
        assertThat(second.runtime.leader(task.taskId())).isEqualTo(leader);
        second.start(task);
        second.runtime.kill(task.taskId(), Duration.ofSeconds(5));
        assertThat(second.end(task))
                .isEqualTo(
                        new Event.Ended(
                                task.taskId(),
                                Optional.of(143),
                                "Command terminated with signal Terminated"));
    }

    @Test
    void theEndOfATaskThatNobodyWatchedIsToldLater() throws IOException {
        var task = Given.cmd("while [ ! -e go ]; do sleep 0.05; done; exit 5").local();
        var first = machine().agent("boot-1");
        first.start(task);
        first.awaitRunning(task);
        first.runtime.close();
        Files.createFile(first.work.sandbox(task.taskId()).resolve("go"));
        await().until(() -> processesOf(task.taskId()).isEmpty());

        var second = machine().agent("boot-1");

        assertThat(second.end(task))
                .isEqualTo(
                        new Event.Ended(
                                task.taskId(), Optional.of(5), "Command exited with status 5"));
    }

    @Test
    void theTasksOfAnotherBootAreGone() throws IOException {
        var task = Given.cmd("sleep 1000").local();
        var first = machine().agent("boot-1");
        first.start(task);
        first.awaitRunning(task);
        first.runtime.close();

        var second = machine().agent("boot-2");

        assertThat(second.recovered)
                .extracting(LocalTask::state, LocalTask::message)
                .containsExactly(tuple(TaskState.GONE, "the machine was rebooted"));
    }

    @Test
    void aTaskWhoseLaunchWasCutShortIsNeverStarted() throws IOException {
        var task = Given.cmd("echo started").local();
        var agent = machine().agent("boot-1");
        agent.records.write(task);
        agent.runtime.close();

        var second = machine().agent("boot-1");

        assertThat(second.end(task))
                .isEqualTo(
                        new Event.NotStartable(
                                task.taskId(), "the agent ended before it could start the task"));
        assertThat(second.work.sandbox(task.taskId())).doesNotExist();
    }

    @Test
    void anUnreadableRecordIsSetAsideAndItsTaskAdoptedByItsId() throws IOException {
        var task = Given.cmd("sleep 1000").local();
        var first = machine().agent("boot-1");
        first.start(task);
        first.awaitRunning(task);
        var leader = first.runtime.leader(task.taskId());
        first.runtime.close();
        var folder = first.work.task(task.taskId());
        Files.writeString(folder.resolve("task.json"), "{\"v\":1,\"rec");

        var second = machine().agent("boot-1");

        assertThat(second.recovered)
                .containsExactly(LocalTask.stranger(task.taskId(), TaskState.RUNNING, ""));
        assertThat(second.runtime.leader(task.taskId())).isEqualTo(leader);
        assertThat(folder).isDirectoryContaining("glob:**/task.json.unreadable-*");
    }

    @Test
    void aTaskWhoseSupervisorIsKilledRunsOnAndItsEndIsTold() throws IOException {
        var task = Given.cmd("sleep 1000").local();
        var agent = machine().agent("boot-1");
        agent.start(task);
        agent.awaitRunning(task);
        var files =
                new TaskFiles(
                        task.taskId(),
                        agent.work.task(task.taskId()),
                        agent.work.sandbox(task.taskId()));

        Processes.kill(files.supervisor().orElseThrow().pid());
        await().until(() -> !files.supervisor().orElseThrow().lives());
        assertThat(files.leader().orElseThrow().lives()).isTrue();
        agent.runtime.kill(task.taskId(), Duration.ofSeconds(5));

        assertThat(agent.end(task))
                .isEqualTo(
                        new Event.Ended(
                                task.taskId(),
                                Optional.empty(),
                                "how it ended is not known: its supervisor was killed too"));
    }

    @Test
    void runsTheCommandOfAHealthCheckInTheTasksSurroundings() throws IOException {
        var task = Given.cmd("touch here; sleep 1000").env(Map.of("WANTED", "yes")).local();
        var agent = machine().agent("boot-1");
        agent.start(task);
        await().until(() -> Files.exists(agent.work.sandbox(task.taskId()).resolve("here")));

        var seconds = Duration.ofSeconds(10);
        assertThat(agent.runtime.check(task, "test -e here && test $WANTED = yes", seconds))
                .hasToString("Healthy[]");
        assertThat(agent.runtime.check(task, "exit 4", seconds))
                .hasToString("Unhealthy[cause=Command exited with status 4]");
        assertThat(agent.runtime.check(task, "sleep 1000 & sleep 1000", Duration.ofMillis(300)))
                .hasToString("Unhealthy[cause=Command timed out after 300 ms]");
    }

    @Test
    void collectsWhatATaskLeft() throws IOException {
        var task = Given.cmd("mkdir -p a/b; ln -s /etc a/b/link; echo x > a/b/c").local();
        var agent = machine().agent("boot-1");
        agent.start(task);
        agent.end(task);
        agent.runtime.collect(task.taskId());
        assertThat(agent.work.sandbox(task.taskId())).doesNotExist();
        assertThat(agent.work.task(task.taskId())).doesNotExist();
        assertThat(Path.of("/etc/passwd")).exists();
    }

    static List<Long> processesOf(TaskId taskId) {
        return Processes.of(taskId, Optional.empty());
    }
}

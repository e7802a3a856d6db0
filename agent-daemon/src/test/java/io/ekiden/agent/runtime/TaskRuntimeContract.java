package io.ekiden.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ekiden.agent.Given;
import io.ekiden.agent.core.Event;
import io.ekiden.agent.core.HealthLedger.Outcome;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.model.TaskId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What every runtime promises, with real tasks.
public abstract class TaskRuntimeContract {
    protected static final Duration LONG = Duration.ofSeconds(30);

    /// A shell that waits to be told to go on, in steps that no signal has to wait for.
    private static final String UNTIL_GO =
            "while [ ! -e $MESOS_SANDBOX/go ]; do sleep 0.05; done; ";

    @TempDir protected Path dir;

    private final Set<TaskId> seen = ConcurrentHashMap.newKeySet();
    private final List<Life> lives = new ArrayList<>();
    private Optional<Machine> machine = Optional.empty();

    protected abstract Machine newMachine();

    protected final Machine machine() {
        if (machine.isEmpty()) {
            machine = Optional.of(newMachine());
        }
        return machine.get();
    }

    protected final Life life() {
        return life("boot-1");
    }

    protected final Life life(String bootId) {
        try {
            var work = new WorkDir(dir);
            work.create();
            // Tasks of other users go through it.
            WorkDir.restrict(dir, "rwx--x--x");
            var life = new Life(work, bootId, machine().runtime(work, bootId), seen);
            lives.add(life);
            return life;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    protected final LocalTask task(Given given) {
        return machine().adapted(given).local();
    }

    protected final LocalTask cmd(String command) {
        return task(Given.cmd(command));
    }

    @AfterEach
    void endWhatWasStarted() {
        lives.forEach(life -> life.runtime.close());
        seen.forEach(task -> machine().end(new WorkDir(dir), task));
        machine.ifPresent(Machine::close);
    }

    private static Event ended(LocalTask task, int status, String message) {
        return new Event.Ended(task.taskId(), Optional.of(status), message);
    }

    private static Event finished(LocalTask task) {
        return ended(task, 0, "Command exited with status 0");
    }

    private static Event terminated(LocalTask task) {
        return ended(task, 143, "Command terminated with signal Terminated");
    }

    private static Event killed(LocalTask task) {
        return ended(task, 137, "Command terminated with signal Killed");
    }

    private static void go(Life life, LocalTask task) throws IOException {
        Files.createFile(life.sandbox(task).resolve("go"));
    }

    // How it runs and ends

    @Test
    void tellsThatATaskRunsAndThatItFinishedAndNothingElse() {
        var task = cmd("echo hello");
        var agent = life();
        agent.start(task);
        assertThat(agent.end(task)).isEqualTo(finished(task));
        assertThat(agent.events(task))
                .containsExactly(new Event.Running(task.taskId()), finished(task));
    }

    @Test
    void tellsTheExitStatus() {
        var task = cmd("exit 3");
        var agent = life();
        agent.start(task);
        assertThat(agent.end(task)).isEqualTo(ended(task, 3, "Command exited with status 3"));
    }

    @Test
    void tellsTheSignalThatEndedATask() {
        var task = cmd("kill -9 $$");
        var agent = life();
        agent.start(task);
        assertThat(agent.end(task)).isEqualTo(killed(task));
    }

    @Test
    void executesArgumentsWithoutAShell() {
        var task = task(Given.args("printf", "%s|", "a b", "$(id)", "it's; `x`\nnew line"));
        var agent = life();
        agent.start(task);
        agent.end(task);
        assertThat(agent.stdout(task)).isEqualTo("a b|$(id)|it's; `x`\nnew line|");
    }

    @Test
    void aCommandThatIsNotThereIsATasksEndAndSaysWhatIsMissing() {
        var task = task(Given.args("no-such-command"));
        var agent = life();
        agent.start(task);
        var end = agent.end(task);
        assertThat(end).isNotEqualTo(finished(task));
        assertThat(end + agent.text(task, "stderr")).contains("no-such-command");
    }

    @Test
    void aTaskHasNoInput() {
        var task = task(Given.args("cat"));
        var agent = life();
        agent.start(task);
        assertThat(agent.end(task)).isEqualTo(finished(task));
    }

    @Test
    void refusesZeroCharacters() {
        var task = task(Given.cmd("true").env(Map.of("ZERO", "a\0b")));
        var agent = life();
        agent.start(task);
        assertThat(agent.end(task))
                .isEqualTo(
                        new Event.NotStartable(
                                task.taskId(),
                                "a command or an environment variable holds a zero character"));
    }

    @Test
    void aTaskIsStartedOnceHoweverOftenItIsToBe() throws IOException {
        var task = cmd("echo started >> $MESOS_SANDBOX/marks; " + UNTIL_GO);
        var agent = life();
        agent.start(task);
        agent.runtime.start(task);
        agent.awaitRunning(task);
        agent.runtime.start(task);
        go(agent, task);
        agent.end(task);
        assertThat(agent.text(task, "marks")).isEqualTo("started\n");
        assertThat(agent.events(task)).hasSize(2);
    }

    @Test
    void manyTasksAtOnceEachEndAsTheirOwn() {
        var agent = life();
        var tasks =
                IntStream.range(0, 12)
                        .mapToObj(i -> cmd("echo I am " + i + "; exit " + i))
                        .toList();
        tasks.forEach(agent::start);
        for (int i = 0; i < tasks.size(); i++) {
            var task = tasks.get(i);
            assertThat(agent.end(task))
                    .isEqualTo(ended(task, i, "Command exited with status " + i));
            assertThat(agent.stdout(task)).isEqualTo("I am " + i + "\n");
        }
    }

    @Test
    void endsATaskThatTakesMoreMemoryThanItMay() {
        assumeTrue(machine().limitsMemory());
        var task = task(Given.cmd("head -c 300000000 /dev/zero | tail").mem(32));
        var agent = life();
        agent.start(task);
        assertThat(agent.end(task)).asString().contains("(memory limit exceeded)");
    }

    @Test
    void saysWhichKindOfTasksItRuns() {
        var agent = life();
        assertThat(agent.runtime.runs()).containsExactly(machine().kind());
        assertThat(agent.runtime.attributes()).isNotEmpty();
    }

    // Its surroundings

    @Test
    void givesATaskMarathonsEnvironmentAndItsOwn() {
        var env =
                Map.of(
                        "PLAIN", "1",
                        "QUOTED", "it's \"$HOME\" `id` \\ \n two lines",
                        "with.dot-and-dash", "x y",
                        "OPTIND", "not a number",
                        "MESOS_TASK_ID", "mine");
        var task = task(Given.args("env", "-0").env(env).ports(31000));
        var agent = life();
        agent.start(task);
        agent.end(task);

        var seenByTask = environment(agent.stdout(task));
        assertThat(seenByTask)
                .containsAllEntriesOf(env)
                .containsEntry("MARATHON_APP_ID", "/shop/web")
                .containsEntry("HOST", "127.0.0.1")
                .containsEntry("PORT0", "31000")
                .containsKey("MESOS_SANDBOX");
    }

    private static Map<String, String> environment(String text) {
        return Arrays.stream(text.split("\0", -1))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> entry.split("=", 2))
                .collect(Collectors.toMap(entry -> entry[0], entry -> entry[1]));
    }

    @Test
    void givesATaskNothingOfTheAgentsOwnEnvironment() {
        var task = task(Given.args("env", "-0"));
        var agent = life();
        agent.start(task);
        agent.end(task);
        var agents = new ArrayList<>(System.getenv().keySet());
        agents.removeAll(
                List.of("PATH", "HOME", "PWD", "OLDPWD", "SHLVL", "HOST", "HOSTNAME", "_"));
        assertThat(environment(agent.stdout(task)).keySet())
                .contains("PATH")
                .doesNotContainAnyElementsOf(agents);
    }

    @Test
    void theSandboxIsWhereTheEnvironmentSaysAndIsTheTasksOwn() {
        var task = cmd("cd $MESOS_SANDBOX && mkdir folder && echo text > folder/file");
        var agent = life();
        agent.start(task);
        assertThat(agent.end(task)).isEqualTo(finished(task));
        assertThat(agent.sandbox(task).resolve("folder/file")).hasContent("text\n");
    }

    @Test
    void runsAsTheUserThatIsAskedForWhoseSandboxItIs() {
        assumeTrue(machine().runsAsOthers());
        var task = task(Given.cmd("id -un; touch $MESOS_SANDBOX/mine").user("nobody"));
        var agent = life();
        agent.start(task);
        assertThat(agent.end(task)).isEqualTo(finished(task));
        assertThat(agent.stdout(task)).isEqualTo("nobody\n");
    }

    @Test
    void aUserWhoIsNotThereCannotBeRunAs() {
        var unknown = task(Given.cmd("id").user("no-such-user"));
        var hostile = task(Given.cmd("id").user("root; id"));
        var agent = life();
        agent.start(unknown);
        agent.start(hostile);
        assertThat(agent.end(unknown))
                .isInstanceOf(Event.NotStartable.class)
                .asString()
                .contains("no-such-user");
        assertThat(agent.end(hostile)).isInstanceOf(Event.NotStartable.class);
        assertThat(machine().left(unknown.taskId())).isEmpty();
    }

    // Its output

    @Test
    void keepsOutputAndErrorsApart() {
        var task = cmd("echo out; echo err >&2; echo out again");
        var agent = life();
        agent.start(task);
        agent.end(task);
        assertThat(agent.stdout(task)).isEqualTo("out\nout again\n");
        assertThat(agent.text(task, "stderr")).isEqualTo("err\n");
    }

    @Test
    void bothFilesAreThereWhenNothingWasWritten() {
        var task = cmd("true");
        var agent = life();
        agent.start(task);
        agent.end(task);
        assertThat(agent.sandbox(task).resolve("stdout")).isEmptyFile();
        assertThat(agent.sandbox(task).resolve("stderr")).isEmptyFile();
    }

    @Test
    void allOutputIsThereWhenTheEndIsTold() {
        var task = cmd("seq 1 50000; seq 50001 60000 >&2; kill -9 $$");
        var agent = life();
        agent.start(task);
        agent.end(task);
        assertThat(agent.stdout(task)).isEqualTo(numbers(1, 50000));
        assertThat(agent.text(task, "stderr")).isEqualTo(numbers(50001, 60000));
    }

    private static String numbers(int first, int last) {
        return IntStream.rangeClosed(first, last)
                .mapToObj(Integer::toString)
                .collect(Collectors.joining("\n", "", "\n"));
    }

    @Test
    void aLineMayBeLongAndNeedNotEnd() {
        var task = cmd("head -c 300000 /dev/zero | tr '\\0' x; printf end");
        var agent = life();
        agent.start(task);
        agent.end(task);
        assertThat(agent.stdout(task)).isEqualTo("x".repeat(300000) + "end");
    }

    @Test
    void outputCanBeReadWhileTheTaskRuns() throws IOException {
        var task = cmd("echo early; " + UNTIL_GO + "echo late");
        var agent = life();
        agent.start(task);
        agent.awaitOutput(task, "early\n");
        assertThat(agent.stdout(task)).doesNotContain("late");
        go(agent, task);
        agent.end(task);
        assertThat(agent.stdout(task)).isEqualTo("early\nlate\n");
    }

    // Its end by order

    @Test
    void killsATaskThatIgnoresSigtermAfterItsGrace() {
        var task = cmd("trap 'echo asked' TERM; echo ready; while :; do sleep 0.1; done");
        var agent = life();
        agent.start(task);
        agent.awaitOutput(task, "ready");

        agent.runtime.kill(task.taskId(), Duration.ofSeconds(1));

        assertThat(agent.end(task)).isEqualTo(killed(task));
        assertThat(agent.stdout(task)).contains("asked");
    }

    @Test
    void letsATaskEndItselfWithinItsGrace() {
        var task = cmd("trap 'exit 7' TERM; echo ready; while :; do sleep 0.05; done");
        var agent = life();
        agent.start(task);
        agent.awaitOutput(task, "ready");
        agent.runtime.kill(task.taskId(), Duration.ofSeconds(60));
        assertThat(agent.end(task)).isEqualTo(ended(task, 7, "Command exited with status 7"));
    }

    @Test
    void aShellIsAskedToEndTogetherWithWhatItWaitsFor() {
        var task = cmd("trap 'echo bye; exit 8' TERM; echo ready; sleep 1000; echo not reached");
        var agent = life();
        agent.start(task);
        agent.awaitOutput(task, "ready");
        agent.runtime.kill(task.taskId(), Duration.ofSeconds(60));
        assertThat(agent.end(task)).isEqualTo(ended(task, 8, "Command exited with status 8"));
        assertThat(agent.stdout(task)).isEqualTo("ready\nbye\n");
    }

    @Test
    void aTaskThatCaresForNothingEndsByTheFirstSignal() {
        var task = cmd("sleep 1000");
        var agent = life();
        agent.start(task);
        agent.awaitRunning(task);
        agent.runtime.kill(task.taskId(), Duration.ofSeconds(60));
        assertThat(agent.end(task)).isEqualTo(terminated(task));
    }

    @Test
    void withoutGraceATaskIsKilledAtOnce() {
        var task = cmd("trap '' TERM; echo ready; while :; do sleep 0.1; done");
        var agent = life();
        agent.start(task);
        agent.awaitOutput(task, "ready");
        agent.runtime.kill(task.taskId(), Duration.ZERO);
        assertThat(agent.end(task)).isEqualTo(killed(task));
    }

    @Test
    void killingTwiceIsKillingOnce() {
        var task = cmd("sleep 1000");
        var agent = life();
        agent.start(task);
        agent.awaitRunning(task);
        agent.runtime.kill(task.taskId(), Duration.ofSeconds(60));
        agent.runtime.kill(task.taskId(), Duration.ofSeconds(60));
        agent.end(task);
        agent.runtime.kill(task.taskId(), Duration.ZERO);
        assertThat(agent.events(task)).hasSize(2);
    }

    @Test
    void aTaskKilledRightAfterItsLaunchEndsOnceAndLeavesNothing() {
        var agent = life();
        var tasks = IntStream.range(0, 5).mapToObj(_ -> cmd("sleep 1000")).toList();
        for (var task : tasks) {
            agent.start(task);
            agent.runtime.kill(task.taskId(), Duration.ofSeconds(1));
        }
        for (var task : tasks) {
            agent.end(task);
            await().atMost(LONG).until(() -> machine().left(task.taskId()).isEmpty());
            assertThat(agent.events(task)).filteredOn(Life::terminal).hasSize(1);
        }
    }

    @Test
    void killingATaskThatIsNotKnownIsNothing() {
        var agent = life();
        agent.runtime.kill(Given.taskId(), Duration.ZERO);
        var task = cmd("exit 0");
        agent.start(task);
        assertThat(agent.end(task)).isEqualTo(finished(task));
    }

    @Test
    void leavesNothingOfATaskThatForkedAwayFromItsGroup() {
        var task = cmd("(setsid sh -c 'trap \"\" TERM; sleep 1000' &) ; echo ready; sleep 1000");
        var agent = life();
        agent.start(task);
        agent.awaitOutput(task, "ready");

        agent.runtime.kill(task.taskId(), Duration.ofSeconds(1));

        agent.end(task);
        await().atMost(LONG).until(() -> machine().left(task.taskId()).isEmpty());
    }

    @Test
    void whatACommandLeavesBehindEndsWithIt() {
        var task = cmd("(setsid sleep 1000 &) ; sleep 0.3; exit 0");
        var agent = life();
        agent.start(task);
        assertThat(agent.end(task)).isEqualTo(finished(task));
        await().atMost(LONG).until(() -> machine().left(task.taskId()).isEmpty());
    }

    // Its life beyond the agent's

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

        assertThat(second.events(task)).contains(ended(task, 5, "Command exited with status 5"));
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

    // Its checks

    @Test
    void runsTheCommandOfAHealthCheckInTheTasksSurroundings() {
        var task =
                task(
                        Given.cmd("touch $MESOS_SANDBOX/here; echo ready; sleep 1000")
                                .env(Map.of("WANTED", "yes")));
        var agent = life();
        agent.start(task);
        agent.awaitOutput(task, "ready");
        var look = "test -e $MESOS_SANDBOX/here && test \"$WANTED\" = yes";
        assertThat(agent.runtime.check(task, look, LONG)).isEqualTo(new Outcome.Healthy());
    }

    @Test
    void tellsTheStatusOfACheckThatFails() {
        var task = cmd("sleep 1000");
        var agent = life();
        agent.start(task);
        agent.awaitRunning(task);
        assertThat(agent.runtime.check(task, "exit 4", LONG))
                .isEqualTo(new Outcome.Unhealthy("Command exited with status 4"));
    }

    @Test
    void killsACheckThatTakesTooLongWithAllThatItStarted() {
        var task = cmd("echo ready; sleep 1000");
        var agent = life();
        agent.start(task);
        agent.awaitOutput(task, "ready");
        var slow = "echo $$ > $MESOS_SANDBOX/pid; sleep 1001 & sleep 1001";

        assertThat(agent.runtime.check(task, slow, Duration.ofMillis(1500)))
                .isEqualTo(new Outcome.Unhealthy("Command timed out after 1500 ms"));

        assertThat(agent.text(task, "pid")).isNotEmpty();
        var look =
                "for f in /proc/[0-9]*/cmdline; do tr '\\0' ' ' < $f; echo; done 2> /dev/null"
                        + " | grep -q '^sleep 1001 $'";
        await().atMost(LONG)
                .until(() -> agent.runtime.check(task, look, LONG) instanceof Outcome.Unhealthy);
        assertThat(agent.events(task)).hasSize(1);
    }

    @Test
    void whatACheckLeavesRunningDoesNotHoldItUp() {
        var task = cmd("sleep 1000");
        var agent = life();
        agent.start(task);
        agent.awaitRunning(task);
        assertThat(agent.runtime.check(task, "sleep 1000 & exit 0", LONG))
                .isEqualTo(new Outcome.Healthy());
    }

    @Test
    void anAdoptedTaskIsCheckedAsAnyOther() {
        var task = cmd("touch $MESOS_SANDBOX/here; sleep 1000");
        var first = life();
        first.start(task);
        first.awaitRunning(task);
        first.runtime.close();
        var second = life();
        second.awaitRunning(task);
        await().atMost(LONG)
                .until(() ->
                        second.runtime
                                .check(task, "test -e $MESOS_SANDBOX/here", LONG)
                                .equals(new Outcome.Healthy()));
    }

    // What it leaves

    @Test
    void collectsWhatATaskLeftWithoutFollowingLinks() {
        var task = cmd("cd $MESOS_SANDBOX; mkdir -p a/b; ln -s /etc a/b/link; echo x > a/b/c");
        var agent = life();
        agent.start(task);
        agent.end(task);
        agent.runtime.collect(task.taskId());
        assertThat(agent.sandbox(task)).doesNotExist();
        assertThat(agent.work.task(task.taskId())).doesNotExist();
        assertThat(Path.of("/etc/passwd")).exists();
    }

    @Test
    void collectsNothingOfATaskThatRuns() {
        var task = cmd("echo ready; sleep 1000");
        var agent = life();
        agent.start(task);
        agent.awaitOutput(task, "ready");
        agent.runtime.collect(task.taskId());
        assertThat(agent.stdout(task)).isEqualTo("ready\n");
        assertThat(agent.work.task(task.taskId())).exists();
    }

    @Test
    void aVolumeIsKeptForTheNextIncarnation() {
        var write = "test -e $MESOS_SANDBOX/data/date || date > $MESOS_SANDBOX/data/date; ";
        var id = Given.taskId();
        var given = Given.cmd(write + "cat $MESOS_SANDBOX/data/date").volume("data", "v#data#1");
        var first = machine().adapted(given).local(id, TaskState.STARTING);
        var second = machine().adapted(given).local(id.instanceId().task(2), TaskState.STARTING);
        var agent = life();

        agent.start(first);
        assertThat(agent.end(first)).isEqualTo(finished(first));
        agent.runtime.collect(first.taskId());
        agent.start(second);
        assertThat(agent.end(second)).isEqualTo(finished(second));

        assertThat(agent.work.volume("v#data#1").resolve("date")).hasContent(agent.stdout(second));
        assertThat(agent.stdout(second)).isNotEmpty();
    }

    @Test
    void volumesOfDifferentInstancesAreApart() {
        var agent = life();
        var tasks = new ArrayList<LocalTask>();
        for (var id : List.of("v#data#1", "v#data#2")) {
            var task =
                    task(
                            Given.cmd("ls $MESOS_SANDBOX/data; echo > $MESOS_SANDBOX/data/x")
                                    .volume("data", id));
            tasks.add(task);
            agent.start(task);
            agent.end(task);
        }
        assertThat(tasks).allMatch(task -> agent.stdout(task).isEmpty());
        assertThat(new Volumes(agent.work).ids()).containsExactly("v#data#1", "v#data#2");
    }

    @Test
    void aVolumeThatWasDestroyedIsGoneWithAllThatWasInIt() {
        var agent = life();
        var given =
                Given.cmd("ls $MESOS_SANDBOX/data; echo > $MESOS_SANDBOX/data/x")
                        .volume("data", "v#data#1");
        var first = task(given);
        agent.start(first);
        agent.end(first);
        new Volumes(agent.work).destroy("v#data#1");
        assertThat(new Volumes(agent.work).ids()).isEmpty();

        var second = task(given);
        agent.start(second);

        assertThat(agent.end(second)).isEqualTo(finished(second));
        assertThat(agent.stdout(second)).isEmpty();
    }

    @Test
    void aVolumeIsItsTasksUsers() {
        assumeTrue(machine().runsAsOthers());
        var task =
                task(
                        Given.cmd("echo mine > $MESOS_SANDBOX/data/x")
                                .user("nobody")
                                .volume("data", "v#data#1"));
        var agent = life();
        agent.start(task);
        assertThat(agent.end(task)).isEqualTo(finished(task));
        assertThat(agent.work.volume("v#data#1").resolve("x")).hasContent("mine\n");
    }

    @Test
    void whatATaskPutsInThePlaceOfItsOutputIsNotFollowedElsewhere() throws IOException {
        var elsewhere = Files.createFile(dir.resolve("elsewhere"));
        var task =
                cmd(
                        "echo early; "
                                + UNTIL_GO
                                + "cd $MESOS_SANDBOX; rm stdout; ln -s %s stdout; "
                                        .formatted(elsewhere)
                                + "echo late; rm go; "
                                + UNTIL_GO);
        var first = life();
        first.start(task);
        first.awaitOutput(task, "early");
        go(first, task);
        await().atMost(LONG)
                .until(() ->
                        Files.isSymbolicLink(first.sandbox(task).resolve("stdout"))
                                && !Files.exists(
                                        first.sandbox(task).resolve("go"),
                                        LinkOption.NOFOLLOW_LINKS));
        first.runtime.close();

        var second = life();
        go(second, task);

        assertThat(second.end(task)).isEqualTo(finished(task));
        assertThat(elsewhere).isEmptyFile();
    }
}

package io.ekiden.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ekiden.agent.Given;
import io.ekiden.agent.core.Event;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// The contract's first part: how a task runs and ends, in which surroundings, and its output.
public abstract class RunContract extends RuntimeFixture {
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
    void aTerminalIsOneInAndOutAndItsOutputIsKept() {
        var task =
                task(
                        Given.cmd(
                                        "test -t 0 && test -t 1 && test -t 2 && echo $TERM"
                                                + " && : > /dev/tty && echo error >&2; exit 7")
                                .tty());
        var agent = life();
        agent.start(task);
        assertThat(agent.end(task)).isEqualTo(ended(task, 7, "Command exited with status 7"));
        assertThat(agent.stdout(task)).isEqualTo("xterm\r\nerror\r\n");
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
}

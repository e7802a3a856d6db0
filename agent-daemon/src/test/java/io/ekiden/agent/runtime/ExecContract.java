package io.ekiden.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ekiden.agent.Given;
import io.ekiden.agent.core.LocalTask;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The contract's part on commands that people run in a task.
public abstract class ExecContract extends RunContract {
    private static final String SLEEPING = "sleep 1000";

    private Conversation plain(Life agent, LocalTask task, String... command) {
        return exec(agent, task, false, false, command);
    }

    private static Conversation exec(
            Life agent, LocalTask task, boolean stdin, boolean tty, String... command) {
        return new Conversation(
                agent.runtime.exec(task, new Exec.Wanted(List.of(command), stdin, tty)));
    }

    private Life running(LocalTask task) {
        var agent = life();
        agent.start(task);
        agent.awaitRunning(task);
        return agent;
    }

    @Test
    void aCommandsOutputErrorsAndExitCodeAreTold() throws Exception {
        var task = cmd(SLEEPING);
        var agent = running(task);
        try (var command = plain(agent, task, "sh", "-c", "echo out; echo err >&2; exit 3")) {
            assertThat(command.status()).isEqualTo(3);
            assertThat(command.out()).isEqualTo("out\n");
            assertThat(command.err()).isEqualTo("err\n");
        }
    }

    @Test
    void noShellLooksAtACommand() throws Exception {
        var task = cmd(SLEEPING);
        var agent = running(task);
        try (var command = plain(agent, task, "printf", "%s|", "a b", "$(id)", "it's\nnew")) {
            assertThat(command.status()).isZero();
            assertThat(command.out()).isEqualTo("a b|$(id)|it's\nnew|");
        }
    }

    @Test
    void aCommandThatIsNotThereEndsAndSaysSo() throws Exception {
        var task = cmd(SLEEPING);
        var agent = running(task);
        try (var command = plain(agent, task, "no-such-command")) {
            assertThat(command.status()).isBetween(126, 127);
            assertThat(command.out() + command.err()).contains("no-such-command");
        }
    }

    @Test
    void aCommandReadsItsInputToTheEnd() throws Exception {
        var task = cmd(SLEEPING);
        var agent = running(task);
        var text = numbers(1, 100_000);
        try (var command = exec(agent, task, true, false, "sh", "-c", "cat; echo end")) {
            assertThat(command.says(text).says("more\n").saysNoMore().status()).isZero();
            assertThat(command.out()).isEqualTo(text + "more\nend\n");
        }
    }

    @Test
    void withoutInputACommandReadsNothing() throws Exception {
        var task = cmd(SLEEPING);
        var agent = running(task);
        try (var command = plain(agent, task, "cat")) {
            assertThat(command.status()).isZero();
            assertThat(command.out()).isEmpty();
        }
    }

    @Test
    void aCommandHasTheTasksEnvironmentAndDirectory() throws Exception {
        var task = task(Given.cmd("pwd; exec " + SLEEPING).env(Map.of("COLOUR", "it's\nblue")));
        var agent = running(task);
        agent.awaitOutput(task, "\n");
        try (var command =
                plain(agent, task, "sh", "-c", "pwd; echo $MESOS_TASK_ID; echo \"$COLOUR\"")) {
            assertThat(command.status()).isZero();
            assertThat(command.out())
                    .isEqualTo(agent.stdout(task) + task.taskId() + "\nit's\nblue\n");
        }
    }

    @Test
    void aCommandIsTheTasksUsers() throws Exception {
        assumeTrue(machine().runsAsOthers());
        var task = task(Given.cmd(SLEEPING).user("nobody"));
        var agent = running(task);
        try (var command = plain(agent, task, "id", "-un");
                var withTerminal = exec(agent, task, true, true, "sh", "-c", "id -un; tty")) {
            assertThat(command.status()).isZero();
            assertThat(command.out()).isEqualTo("nobody\n");
            assertThat(withTerminal.status()).isZero();
            assertThat(withTerminal.out()).startsWith("nobody\r\n/dev/");
        }
    }

    @Test
    void aTerminalHasTheSizeThatItIsGivenAndTellsOfAnother() throws Exception {
        var task = cmd(SLEEPING);
        var agent = running(task);
        try (var shell =
                exec(
                        agent,
                        task,
                        true,
                        true,
                        "sh",
                        "-c",
                        "trap 'stty size' WINCH; trap 'exit 7' INT;"
                                + " test -t 0 && test -t 1 && test -t 2 && echo $TERM;"
                                + " while :; do sleep 0.05; done")) {
            shell.awaits("xterm\r\n");
            shell.resizes(100, 40);
            shell.awaits("40 100\r\n");
            shell.resizes(90, 30);
            shell.awaits("30 90\r\n");
            shell.says("\u0003");
            assertThat(shell.status()).isEqualTo(7);
            assertThat(shell.err()).isEmpty();
        }
    }

    @Test
    void aTerminalInterruptsWhatRunsInItsForeground() throws Exception {
        var task = cmd(SLEEPING);
        var agent = running(task);
        try (var shell = exec(agent, task, true, true, "sh")) {
            shell.says("echo re''ady; sleep 1000\n").awaits("ready\r\n");
            await().atMost(LONG)
                    .pollDelay(Duration.ofMillis(100))
                    .until(() -> {
                        shell.says("\u0003");
                        shell.says("echo st''ill here\n");
                        return shell.out().contains("still here\r\n");
                    });
            assertThat(shell.says("exit\n").saysNoMore().over() || shell.status() >= 0).isTrue();
        }
    }

    @Test
    void whoGoesEndsAllThatHeStartedAndTheTaskRunsOn() throws Exception {
        for (boolean tty : List.of(false, true)) {
            var task = cmd("echo ready; exec " + SLEEPING);
            var agent = running(task);
            var command =
                    exec(
                            agent,
                            task,
                            true,
                            tty,
                            "sh",
                            "-c",
                            "trap '' HUP TERM; (setsid sh -c 'echo a > a; exec sleep 2000' &) ;"
                                    + " sleep 2000 & echo b > b; echo here; sleep 2000");
            command.awaits("here");

            command.close();

            await().atMost(LONG).until(command::over);
            await().atMost(LONG).until(() -> sleeping("2000").isEmpty());
            assertThat(sleeping("1000")).isNotEmpty();
            assertThat(agent.events(task)).hasSize(1);
            agent.runtime.kill(task.taskId(), Duration.ZERO);
            agent.end(task);
        }
    }

    /// Processes of this machine that sleep so long.
    private static List<Long> sleeping(String seconds) {
        return ProcessHandle.allProcesses()
                .filter(process ->
                        process.info()
                                .arguments()
                                .filter(words -> words.length > 0)
                                .filter(words -> words[words.length - 1].equals(seconds))
                                .isPresent())
                .map(ProcessHandle::pid)
                .toList();
    }

    @Test
    void withTheTaskItsCommandsEnd() throws Exception {
        var task = cmd(SLEEPING);
        var agent = running(task);
        try (var command = plain(agent, task, "sh", "-c", "trap '' HUP TERM; echo on; sleep 3000");
                var terminal = exec(agent, task, true, true, "sh", "-c", "echo on; sleep 3000")) {
            command.awaits("on");
            terminal.awaits("on");

            agent.runtime.kill(task.taskId(), Duration.ZERO);

            agent.end(task);
            assertThat(command.status()).isNotZero();
            assertThat(terminal.status()).isNotZero();
            assertThat(sleeping("3000")).isEmpty();
        }
    }

    @Test
    void whatSomebodyLeavesBehindEndsWithHisCommand() throws Exception {
        var task = cmd(SLEEPING);
        var agent = running(task);
        try (var command = plain(agent, task, "sh", "-c", "(setsid sleep 4000 &) ; echo left")) {
            assertThat(command.status()).isZero();
            assertThat(command.out()).isEqualTo("left\n");
        }
        await().atMost(LONG).until(() -> sleeping("4000").isEmpty());
    }

    @Test
    void aReaderWhoIsSlowGetsAllOfIt() throws Exception {
        var task = cmd(SLEEPING);
        var agent = running(task);
        try (var command = plain(agent, task, "sh", "-c", "seq 1 200000; seq 1 9 >&2")) {
            assertThat(command.status()).isZero();
            assertThat(command.out()).isEqualTo(numbers(1, 200_000));
            assertThat(command.err()).isEqualTo(numbers(1, 9));
        }
    }

    @Test
    void inATaskThatDoesNotRunNothingIsBegun() {
        var task = cmd("exit 0");
        var agent = life();
        agent.start(task);
        agent.end(task);
        var wanted = new Exec.Wanted(List.of("true"), false, false);
        await().atMost(LONG)
                .until(() -> agent.runtime.exec(task, wanted) instanceof Exec.Begun.Failed);
    }
}

package io.ekiden.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ekiden.agent.Given;
import io.ekiden.agent.core.LocalTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/// The contract of all runtimes, as far as it is about tasks that would rather be more than one:
/// text that wants to be read by a shell, and processes that do not want to end.
public abstract class HostileContract extends AdoptionContract {
    private static final Duration GRACE = Duration.ofMillis(500);
    private static final Duration SOON = Duration.ofSeconds(10);

    /// By which the processes of one test are told from all others.
    private final String mark = "1000." + ThreadLocalRandom.current().nextInt(100_000, 1_000_000);

    private static final String[] WORDS = {
        "; touch evil",
        "$(touch evil)",
        "`touch evil`",
        "| touch evil",
        "&& touch evil",
        "'; touch evil; '",
        "\"; touch evil; \"",
        "\ntouch evil\n",
        "${IFS}",
        "\\",
        "--help",
        "駅伝 \u00e4"
    };

    @Test
    void noArgumentIsReadByAShell() {
        var args = new String[WORDS.length + 2];
        args[0] = "printf";
        args[1] = "%s|";
        System.arraycopy(WORDS, 0, args, 2, WORDS.length);

        var task = ran(Given.args(args));

        assertThat(life().stdout(task)).isEqualTo(String.join("|", WORDS) + "|");
        assertThat(evil(task)).doesNotExist();
    }

    @Test
    void noVariablesValueIsReadByAShell() {
        var env = new TreeMap<String, String>();
        var names = new StringBuilder();
        for (int i = 0; i < WORDS.length; i++) {
            env.put("V" + i, WORDS[i]);
            names.append(" \"$V").append(i).append('"');
        }

        var task = ran(Given.cmd("printf '%%s|' %s".formatted(names)).env(env));

        assertThat(life().stdout(task)).isEqualTo(String.join("|", WORDS) + "|");
        assertThat(evil(task)).doesNotExist();
    }

    @Test
    void noVariablesNameIsReadByAShell() {
        var env =
                Map.of(
                        "A;touch evil;", "1",
                        "B$(touch evil)", "2",
                        "C`touch evil`", "3",
                        "D\ntouch evil\n", "4",
                        "my-own.name", "5");

        var task = ran(Given.args("env").env(env));

        assertThat(life().stdout(task)).contains("A;touch evil;=1", "my-own.name=5");
        assertThat(evil(task)).doesNotExist();
    }

    @Test
    void aVariableMayBeLong() {
        var task =
                ran(Given.cmd("echo \"$LONG\" | wc -c").env(Map.of("LONG", "x".repeat(100_000))));

        assertThat(life().stdout(task).strip()).isEqualTo("100001");
    }

    /// Of bytes that are no UTF-8, Docker's log keeps that there were some.
    @Test
    void outputIsKeptByteByByte() throws IOException {
        var task = ran(Given.cmd("printf '\\000\\001\\r\\n\\033[0m'"));

        assertThat(life().sandbox(task).resolve("stdout"))
                .hasBinaryContent(new byte[] {0, 1, '\r', '\n', 27, '[', '0', 'm'});
    }

    @Test
    void aTaskThatClosesItsOutputRunsOn() throws IOException {
        var task = cmd("echo said; exec >&- 2>&-; " + UNTIL_GO + "exit 9");
        var agent = life();
        agent.start(task);
        agent.awaitOutput(task, "said");

        go(agent, task);

        assertThat(agent.end(task)).isEqualTo(ended(task, 9, "Command exited with status 9"));
    }

    @Test
    void theLargestExitStatusIsTold() {
        var task = cmd("exit 255");
        var agent = life();
        agent.start(task);
        assertThat(agent.end(task)).isEqualTo(ended(task, 255, "Command exited with status 255"));
    }

    @Test
    void hundredsOfSessionsThatIgnoreTheSignalEndWithTheirTask() {
        leavesNothing(
                """
                trap '' TERM
                for i in $(seq 300); do (setsid sleep %s &); done
                echo ready; sleep 1000\
                """);
    }

    @Test
    void processesThatForgetWhoseTheyAreEndWithTheirTask() {
        assumeTrue(machine().encloses());
        leavesNothing("(env -i setsid sleep %s &); echo ready; sleep 1000");
    }

    @Test
    void stoppedProcessesEndWithTheirTask() {
        leavesNothing(
                "(sleep %s & sleep 0.3; kill -STOP $!); echo ready; kill -STOP $$; sleep 1000");
    }

    @Test
    void aTaskThatStartsOneProcessAfterTheOtherEndsWithAllOfThem() {
        leavesNothing(
                """
                trap '' TERM
                (i=0; while [ $i -lt 3000 ]; do (setsid sleep %s &); i=$((i + 1)); sleep 0.001; done) &
                echo ready; sleep 1000\
                """);
    }

    @Test
    void whatATaskLeavesBehindEndsThoughItForgetsWhoseItIs() {
        assumeTrue(machine().encloses());
        var task = cmd("(env -i setsid sleep %s &); sleep 0.3; exit 0".formatted(mark));
        var agent = life();
        agent.start(task);
        assertThat(agent.end(task)).isEqualTo(finished(task));
        await().atMost(SOON).until(() -> marked() == 0);
    }

    private void leavesNothing(String command) {
        var task = cmd(command.formatted(mark));
        var agent = life();
        agent.start(task);
        agent.awaitOutput(task, "ready");
        await().until(() -> marked() > 0);

        agent.runtime.kill(task.taskId(), GRACE);

        agent.end(task);
        await().atMost(SOON).until(() -> marked() == 0);
    }

    private LocalTask ran(Given given) {
        var task = task(given);
        var agent = life();
        agent.start(task);
        assertThat(agent.end(task)).isEqualTo(finished(task));
        return task;
    }

    private Path evil(LocalTask task) {
        return life().sandbox(task).resolve("evil");
    }

    /// How many processes of this test there are, in whatever container.
    private long marked() throws IOException {
        try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            long found = 0;
            for (var process : processes) {
                if (commandLine(process).equals("sleep\0" + mark + "\0")) {
                    found++;
                }
            }
            return found;
        }
    }

    private static String commandLine(Path process) {
        try {
            return Files.readString(process.resolve("cmdline"));
        } catch (IOException e) {
            // It has ended.
            return "";
        }
    }
}

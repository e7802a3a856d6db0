package io.ekiden.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ekiden.testkit.NeedsProgram;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// `./ekiden exec`, as somebody uses it who wants to know what is wrong in a task.
final class ExecIT extends EkidenTest {
    private static final String APP =
            """
            {"id": "/web", "cmd": "echo kept > file; exec sleep 7654321", "cpus": 0.1, "mem": 32,
             "instances": 1, "portDefinitions": [], "env": {"COLOUR": "blue"}}
            """;
    private static final String POD =
            """
            {"id": "/pod", "containers": [
              {"name": "one", "exec": {"command": {"shell": "echo 1 > file; exec sleep 7654321"}},
               "resources": {"cpus": 0.1, "mem": 16}},
              {"name": "two", "exec": {"command": {"shell": "echo 2 > file; exec sleep 7654321"}},
               "resources": {"cpus": 0.1, "mem": 16}}]}
            """;

    /// A run of `./ekiden exec` and what it says.
    private static final class Run {
        private final Process process;
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private final ByteArrayOutputStream err = new ByteArrayOutputStream();
        private final List<Thread> readers;

        Run(List<String> command) throws IOException {
            var builder = new ProcessBuilder(command);
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            builder.environment().put("EKIDEN_BUILD", "never");
            process = builder.start();
            readers =
                    List.of(
                            reader(() -> process.getInputStream().transferTo(out)),
                            reader(() -> process.getErrorStream().transferTo(err)));
        }

        private interface Copying {
            void run() throws IOException;
        }

        private static Thread reader(Copying copying) {
            return Thread.ofPlatform()
                    .daemon()
                    .start(() -> {
                        try {
                            copying.run();
                        } catch (IOException e) {
                            // It was killed.
                        }
                    });
        }

        Run types(String text) throws IOException {
            process.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
            return this;
        }

        Run endsInput() throws IOException {
            process.getOutputStream().close();
            return this;
        }

        void awaits(String text) {
            await(text + " in " + out())
                    .atMost(RunningEkiden.PATIENCE)
                    .until(() -> out().contains(text));
        }

        String out() {
            return out.toString(StandardCharsets.UTF_8);
        }

        String err() {
            return err.toString(StandardCharsets.UTF_8);
        }

        int status() throws InterruptedException {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it has ended").isTrue();
            for (var reader : readers) {
                reader.join();
            }
            return process.exitValue();
        }
    }

    private static List<String> command(RunningEkiden ekiden, String... words) {
        var command =
                new ArrayList<>(
                        List.of(
                                Launcher.ROOT.resolve("ekiden").toString(),
                                "exec",
                                "--data-dir",
                                ekiden.data().toString()));
        command.addAll(List.of(words));
        return command;
    }

    private static Run exec(RunningEkiden ekiden, String... words) throws IOException {
        return new Run(command(ekiden, words));
    }

    private static void awaitRunning(RunningEkiden ekiden, int instances) {
        await().atMost(RunningEkiden.PATIENCE)
                .until(() -> ekiden.app("/web").path("tasksRunning").asInt() == instances);
    }

    @Test
    @NeedsProgram("script")
    void aCommandRunsInATaskAndIsLikeOneOfTheShellItself() throws Exception {
        var ekiden = up();
        assertThat(ekiden.put("/v2/apps/web", APP).status()).isLessThan(300);
        assertThat(ekiden.post("/v2/pods", POD).status()).isLessThan(300);
        awaitRunning(ekiden, 1);

        var plain = exec(ekiden, "/web", "--", "sh", "-c", "cat file; echo $COLOUR >&2; exit 3");
        assertThat(plain.status()).isEqualTo(3);
        assertThat(plain.out()).isEqualTo("kept\n");
        assertThat(plain.err()).isEqualTo("blue\n");

        var task = ekiden.tasks("/web").getFirst().path("id").asText();
        var fed = exec(ekiden, "-i", task, "--", "sort").types("b\na\n").endsInput();
        assertThat(fed.status()).isZero();
        assertThat(fed.out()).isEqualTo("a\nb\n");

        inATerminal(ekiden);
        inContainers(ekiden);
        whoIsGoneLeavesNothing(ekiden);
        ofSeveralOneIsNamed(ekiden);
        audited(ekiden);
    }

    /// `script` gives the command a terminal, into which the test types.
    private void inATerminal(RunningEkiden ekiden) throws Exception {
        var before = directory.resolve("before");
        var after = directory.resolve("after");
        var line =
                "stty cols 70 rows 20; stty -g > %s; %s; code=$?; stty -g > %s; exit $code"
                        .formatted(
                                before,
                                String.join(" ", command(ekiden, "-it", "/web", "--", "sh")),
                                after);
        var terminal = new Run(List.of("script", "-qec", line, "/dev/null"));
        terminal.types("stty size; echo re''ady\n");
        terminal.awaits("ready");
        assertThat(terminal.out()).contains("20 70");
        terminal.types("sleep 1000\n");
        await().atMost(RunningEkiden.PATIENCE)
                .until(() -> {
                    terminal.types("\u0003echo st''ill\n");
                    Thread.sleep(200);
                    return terminal.out().contains("still");
                });
        terminal.types("exit 5\n");
        assertThat(terminal.status()).isEqualTo(5);
        assertThat(Files.readString(after)).isEqualTo(Files.readString(before));
    }

    private static void inContainers(RunningEkiden ekiden) throws Exception {
        await().atMost(RunningEkiden.PATIENCE)
                .until(() ->
                        ekiden.get("/v2/pods/pod::status")
                                .body()
                                .path("status")
                                .asText()
                                .equals("STABLE"));
        var which = exec(ekiden, "pod", "--", "cat", "file");
        assertThat(which.status()).isEqualTo(1);
        assertThat(which.err()).contains("several containers", "one, two");
        var two = exec(ekiden, "-c", "two", "pod", "--", "cat", "file");
        assertThat(two.status()).isZero();
        assertThat(two.out()).isEqualTo("2\n");
    }

    private static void whoIsGoneLeavesNothing(RunningEkiden ekiden) throws Exception {
        var shell = exec(ekiden, "/web", "--", "sh", "-c", "trap '' HUP; echo on; sleep 5432100");
        shell.awaits("on");
        assertThat(sleeping()).isNotEmpty();
        shell.process.destroyForcibly();
        await().atMost(RunningEkiden.PATIENCE).until(() -> sleeping().isEmpty());
    }

    private static List<Long> sleeping() {
        return ProcessHandle.allProcesses()
                .filter(process ->
                        process.info()
                                .arguments()
                                .filter(words -> words.length > 0)
                                .filter(words -> words[words.length - 1].equals("5432100"))
                                .isPresent())
                .map(ProcessHandle::pid)
                .toList();
    }

    private static void ofSeveralOneIsNamed(RunningEkiden ekiden) throws Exception {
        assertThat(ekiden.put("/v2/apps/web", "{\"instances\": 2}").status()).isLessThan(300);
        awaitRunning(ekiden, 2);
        var several = exec(ekiden, "web", "--", "true");
        assertThat(several.status()).isEqualTo(1);
        var ids = ekiden.tasks("/web").stream().map(task -> task.path("id").asText()).toList();
        assertThat(several.err()).contains("several tasks of /web run").contains(ids);
        var none = exec(ekiden, "none", "--", "true");
        assertThat(none.status()).isEqualTo(1);
        assertThat(none.err()).contains("'/none' does not exist");
    }

    private static void audited(RunningEkiden ekiden) {
        await().atMost(RunningEkiden.PATIENCE)
                .untilAsserted(() ->
                        assertThat(
                                        RunningEkiden.stream(
                                                        ekiden.get("/v2/audit?verb=exec")
                                                                .body()
                                                                .path("records"))
                                                .map(record -> record.path("uri").asText()))
                                .anyMatch(uri -> uri.contains("command=sort&stdin=true"))
                                .anyMatch(uri -> uri.contains("container=two")));
    }
}

package io.ekiden.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ekiden.agent.Given;
import io.ekiden.agent.core.Event;
import io.ekiden.agent.core.TaskEnvironment;
import io.ekiden.model.TaskId;
import io.ekiden.model.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What only native tasks have; the rest is in [TaskRuntimeContract].
final class NativeRuntimeTest {
    @TempDir Path dir;

    private final Set<TaskId> seen = ConcurrentHashMap.newKeySet();
    private NativeMachine machine;
    private Life agent;

    @BeforeEach
    void begin() throws IOException {
        machine = new NativeMachine(dir, Isolation.detect());
        var work = new WorkDir(dir);
        work.create();
        agent = new Life(work, "boot-1", machine.runtime(work, "boot-1"), seen);
    }

    @AfterEach
    void endWhatWasStarted() {
        agent.runtime.close();
        seen.forEach(task -> machine.end(new WorkDir(dir), task));
    }

    @Test
    void aCommandThatIsNotThereIsFoundMissingBeforeAnythingIsStarted() {
        var task = Given.args("no-such-command").local();
        agent.start(task);
        assertThat(agent.end(task))
                .isEqualTo(
                        new Event.NotStartable(
                                task.taskId(),
                                "command not found or not executable: 'no-such-command'"));
    }

    @Test
    void runsInItsSandboxWithExactlyTheEnvironmentOfATask() throws IOException {
        var task = Given.args("env", "-0").env(Map.of("OPTIND", "x")).ports(31000).local();
        agent.start(task);
        agent.end(task);

        var sandbox = agent.sandbox(task);
        var expected =
                TaskEnvironment.of(
                        task.task().orElseThrow(),
                        "127.0.0.1",
                        sandbox.toString(),
                        new TreeMap<>());
        var seenByTask = Files.readString(sandbox.resolve("stdout")).split("\0", -1);
        assertThat(seenByTask)
                .contains("PWD=" + sandbox)
                .containsAll(
                        expected.entrySet().stream()
                                .map(e -> e.getKey() + "=" + e.getValue())
                                .toList());
        assertThat(seenByTask)
                .filteredOn(e -> !e.isEmpty() && !expected.containsKey(e.split("=", 2)[0]))
                .allMatch(e ->
                        e.startsWith("PWD=")
                                || e.startsWith("OLDPWD=")
                                || e.startsWith("SHLVL=")
                                || e.startsWith("_="));
    }

    @Test
    void aDirectoryOfTheMachineIsInItsSandboxAndWrittenToOnlyIfItMayBe() throws IOException {
        assumeTrue(Isolation.detect().pidNamespace());
        var folder = Files.createDirectory(dir.resolve("the machine's"));
        Files.writeString(folder.resolve("there"), "its content");
        var reader =
                Given.cmd("cat a/b/there; touch a/b/new && exit 9; exit 3")
                        .hostVolume("a/b", folder.toString(), Volume.Mode.RO)
                        .local();
        var writer =
                Given.cmd("touch c/new").hostVolume("c", folder.toString(), Volume.Mode.RW).local();

        agent.start(reader);
        assertThat(((Event.Ended) agent.end(reader)).exitCode()).contains(3);
        assertThat(agent.stdout(reader)).isEqualTo("its content");
        assertThat(agent.text(reader, "stderr")).containsIgnoringCase("read-only");
        agent.start(writer);
        assertThat(((Event.Ended) agent.end(writer)).exitCode()).contains(0);
        assertThat(folder.resolve("new")).exists();
    }

    @Test
    void onlyWhatIsReadOnlyIsWithAllThatIsMountedBelow() throws IOException {
        assumeTrue(Isolation.detect().pidNamespace());
        var folder = Files.createDirectories(dir.resolve("a folder/below")).getParent();
        Processes.run(List.of("mount", "-t", "tmpfs", "x", folder.resolve("below").toString()));
        try {
            Files.createFile(folder.resolve("below/there"));
            var task =
                    Given.cmd(
                                    "touch rw/1 rw/below/2 || exit 8; ls ro/1 ro/below/there || exit 7;"
                                            + " for file in ro/3 ro/below/4 root/tmp/5; do"
                                            + " touch $file && exit 9; done; exit 3")
                            .hostVolume("ro", folder.toString(), Volume.Mode.RO)
                            .hostVolume("rw", folder.toString(), Volume.Mode.RW)
                            .hostVolume("root", "/", Volume.Mode.RO)
                            .local();
            agent.start(task);
            assertThat(((Event.Ended) agent.end(task)).exitCode())
                    .as(agent.text(task, "stderr"))
                    .contains(3);
        } finally {
            Processes.run(List.of("umount", folder.resolve("below").toString()));
        }
    }

    @Test
    void nothingIsMadeOutsideOfASandboxAndItsOutputIsItsOwn() throws IOException {
        var folder = Files.createDirectory(dir.resolve("folder"));
        for (var path : List.of("a/b/c", "stdout")) {
            var task =
                    Given.cmd("true")
                            .hostVolume("a", folder.toString(), Volume.Mode.RW)
                            .hostVolume(path, folder.toString(), Volume.Mode.RW)
                            .local();
            agent.start(task);
            assertThat(agent.end(task))
                    .isInstanceOf(Event.NotStartable.class)
                    .asString()
                    .contains("the path '" + path + "' ");
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void whereNothingKeepsATaskFromWritingItIsNotStarted() throws IOException {
        var task = Given.cmd("true").hostVolume("a", dir.toString(), Volume.Mode.RO).local();
        agent.runtime.close();
        machine = new NativeMachine(dir, Isolation.plain(true));
        agent =
                new Life(
                        new WorkDir(dir),
                        "boot-1",
                        machine.runtime(new WorkDir(dir), "boot-1"),
                        seen);
        agent.start(task);
        assertThat(agent.end(task))
                .isEqualTo(
                        new Event.NotStartable(
                                task.taskId(),
                                "the task could not be started: a volume that is read-only needs an"
                                        + " agent with root and namespaces"));
    }

    @Test
    void aTaskWhoseSupervisorIsKilledRunsOnAndItsEndIsTold() {
        var task = Given.cmd("sleep 1000").local();
        agent.start(task);
        agent.awaitRunning(task);
        var files = machine.files(task.taskId());

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
}

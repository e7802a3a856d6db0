package io.ekiden.agent.runtime.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ekiden.agent.Given;
import io.ekiden.agent.core.Event;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.runtime.Life;
import io.ekiden.model.Volume.External;
import io.ekiden.model.Volume.Mode;
import io.ekiden.testkit.NeedsProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Volumes of a volume plugin, on an engine that nobody else has: engines remember plugins that are
/// gone.
@NeedsProgram({"busybox", "dockerd", "unshare"})
final class ExternalVolumesTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    /// Gives up on what hangs before the test does.
    private static final Patience IMPATIENT =
            new Patience(
                    Duration.ofMillis(200),
                    Duration.ofSeconds(4),
                    Duration.ofSeconds(4),
                    Duration.ofSeconds(4),
                    Duration.ofMillis(500),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(3),
                    Duration.ofSeconds(10));

    @TempDir Path dir;
    @TempDir Path volumes;

    private OwnEngine engine;
    private DockerMachine machine;
    private VolumePlugin plugin;
    private Life agent;

    @BeforeEach
    void begin() throws IOException {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root starts engines");
        engine = new OwnEngine(Files.createTempDirectory("engine"));
        engine.startWithPlugins();
        machine = new DockerMachine(engine.address(), engine.address(), IMPATIENT);
        agent = machine.life(dir);
        plugin = new VolumePlugin(engine.plugins(), "shelf", volumes);
    }

    @AfterEach
    void end() throws IOException {
        plugin.close();
        agent.runtime.close();
        machine.close();
        engine.close();
    }

    private static External volume(String driver, String name, Mode mode) {
        return volume(name, mode, Map.of("dvdi/driver", driver));
    }

    private static External volume(String name, Mode mode, Map<String, String> options) {
        return new External("/data", mode, name, Optional.empty(), new TreeMap<>(options), false);
    }

    private LocalTask task(String command, External volume) {
        return machine.task(Given.cmd(command).external(volume));
    }

    private Event run(LocalTask task) {
        agent.start(task);
        return agent.end(task);
    }

    private static Event ended(LocalTask task, int exit) {
        return new Event.Ended(
                task.taskId(), Optional.of(exit), "Command exited with status " + exit);
    }

    @Test
    void aDriverIsToldAsSoonAsTheEngineHasIt() {
        await().atMost(LONG)
                .until(() ->
                        "local,shelf".equals(agent.runtime.attributes().get("volume-drivers")));

        assertThat(agent.events()).contains(new Event.RuntimesChanged());
    }

    @Test
    void whatATaskWritesTheNextOneFinds() throws IOException {
        var options = Map.of("dvdi/driver", "shelf", "dvdi/kind", " fast ", "other/x", "y");
        var first = task("echo one >> /data/book", volume("data", Mode.RW, options));
        var second =
                task("echo two >> /data/book; cat /data/book", volume("shelf", "data", Mode.RW));

        assertThat(run(first)).isEqualTo(ended(first, 0));
        assertThat(run(second)).isEqualTo(ended(second, 0));

        assertThat(agent.stdout(second)).isEqualTo("one\ntwo\n");
        assertThat(plugin.folder("data").resolve("book")).hasContent("one\ntwo");
        assertThat(plugin.made).containsExactlyEntriesOf(Map.of("data", Map.of("kind", "fast")));
        await().atMost(LONG).until(() -> machine.containers().isEmpty());
        assertThat(plugin.asked)
                .contains("Mount data", "Unmount data")
                .noneMatch(asked -> asked.startsWith("Remove"));
    }

    @Test
    void aVolumeThatIsReadOnlyCannotBeWritten() throws IOException {
        Files.writeString(Files.createDirectories(plugin.folder("data")).resolve("book"), "one\n");
        var task = task("cat /data/book; echo two >> /data/book", volume("shelf", "data", Mode.RO));

        assertThat(run(task)).isEqualTo(ended(task, 1));

        assertThat(agent.stdout(task)).isEqualTo("one\n");
        assertThat(plugin.folder("data").resolve("book")).hasContent("one");
    }

    @Test
    void whatTheDriverSaysIsWhyTheTaskFails() {
        plugin.refuse("Create", "no space on the shelf");
        var unmade = task("true", volume("shelf", "data", Mode.RW));
        assertThat(reason(unmade))
                .contains("volume 'data' of driver 'shelf'", "no space on the shelf");

        assertThat(reason(task("true", volume("nothing", "data", Mode.RW))))
                .contains("volume 'data' of driver 'nothing'");
    }

    @Test
    void aMountThatIsRefusedIsWhyTheTaskFails() {
        plugin.refuse("Mount", "the shelf is attached elsewhere");

        assertThat(reason(task("true", volume("shelf", "data", Mode.RW))))
                .contains("the shelf is attached elsewhere");
        await().atMost(LONG).until(() -> machine.containers().isEmpty());
    }

    private String reason(LocalTask task) {
        return run(task) instanceof Event.NotStartable(_, var reason) ? reason : "it started";
    }

    @Test
    void aDriverThatHangsHoldsUpNobodyElse() {
        plugin.hang("Create");
        var hung = task("true", volume("shelf", "data", Mode.RW));
        agent.start(hung);
        await().atMost(LONG).until(() -> plugin.asked.contains("Create data"));
        assertThat(agent.events(hung))
                .contains(
                        new Event.Staging(
                                hung.taskId(), "prepares volume 'data' of driver 'shelf'"));

        var other = machine.task(Given.cmd("echo alive"));
        assertThat(run(other)).isEqualTo(ended(other, 0));

        assertThat(((Event.NotStartable) agent.end(hung)).reason())
                .contains("volume 'data' of driver 'shelf': the driver does not answer");
        assertThat(agent.runtime.runs()).isNotEmpty();
    }

    @Test
    void aMountThatHangsEndsTheTaskWhenItIsOver() {
        plugin.hang("Mount");
        var hung = task("echo never > /data/x", volume("shelf", "data", Mode.RW));
        agent.start(hung);
        await().atMost(LONG).until(() -> plugin.asked.contains("Mount data"));
        var other = machine.task(Given.cmd("echo alive"));
        assertThat(run(other)).isEqualTo(ended(other, 0));

        await().pollDelay(IMPATIENT.start().plusSeconds(1)).until(() -> true);
        plugin.refuse("Mount", "it took too long");
        plugin.goOn();

        assertThat(((Event.NotStartable) agent.end(hung)).reason())
                .contains("its volumes were not mounted");
        assertThat(plugin.folder("data").resolve("x")).doesNotExist();
    }

    @Test
    void onlyDriversThatTheOperatorAllowsAreUsed() {
        var allowed = VolumeDrivers.parse("shelf, other");

        assertThat(allowed.problem(List.of(volume("shelf", "data", Mode.RW)))).isEmpty();
        assertThat(allowed.problem(List.of(volume("local", "data", Mode.RW))))
                .contains("this agent does not use the volume driver 'local'");
        assertThat(VolumeDrivers.parse("none").allow("local")).isFalse();
    }
}

package io.ekiden.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ekiden.agent.Given;
import io.ekiden.agent.core.Event;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.runtime.docker.Registry;
import io.ekiden.model.Container;
import io.ekiden.model.Volume;
import io.ekiden.secrets.TaskSecrets;
import io.ekiden.testkit.NeedsProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/// What only images have, without an engine: their pulls, and what they say of themselves.
@NeedsProgram({"busybox", "docker-registry", "runc", "skopeo", "umoci"})
@EnabledIf("mayEnclose")
final class ImageRuntimeTest extends RuntimeFixture {
    private static final Isolation DETECTED = Isolation.detect();

    static boolean mayEnclose() {
        return DETECTED.pidNamespace();
    }

    @Override
    protected Machine newMachine() {
        TestRootfs.make(new WorkDir(dir));
        return new NativeMachine(dir, DETECTED, Optional.of(TestRootfs.IMAGE));
    }

    private static void run(String... command) throws IOException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.onExit().join().exitValue()).as(said).isZero();
    }

    /// An image with busybox alone.
    ///
    /// @param config options of umoci
    private String offered(Registry registry, String name, String... config) throws IOException {
        var layout = dir.resolve("layout-" + name.replace(':', '-'));
        var image = layout + ":" + "image";
        machine();
        run("umoci", "init", "--layout", layout.toString());
        run("umoci", "new", "--image", image);
        var rootfs = new WorkDir(dir).root().resolve("images/sha256-0/rootfs");
        run("umoci", "insert", "--image", image, rootfs.toString(), "/");
        var command = new ArrayList<>(List.of("umoci", "config", "--image", image));
        command.addAll(List.of(config));
        run(command.toArray(String[]::new));
        registry.offer(layout, "image", registry.image(name));
        return registry.image(name);
    }

    private Registry registry(boolean locked) throws IOException {
        return new Registry(Files.createDirectories(dir.resolve("registry")), locked);
    }

    private static String reason(Life agent, LocalTask task) {
        return switch (agent.end(task)) {
            case Event.Ended(_, var exit, var reason, _) when exit.isEmpty() -> reason;
            case Event.NotStartable(_, var reason) -> reason;
            case Event other -> other.toString();
        };
    }

    @Test
    void anImageIsPulledAndRunAsItSays() throws IOException {
        try (var registry = registry(false)) {
            var image =
                    offered(
                            registry,
                            "web:1",
                            "--config.entrypoint=/bin/sh",
                            "--config.entrypoint=-c",
                            "--config.cmd=echo $A; pwd; id -u; id -G",
                            "--config.env=A=of the image",
                            "--config.user=appuser",
                            "--config.workingdir=/tmp");
            var own = Given.args().imageAlone(image).local();
            var more = Given.args("echo mine").imageAlone(image).local();
            var line = Given.cmd("echo $A; pwd").user("0").imageAlone(image).local();
            var agent = life();
            List.of(own, more, line).forEach(agent::start);

            assertThat(agent.end(own)).isEqualTo(finished(own));
            assertThat(agent.stdout(own)).isEqualTo("of the image\n/tmp\n1000\n1000 2000\n");
            agent.end(more);
            assertThat(agent.stdout(more)).isEqualTo("mine\n");
            agent.end(line);
            assertThat(agent.stdout(line)).isEqualTo("of the image\n/tmp\n");
            assertThat(agent.events(own))
                    .startsWith(new Event.Staging(own.taskId(), "pulling image " + image));
        }
    }

    @Test
    void anImageThatIsHereNeedsNoRegistryUnlessItIsToBePulled() throws IOException {
        var registry = registry(false);
        var image = offered(registry, "web:1");
        var first = Given.cmd("true").imageAlone(image).local();
        var agent = life();
        agent.start(first);
        assertThat(agent.end(first)).isEqualTo(finished(first));
        registry.close();

        var again = Given.cmd("true").imageAlone(image).local();
        agent.start(again);
        assertThat(agent.end(again)).isEqualTo(finished(again));
        agent.runtime.close();
        var next = life();
        var later = Given.cmd("true").imageAlone(image).local();
        next.start(later);
        assertThat(next.end(later)).isEqualTo(finished(later));
        var forced = Given.cmd("true").imageAlone("x").forcePull(image).local();
        next.start(forced);
        assertThat(reason(next, forced))
                .startsWith("image " + image + " cannot be pulled: ")
                .contains("connection refused");
    }

    @Test
    void aForcedPullBringsTheNewImage() throws IOException {
        try (var registry = registry(false)) {
            var image = offered(registry, "web:1", "--config.env=WHICH=old");
            var agent = life();
            var old = Given.cmd("echo $WHICH").imageAlone(image).local();
            agent.start(old);
            agent.end(old);
            var other = offered(registry, "web:2", "--config.env=WHICH=new");
            registry.offer(dir.resolve("layout-web-2"), "image", image);
            var kept = Given.cmd("echo $WHICH").imageAlone(image).local();
            agent.start(kept);
            agent.end(kept);
            var forced = Given.cmd("echo $WHICH").imageAlone("x").forcePull(image).local();
            agent.start(forced);
            agent.end(forced);

            assertThat(agent.stdout(kept)).isEqualTo("old\n");
            assertThat(agent.stdout(forced)).as(other).isEqualTo("new\n");
        }
    }

    @Test
    void aSecretLetsATaskIn() throws IOException {
        try (var registry = registry(true)) {
            var image = offered(registry, "web:1");
            var agent = life();
            var stranger = Given.cmd("true").imageAlone(image).local();
            agent.start(stranger);
            assertThat(reason(agent, stranger))
                    .startsWith("image " + image + " cannot be pulled: ")
                    .contains("unauthorized");
            var task = Given.cmd("true").imageAlone("x").forcePull(image, "pull").local();
            agent.start(task);
            var values = new TreeMap<String, byte[]>();
            values.put("pull", registry.login(Registry.PASSWORD).getBytes(StandardCharsets.UTF_8));
            Machine.bring(machine().secrets(agent.work), task.taskId(), TaskSecrets.of(values));

            assertThat(agent.end(task)).isEqualTo(finished(task));
            assertThat(dir.resolve("secrets").toFile().list()).hasSize(1);
        }
    }

    @Test
    void aTaskIsKilledWhileItsImageIsPulled() throws IOException {
        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            var image = "127.0.0.1:%d/web:1".formatted(silent.getLocalPort());
            var agent = life();
            var task = Given.cmd("true").imageAlone(image).local();
            agent.start(task);
            await().until(() -> !agent.events(task).isEmpty());

            agent.runtime.kill(task.taskId(), Duration.ofSeconds(60));

            assertThat(reason(agent, task)).isEqualTo("killed before it was started");
        }
    }

    @Test
    void whatIsNotInTheImageIsNotStarted() {
        var agent = life();
        var program = task(Given.args("/bin/nosuch"));
        var user = task(Given.cmd("true").user("nosuch"));
        agent.start(program);
        agent.start(user);

        assertThat(reason(agent, program)).contains("/bin/nosuch", "no such file");
        assertThat(reason(agent, user)).contains("the image has no user 'nosuch'");
    }

    @Test
    void itsFileSystemIsItsOwnAndGoesWithTheTask() throws IOException {
        var agent = life();
        var task =
                task(
                        Given.cmd(
                                "echo x > /bin/written; ls /; mount -t tmpfs x /tmp; mknod /tmp/d b 8"
                                        + " 0; exec sleep 1000"));
        agent.start(task);
        agent.awaitRunning(task);
        await().until(() -> agent.text(task, "stderr").lines().count() >= 2);
        assertThat(agent.stdout(task)).contains("mnt").doesNotContain("boot");
        assertThat(agent.text(task, "stderr"))
                .contains("mount: permission denied", "mknod: /tmp/d: Operation not permitted");

        agent.runtime.kill(task.taskId(), Duration.ZERO);
        agent.end(task);

        var image = dir.resolve("images/sha256-0/rootfs/bin/written");
        assertThat(image).doesNotExist();
        var folder = agent.work.task(task.taskId());
        for (var part : List.of("upper", "work", "copy", "bundle")) {
            assertThat(folder.resolve(part)).doesNotExist();
        }
        assertThat(Files.readString(Path.of("/proc/self/mounts"))).doesNotContain(dir.toString());
    }

    @Test
    void itHasVolumesOfTheMachine() throws IOException {
        var folder = Files.createDirectory(dir.resolve("machine"));
        Files.writeString(folder.resolve("x"), "of the machine\n");
        var agent = life();
        var task =
                task(
                        Given.cmd("cat /in/x; echo y > /in/y; echo z > /out/z")
                                .hostVolume("/in", folder.toString(), Volume.Mode.RO)
                                .hostVolume("/out", folder.toString(), Volume.Mode.RW));
        agent.start(task);
        agent.end(task);

        assertThat(agent.stdout(task)).isEqualTo("of the machine\n");
        assertThat(folder.resolve("y")).doesNotExist();
        assertThat(folder.resolve("z")).hasContent("z");
    }

    @Test
    void aSecretIsAtAnAbsolutePathTooAndInNoFile() throws IOException {
        var agent = life();
        var task =
                task(
                        Given.cmd("cat /run/db; echo $DB; exec sleep 1000")
                                .secrets(Map.of("DB", "db"), Map.of("/run/db", "db")));
        agent.start(task);
        var values = new TreeMap<String, byte[]>();
        values.put("db", "CANARY".getBytes(StandardCharsets.UTF_8));
        Machine.bring(machine().secrets(agent.work), task.taskId(), TaskSecrets.of(values));
        agent.awaitOutput(task, "CANARYCANARY");

        try (var files = Files.walk(agent.work.task(task.taskId()))) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                boolean link = Files.isSymbolicLink(file);
                assertThat(link || !Files.readString(file).contains("CANARY"))
                        .as(file.toString())
                        .isTrue();
            }
        }
    }

    @Test
    void anAgentThatCannotRunImagesSaysSo() {
        var without = new NativeMachine(dir, DETECTED);
        var agent = life();
        try (var runtime = without.runtime(agent.work, "boot-1")) {
            assertThat(runtime.attributes()).doesNotContainKey(Container.IMAGES);
            assertThat(agent.runtime.attributes()).containsKey(Container.IMAGES);
            var events = new ArrayList<Event>();
            runtime.watch(events::add);
            var task = task(Given.cmd("true"));
            agent.records.write(task);
            runtime.start(task);
            await().until(() -> !events.isEmpty());
            assertThat(events.toString()).contains("runs no images without an engine");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

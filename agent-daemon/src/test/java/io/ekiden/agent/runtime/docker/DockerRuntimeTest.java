package io.ekiden.agent.runtime.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.model.HostConfig;
import io.ekiden.agent.Given;
import io.ekiden.agent.core.Event;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.runtime.Life;
import io.ekiden.agent.runtime.WorkDir;
import io.ekiden.agent.secrets.Brought;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.model.Volume.Mode;
import io.ekiden.testkit.NeedsDocker;
import io.ekiden.testkit.NeedsProgram;
import io.ekiden.testkit.TestBroker;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What only containers have; the rest is in the contract of all runtimes.
@NeedsDocker
@NeedsProgram("busybox")
final class DockerRuntimeTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration GRACE = Duration.ofSeconds(60);

    @TempDir Path dir;

    private DockerMachine machine;
    private Life agent;

    @BeforeEach
    void begin() {
        machine = new DockerMachine();
        agent = machine.life(dir);
    }

    @AfterEach
    void end() {
        agent.runtime.close();
        machine.close();
    }

    private static Event finished(LocalTask task) {
        return new Event.Ended(task.taskId(), Optional.of(0), "Command exited with status 0");
    }

    private String outputOf(LocalTask task) {
        agent.start(task);
        assertThat(agent.end(task)).isEqualTo(finished(task));
        return agent.stdout(task);
    }

    private HostConfig hostConfig(LocalTask task) {
        return machine.docker
                .inspectContainerCmd(ContainerSpec.name(task.taskId()))
                .exec()
                .getHostConfig();
    }

    @Test
    void publishesItsPortsOnTheBridgeAtTheAgentsAddressOnly() throws IOException {
        int port = TestBroker.freePort();
        var task =
                machine.task(
                        Given.cmd("while :; do echo hello | nc -l -p 8080; done")
                                .mapped(8080, port, "tcp"));
        agent.start(task);
        agent.awaitRunning(task);

        await().atMost(LONG).ignoreExceptions().until(() -> greeting(port).equals("hello\n"));
        assertThat(hostConfig(task).getPortBindings().getBindings().values())
                .allSatisfy(bindings ->
                        assertThat(bindings)
                                .extracting(b -> b.getHostIp())
                                .containsExactly("127.0.0.1"));
        assertThat(agent.runtime.address(task)).isPresent();
    }

    private static String greeting(int port) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(2000);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void publishesAPortOfBothProtocolsWithoutANumberOfItsOwn() {
        int port = TestBroker.freePort();
        var task =
                machine.task(
                        Given.cmd("while :; do echo hello | nc -l -p $PORT0; done")
                                .mapped(0, port, "udp,tcp"));
        agent.start(task);
        agent.awaitRunning(task);

        await().atMost(LONG).ignoreExceptions().until(() -> greeting(port).equals("hello\n"));
        assertThatThrownBy(() -> new DatagramSocket(port, InetAddress.getLoopbackAddress()))
                .isInstanceOf(BindException.class);
        assertThat(hostConfig(task).getPortBindings().getBindings().keySet())
                .extracting(Object::toString)
                .containsExactlyInAnyOrder(port + "/tcp", port + "/udp");
    }

    @Test
    void aPortThatSomebodyElseHasIsATasksEndThatNamesIt() throws IOException {
        try (var taken = new java.net.ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var task =
                    machine.task(Given.cmd("sleep 1000").mapped(8080, taken.getLocalPort(), "tcp"));
            agent.start(task);
            assertThat(agent.end(task))
                    .isInstanceOf(Event.NotStartable.class)
                    .asString()
                    .contains(Integer.toString(taken.getLocalPort()));
            await().atMost(LONG).until(() -> machine.left(task.taskId()).isEmpty());
        }
    }

    @Test
    void theHostsNetworkIsTheMachines() throws IOException {
        var task = machine.task(Given.cmd("readlink /proc/self/ns/net"));
        var mine = Files.readSymbolicLink(Path.of("/proc/self/ns/net")) + "\n";
        assertThat(outputOf(task)).isEqualTo(mine);
        assertThat(agent.runtime.address(task)).isEmpty();
    }

    @Test
    void namesPortsAndImageInTheEnvironmentAsMarathonDoes() {
        var task =
                machine.task(
                        Given.cmd(
                                        "echo $PORT0 $PORT $PORT_8080 $PORT1 $PORT_31991 $PORTS;"
                                                + " echo $MARATHON_APP_DOCKER_IMAGE $MESOS_SANDBOX $PATH")
                                .mapped(8080, 31990, "tcp")
                                .mapped(0, 31991, "udp"));
        assertThat(outputOf(task))
                .isEqualTo(
                        """
                        31990 31990 31990 31991 31991 31990,31991
                        ekiden-test:busybox /mnt/mesos/sandbox /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
                        """);
    }

    @Test
    void limitsMemoryWithoutSwapAndProcessesAndSharesTheCpu() {
        var task = machine.task(Given.cmd("sleep 1000").mem(48));
        agent.start(task);
        agent.awaitRunning(task);
        var config = hostConfig(task);
        assertThat(config.getMemory()).isEqualTo(48L << 20);
        assertThat(config.getMemorySwap()).isEqualTo(48L << 20);
        assertThat(config.getPidsLimit()).isEqualTo(8192);
        assertThat(config.getCpuShares()).isEqualTo(102);
        assertThat(config.getCpuQuota()).isIn(null, 0L);
        assertThat(config.getNanoCPUs()).isIn(null, 0L);
    }

    @Test
    void cannotGainPrivilegesAndHasAnInitAndABoundedLog() {
        var task =
                machine.task(
                        Given.cmd(
                                "grep NoNewPrivs /proc/self/status; cat /proc/1/comm; sleep 1000"));
        agent.start(task);
        agent.awaitOutput(task, "init");
        assertThat(agent.stdout(task)).isEqualTo("NoNewPrivs:\t1\ndocker-init\n");
        assertThat(hostConfig(task).getPrivileged()).isFalse();
        assertThat(hostConfig(task).getLogConfig().type.getType()).isEqualTo("json-file");
        assertThat(hostConfig(task).getLogConfig().config).containsEntry("max-size", "512m");
    }

    @Test
    void keepsTheLastOfWhatATaskWritesWithoutAnEnd() throws IOException {
        var lines = "awk 'BEGIN {for (i = 1; i <= 12000; i++) printf \"%0999d\\n\", i}'";
        var task = machine.task(Given.cmd(lines + "; echo two >&2"));
        agent.start(task);
        assertThat(agent.end(task)).isEqualTo(finished(task));

        var first = Files.readAllLines(agent.sandbox(task).resolve("stdout.1"));
        var last = Files.readAllLines(agent.sandbox(task).resolve("stdout"));
        assertThat(Stream.concat(first.stream(), last.stream()).map(Integer::parseInt))
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 12_000).boxed().toList());
        assertThat(agent.sandbox(task).resolve("stderr")).hasContent("two\n");
    }

    @Test
    void aTerminalsLongLinesAreKeptToTheByte() {
        var task =
                machine.task(
                        Given.cmd(
                                        "for n in 16383 16384 16385 50000; do"
                                                + " head -c $n /dev/zero | tr '\\0' x; echo; done;"
                                                + " printf 'no end'")
                                .tty());
        assertThat(outputOf(task))
                .isEqualTo(
                        "x".repeat(16383)
                                + "\r\n"
                                + "x".repeat(16384)
                                + "\r\n"
                                + "x".repeat(16385)
                                + "\r\n"
                                + "x".repeat(50000)
                                + "\r\nno end");
    }

    @Test
    void itsLabelsSayWhoseItIs() {
        var task = machine.task(Given.cmd("sleep 1000"));
        agent.start(task);
        agent.awaitRunning(task);
        assertThat(machine.containers().getFirst().getLabels())
                .containsEntry("io.ekiden.cluster", machine.cluster)
                .containsEntry("io.ekiden.agent", DockerMachine.AGENT)
                .containsEntry("io.ekiden.task", task.taskId().value())
                .containsEntry("io.ekiden.app", "/shop/web")
                .containsEntry("io.ekiden.version", "2026-11-23T12:00:00.000Z");
    }

    @Test
    void mountsFoldersOfTheMachineAsTheyMayBeUsed() throws IOException {
        var readable = Files.createDirectory(dir.resolve("readable"));
        Files.writeString(readable.resolve("file"), "from outside\n");
        var writable = Files.createDirectory(dir.resolve("writable"));
        var task =
                machine.task(
                        Given.cmd(
                                        "cat /ro/file; touch /ro/x || echo refused; echo y > /rw/y;"
                                                + " echo z > /own/z")
                                .hostVolume("/ro", readable.toString(), Mode.RO)
                                .hostVolume("/rw", writable.toString(), Mode.RW)
                                .hostVolume("/own", "folder", Mode.RW));
        assertThat(outputOf(task)).isEqualTo("from outside\nrefused\n");
        assertThat(writable.resolve("y")).hasContent("y\n");
        assertThat(agent.sandbox(task).resolve("folder/z")).hasContent("z\n");
    }

    @Test
    void aVolumeCannotLeaveTheSandboxNorSmuggleSettings() {
        var leaving = machine.task(Given.cmd("true").hostVolume("/x", "../../..", Mode.RW));
        var smuggling = machine.task(Given.cmd("true").hostVolume("/x:rw", "/etc", Mode.RO));
        agent.start(leaving);
        agent.start(smuggling);
        assertThat(agent.end(leaving)).asString().contains("'../../..' leaves the sandbox");
        assertThat(agent.end(smuggling)).asString().contains("'/x:rw'");
    }

    @Test
    void aVolumeIsMountedInTheSandbox() {
        var task =
                machine.task(
                        Given.cmd("grep -c ' /mnt/mesos/sandbox/data ' /proc/self/mounts")
                                .volume("data", "v#data#1"));
        assertThat(outputOf(task)).isEqualTo("1\n");
    }

    @Test
    void argumentsAreTheImagesEntryPointsAndACommandTakesItsPlace() {
        var image = "ekiden-test:entry";
        TestImage.make(machine.docker, image, "ENTRYPOINT [\"echo\", \"entry\"]", "CMD [\"own\"]");
        try {
            assertThat(outputOf(Given.args().image(image).local())).isEqualTo("entry own\n");
            assertThat(outputOf(Given.args("a", "b").image(image).local()))
                    .isEqualTo("entry a b\n");
            assertThat(outputOf(Given.cmd("echo mine").image(image).local())).isEqualTo("mine\n");
        } finally {
            machine.docker.removeImageCmd(image).withForce(true).exec();
        }
    }

    @Test
    void theSandboxBelongsToTheImagesUser() throws IOException {
        var image = "ekiden-test:user";
        TestImage.make(machine.docker, image, "USER appuser");
        try {
            var task = Given.cmd("id -un; touch $MESOS_SANDBOX/mine").image(image).local();
            assertThat(outputOf(task)).isEqualTo("appuser\n");
            assertThat(Files.getAttribute(agent.sandbox(task), "unix:uid")).isEqualTo(1000);
        } finally {
            machine.docker.removeImageCmd(image).withForce(true).exec();
        }
    }

    @Test
    void asksATaskToEndAsItsImageWantsToBeAsked() {
        var image = "ekiden-test:signal";
        TestImage.make(machine.docker, image, "STOPSIGNAL SIGUSR1");
        try {
            var task =
                    Given.cmd("trap 'exit 5' USR1; echo ready; while :; do sleep 0.05; done")
                            .image(image)
                            .local();
            agent.start(task);
            agent.awaitOutput(task, "ready");
            agent.runtime.kill(task.taskId(), GRACE);
            assertThat(agent.end(task))
                    .isEqualTo(
                            new Event.Ended(
                                    task.taskId(), Optional.of(5), "Command exited with status 5"));
        } finally {
            machine.docker.removeImageCmd(image).withForce(true).exec();
        }
    }

    @Test
    void aContainerOfThatNameThatIsNotItsOwnIsLeftAlone() {
        var task = machine.task(Given.cmd("sleep 1000"));
        var foreign =
                machine.docker
                        .createContainerCmd(TestImage.BUSYBOX)
                        .withName(ContainerSpec.name(task.taskId()))
                        .withLabels(
                                Map.of(
                                        "io.ekiden.cluster",
                                        "another",
                                        "io.ekiden.agent",
                                        DockerMachine.AGENT,
                                        "io.ekiden.task",
                                        task.taskId().value()))
                        .withCmd("sleep", "1000")
                        .exec()
                        .getId();
        try {
            machine.docker.startContainerCmd(foreign).exec();
            agent.start(task);
            assertThat(agent.end(task))
                    .isInstanceOf(Event.NotStartable.class)
                    .asString()
                    .contains("already in use");
            agent.runtime.kill(task.taskId(), Duration.ZERO);
            agent.runtime.close();
            agent = machine.life(dir);
            agent.runtime.kill(task.taskId(), Duration.ZERO);
            var other = machine.task(Given.cmd("true"));
            outputOf(other);

            assertThat(machine.docker.inspectContainerCmd(foreign).exec().getState().getRunning())
                    .isTrue();
        } finally {
            machine.remove(foreign);
        }
    }

    @Test
    void aContainerOfItsOwnThatNoRecordTellsOfIsReportedAndEndedByOrderOnly() {
        var task = machine.task(Given.cmd("sleep 1000"));
        agent.start(task);
        agent.awaitRunning(task);
        agent.runtime.close();
        WorkDir.delete(agent.work.task(task.taskId()));

        agent = machine.life(dir);

        assertThat(agent.recovered).isEmpty();
        agent.awaitRunning(task);
        assertThat(agent.events(task))
                .containsExactly(new Event.Found(task.taskId()), new Event.Running(task.taskId()));
        agent.runtime.kill(task.taskId(), GRACE);
        assertThat(agent.end(task)).isInstanceOf(Event.Ended.class);
        await().atMost(LONG).until(() -> machine.left(task.taskId()).isEmpty());
    }

    @Test
    void aContainerThatWasNeverBegunIsRemovedAndItsTaskNotStarted() {
        var task = machine.task(Given.cmd("echo started"));
        agent.runtime.close();
        agent.records.write(task);
        var definition = task.task().orElseThrow();
        // What an agent leaves that ends between its two requests.
        var spec =
                new ContainerSpec(
                        definition,
                        Contents.of(definition).orElseThrow(),
                        new TaskHost(
                                "127.0.0.1",
                                "127.0.0.1",
                                false,
                                VolumeDrivers.ALL,
                                new java.util.TreeMap<>(),
                                List.of()),
                        new Labels(DockerMachine.AGENT, () -> Optional.of(machine.cluster)),
                        dir,
                        List.of(),
                        Brought.NOTHING,
                        true);
        spec.fill(machine.docker.createContainerCmd(TestImage.BUSYBOX)).exec();
        expectContainer(task);

        agent = machine.life(dir);

        assertThat(agent.end(task))
                .isEqualTo(
                        new Event.NotStartable(
                                task.taskId(), "the agent ended before it could start the task"));
        await().atMost(LONG).until(() -> machine.left(task.taskId()).isEmpty());
    }

    private void expectContainer(LocalTask task) {
        try {
            ContainerFiles.of(new WorkDir(dir), task.taskId()).expectContainer("x");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aContainerThatSomebodyElseRemovesIsTold() {
        var task = machine.task(Given.cmd("sleep 1000"));
        agent.start(task);
        agent.awaitRunning(task);
        machine.remove(ContainerSpec.name(task.taskId()));

        // The agent may look between its end and its removal: then it knows how it ended.
        assertThat(agent.end(task))
                .asInstanceOf(InstanceOfAssertFactories.type(Event.Ended.class))
                .matches(end ->
                        end.message().contains("its container is gone")
                                || end.exitCode().equals(Optional.of(137)));
    }

    @Test
    void aContainerThatVanishedWhileNobodyWatchedIsTold() {
        var task = machine.task(Given.cmd("sleep 1000"));
        agent.start(task);
        agent.awaitRunning(task);
        agent.records.write(task.withState(TaskState.RUNNING, Optional.empty(), ""));
        agent.runtime.close();
        machine.remove(ContainerSpec.name(task.taskId()));

        agent = machine.life(dir);

        assertThat(agent.events(task))
                .containsExactly(
                        new Event.Ended(task.taskId(), Optional.empty(), "its container is gone"));
    }

    @Test
    void whatTheRebootedMachinesEngineStillHasIsRemoved() {
        var task = machine.task(Given.cmd("true"));
        agent.start(task);
        agent.end(task);
        await().atMost(LONG).until(() -> machine.left(task.taskId()).isEmpty());
        agent.records.write(task.withState(TaskState.GONE, Optional.empty(), ""));
        machine.docker
                .createContainerCmd(TestImage.BUSYBOX)
                .withName(ContainerSpec.name(task.taskId()))
                .withLabels(
                        new Labels(DockerMachine.AGENT, () -> Optional.of(machine.cluster))
                                .of(task.task().orElseThrow()))
                .exec();
        agent.runtime.close();

        agent = machine.life(dir);

        await().atMost(LONG).until(() -> machine.left(task.taskId()).isEmpty());
        assertThat(agent.events(task)).isEmpty();
    }

    @Test
    void nothingIsLeftOfTasksThatEnded() {
        var tasks =
                List.of("exit 0", "exit 1", "kill -9 $$").stream()
                        .map(cmd -> machine.task(Given.cmd(cmd)))
                        .toList();
        tasks.forEach(agent::start);
        tasks.forEach(agent::end);
        await().atMost(LONG).until(() -> machine.containers().isEmpty());
    }
}

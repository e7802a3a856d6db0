package io.ekiden.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ekiden.agent.Given;
import io.ekiden.agent.GivenPod;
import io.ekiden.agent.core.Event;
import io.ekiden.agent.runtime.docker.DockerRuntime;
import io.ekiden.agent.runtime.docker.Patience;
import io.ekiden.agent.runtime.docker.TaskHost;
import io.ekiden.agent.runtime.docker.VolumeDrivers;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.model.Container;
import io.ekiden.model.TaskId;
import io.ekiden.testkit.NeedsProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Both runtimes as one, with an engine that is not there.
final class RuntimesTest {
    @TempDir Path dir;

    private final Set<TaskId> seen = ConcurrentHashMap.newKeySet();
    private Optional<Life> life = Optional.empty();

    private Life offering(Set<Container.Type> offered) throws IOException {
        life.ifPresent(agent -> agent.runtime.close());
        var work = new WorkDir(dir);
        work.create();
        var fetcher = Machine.fetcher(work);
        var secrets = Machine.keeper(work);
        var docker =
                new DockerRuntime(
                        work,
                        "boot-1",
                        "unix://" + dir.resolve("nobody.sock"),
                        "agent-1",
                        () -> Optional.of("cluster-1"),
                        new TaskHost(
                                "127.0.0.1",
                                "127.0.0.1",
                                false,
                                VolumeDrivers.ALL,
                                new TreeMap<>(),
                                List.of()),
                        fetcher,
                        secrets,
                        Patience.DEFAULT);
        var plain =
                NativeRuntime.create(
                        work, "boot-1", "127.0.0.1", fetcher, new TreeMap<>(), List.of(), secrets);
        life = Optional.of(new Life(work, "boot-1", pods(work, offered, plain, docker), seen));
        return life.get();
    }

    private static TaskRuntime pods(
            WorkDir work, Set<Container.Type> offered, NativeRuntime plain, DockerRuntime docker) {
        return new PodRuntime(new Runtimes(offered, plain, docker), work, Machine.GRACE);
    }

    @AfterEach
    void end() {
        life.ifPresent(agent -> agent.runtime.close());
        var machine = new NativeMachine(dir, Isolation.detect());
        seen.forEach(task -> machine.end(new WorkDir(dir), task));
    }

    @Test
    void nativeTasksRunAsEverWithoutAnEngine() throws IOException {
        var agent = offering(EnumSet.allOf(Container.Type.class));
        assertThat(agent.runtime.runs()).containsExactly(Container.Type.MESOS);
        assertThat(agent.runtime.attributes()).containsKey("isolation").doesNotContainKey("docker");
        var task = Given.cmd("exit 3").local();
        agent.start(task);
        assertThat(agent.end(task)).isInstanceOf(Event.Ended.class);
        agent.runtime.collect(task.taskId());
        assertThat(agent.work.task(task.taskId())).doesNotExist();
    }

    @Test
    void whatIsNotOfferedIsNotStarted() throws IOException {
        var agent = offering(Set.of(Container.Type.DOCKER));
        var task = Given.cmd("exit 3").local();
        agent.start(task);
        assertThat(agent.runtime.runs()).isEmpty();
        assertThat(agent.end(task))
                .isEqualTo(
                        new Event.NotStartable(
                                task.taskId(), "this agent runs no tasks of type MESOS"));
    }

    @Test
    void aPodIsForTheRuntimeOfItsContainers() throws IOException {
        var agent = offering(Set.of(Container.Type.MESOS));
        var image = "'image': {'kind': 'DOCKER', 'id': 'x'}, ";
        var contained =
                GivenPod.of(
                        image,
                        ", 'networks': [{'mode': 'container/bridge'}]",
                        "one",
                        "exit 3",
                        "two",
                        "exit 3");
        var plain = GivenPod.of("", "", "one", "exit 3");
        agent.start(contained);
        agent.start(plain);
        assertThat(agent.end(contained))
                .isEqualTo(
                        new Event.NotStartable(
                                contained.taskId(),
                                "container 'one': this agent runs no tasks of type DOCKER"));
        assertThat(agent.end(plain)).isInstanceOf(Event.Ended.class);
    }

    @Test
    @NeedsProgram({"busybox", "runc", "skopeo", "umoci"})
    void aPodInImagesNeedsNoEngineOnTheHostsNetwork() throws IOException {
        assumeTrue(Isolation.detect().pidNamespace());
        TestRootfs.make(new WorkDir(dir));
        var first = offering(EnumSet.allOf(Container.Type.class));
        var image = "'image': {'kind': 'DOCKER', 'id': '%s'}, ".formatted(TestRootfs.IMAGE);
        var pod = GivenPod.of(image, "", "one", "sleep 1000", "two", "sleep 1000");
        first.start(pod);
        first.awaitRunning(pod);

        var second = offering(EnumSet.allOf(Container.Type.class));

        assertThat(second.recovered).extracting(t -> t.state()).containsExactly(TaskState.RUNNING);
        second.runtime.kill(pod.taskId(), Duration.ZERO);
        assertThat(second.end(pod)).isInstanceOf(Event.Ended.class);
    }

    @Test
    void whatRunsFromEarlierIsLookedAfterThoughItIsNotOfferedAnyMore() throws IOException {
        var first = offering(Set.of(Container.Type.MESOS));
        var task = Given.cmd("while [ ! -e go ]; do sleep 0.05; done; exit 4").local();
        first.start(task);
        first.awaitRunning(task);

        var second = offering(Set.of(Container.Type.DOCKER));

        assertThat(second.recovered).extracting(t -> t.state()).containsExactly(TaskState.RUNNING);
        Files.createFile(second.sandbox(task).resolve("go"));
        assertThat(second.end(task)).asString().contains("status 4");
    }

    @Test
    void aContainerOfEarlierIsNotLostForWantOfAnEngine() throws IOException {
        var first = offering(EnumSet.allOf(Container.Type.class));
        var task = Given.cmd("sleep 1000").image("x").local(Given.taskId(), TaskState.RUNNING);
        first.records.write(task);
        Files.writeString(first.work.task(task.taskId()).resolve("container"), "x\n");

        var second = offering(Set.of(Container.Type.MESOS));
        var other = Given.cmd("exit 0").local();
        second.start(other);
        await().until(() -> !second.events(other).isEmpty());
        second.end(other);

        assertThat(second.recovered).containsExactly(task);
        assertThat(second.events(task)).isEmpty();
    }
}

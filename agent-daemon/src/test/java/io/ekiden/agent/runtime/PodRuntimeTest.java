package io.ekiden.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ekiden.agent.GivenPod;
import io.ekiden.agent.core.Event;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.core.PodParts;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.model.LocalVolume;
import io.ekiden.model.Pod;
import io.ekiden.model.TaskId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Pods as real processes.
final class PodRuntimeTest {
    @TempDir Path dir;

    private final List<LocalTask> pods = new ArrayList<>();
    private final List<Life> lives = new ArrayList<>();
    private NativeMachine machine;

    @BeforeEach
    void begin() {
        machine = new NativeMachine(dir, Isolation.detect());
    }

    private Life life(String boot) throws IOException {
        var work = new WorkDir(dir);
        work.create();
        var life = new Life(work, boot, machine.runtime(work, boot), ConcurrentHashMap.newKeySet());
        lives.add(life);
        return life;
    }

    private Life start(LocalTask pod) throws IOException {
        var life = life("boot-1");
        pods.add(pod);
        life.start(pod);
        return life;
    }

    @AfterEach
    void endWhatWasStarted() {
        lives.forEach(life -> life.runtime.close());
        for (var pod : pods) {
            PodParts.of(pod).forEach(part -> machine.end(new WorkDir(dir), part.taskId()));
        }
    }

    private static TaskId part(LocalTask pod, String name) {
        return pod.taskId().ofContainer(name);
    }

    private List<Long> left(LocalTask pod) {
        return PodParts.of(pod).stream().flatMap(p -> machine.left(p.taskId()).stream()).toList();
    }

    private String file(LocalTask pod, String name, String file) {
        try {
            return Files.readString(new WorkDir(dir).sandbox(part(pod, name)).resolve(file));
        } catch (IOException e) {
            return "";
        }
    }

    @Test
    void itsContainersRunBesideEachOtherAndShareItsVolumes() throws IOException {
        var pod =
                GivenPod.of(
                        ", 'volumes': [{'name': 'v'}]",
                        "one",
                        "echo hello > in/shared/x; exec sleep 1000",
                        "two",
                        "until [ -s in/shared/x ]; do sleep 0.05; done; cat in/shared/x; exec sleep 1000");
        var life = start(pod);

        life.awaitRunning(pod);
        await().until(() -> file(pod, "two", "stdout").equals("hello\n"));
        assertThat(life.events()).containsExactly(new Event.Running(pod.taskId()));
        assertThat(file(pod, "one", "stdout")).isEmpty();
    }

    @Test
    void aPersistentVolumeIsInEachContainerThatMountsIt() throws IOException {
        var given =
                GivenPod.of(
                        ", 'volumes': [{'name': 'v', 'persistent': {'size': 1}}]",
                        "one",
                        "echo kept > in/shared/x");
        var pod =
                GivenPod.task(
                        (Pod) given.task().orElseThrow().spec(),
                        List.of(),
                        new LocalVolume("v", "shop_pod#v#1"));
        var life = start(pod);

        life.end(pod);
        assertThat(new WorkDir(dir).volume("shop_pod#v#1").resolve("x")).hasContent("kept");
    }

    @Test
    void withOneContainerAllEndAndThePodSaysWhichItWas() throws IOException {
        var pod = GivenPod.of("", "one", "sleep 1000", "two", "exit 3", "three", "sleep 1000");
        var life = start(pod);

        assertThat(life.end(pod))
                .isEqualTo(
                        new Event.Ended(
                                pod.taskId(),
                                Optional.of(3),
                                "container 'two': Command exited with status 3"));
        assertThat(left(pod)).isEmpty();
    }

    @Test
    void thePodIsFinishedOnlyWhenAllAre() throws IOException {
        var good = GivenPod.of("", "one", "exit 0", "two", "exit 0");
        var bad = GivenPod.of("", "one", "exit 0", "two", "sleep 1000");

        assertThat(((Event.Ended) start(good).end(good)).exitCode()).contains(0);
        var end = (Event.Ended) start(bad).end(bad);
        assertThat(end.exitCode()).contains(143);
        assertThat(end.message()).isEqualTo("container 'one': Command exited with status 0");
    }

    @Test
    void whatCannotBeStartedStopsThePod() throws IOException {
        var pod =
                GivenPod.task(
                        GivenPod.pod(
                                "{'containers': [{'name': 'one', 'exec': {'command': {'shell': 'sleep 1000'}},"
                                        + " 'resources': {}}, {'name': 'two', 'exec': {'command':"
                                        + " {'argv': ['no-such-command']}}, 'resources': {}}]}"),
                        List.of());
        var life = start(pod);

        assertThat(life.end(pod))
                .isEqualTo(
                        new Event.NotStartable(
                                pod.taskId(),
                                "container 'two': command not found or not executable:"
                                        + " 'no-such-command'"));
        assertThat(left(pod)).isEmpty();
    }

    @Test
    void aKillEndsAll() throws IOException {
        var pod = GivenPod.of("", "one", "sleep 1000", "two", "sleep 1000");
        var life = start(pod);
        life.awaitRunning(pod);

        life.runtime.kill(pod.taskId(), Duration.ofSeconds(30));

        assertThat(life.end(pod)).isInstanceOf(Event.Ended.class);
        assertThat(left(pod)).isEmpty();
    }

    @Test
    void thoseThatDoNotHeedTheSignalAreKilledAfterTheGrace() throws IOException {
        var stubborn = "trap : TERM; while true; do sleep 0.1; done";
        var pod = GivenPod.of("", "one", stubborn, "two", "exit 1");

        var life = start(pod);

        assertThat(((Event.Ended) life.end(pod)).message())
                .isEqualTo("container 'two': Command exited with status 1");
        assertThat(left(pod)).isEmpty();
    }

    @Test
    void theNextAgentAdoptsAllContainers() throws IOException {
        var pod = GivenPod.of("", "one", "sleep 1000", "two", "sleep 1000");
        var first = start(pod);
        first.awaitRunning(pod);
        var before =
                List.of(machine.execution(part(pod, "one")), machine.execution(part(pod, "two")));
        first.runtime.close();

        var second = life("boot-1");

        assertThat(second.recovered)
                .extracting(LocalTask::state)
                .containsExactly(TaskState.RUNNING);
        assertThat(
                        List.of(
                                machine.execution(part(pod, "one")),
                                machine.execution(part(pod, "two"))))
                .isEqualTo(before);
        Processes.kill(((Processes.Identity) before.getFirst()).pid());
        assertThat(((Event.Ended) second.end(pod)).message())
                .startsWith("container 'one': Command terminated with signal");
        assertThat(left(pod)).isEmpty();
    }

    @Test
    void whatEndedWhileNobodyWatchedEndsThePodAtTheNextAgent() throws IOException {
        var pod =
                GivenPod.of(
                        "",
                        "one",
                        "while [ ! -e go ]; do sleep 0.05; done; exit 5",
                        "two",
                        "sleep 1000");
        var first = start(pod);
        first.awaitRunning(pod);
        first.runtime.close();
        Files.createFile(first.work.sandbox(part(pod, "one")).resolve("go"));
        await().until(() -> machine.left(part(pod, "one")).isEmpty());

        var end = (Event.Ended) life("boot-1").end(pod);

        assertThat(end.exitCode()).contains(5);
        assertThat(left(pod)).isEmpty();
    }

    @Test
    void afterARebootItIsGone() throws IOException {
        var pod = GivenPod.of("", "one", "sleep 1000", "two", "sleep 1000");
        var first = start(pod);
        first.awaitRunning(pod);
        first.runtime.close();

        assertThat(life("boot-2").recovered)
                .extracting(LocalTask::state)
                .containsExactly(TaskState.GONE);
    }

    @Test
    void nothingIsLeftOfACollectedPod() throws IOException {
        var pod = GivenPod.of(", 'volumes': [{'name': 'v'}]", "one", "true");
        var life = start(pod);
        life.end(pod);

        life.runtime.collect(pod.taskId());

        assertThat(life.work.task(pod.taskId())).doesNotExist();
        assertThat(life.work.sandbox(pod.taskId())).doesNotExist();
    }

    @Test
    void itsContainersHaveMarathonsVariables() throws IOException {
        var pod =
                GivenPod.task(
                        GivenPod.pod(
                                """
                                {'labels': {'tier': 'web'}, 'environment': {'A': 'pod', 'B': 'pod', 'HOST': 'x'},
                                 'containers': [{'name': 'one', 'environment': {'B': 'mine'},
                                 'exec': {'command': {'argv': ['env']}}, 'resources': {'cpus': 0.5, 'mem': 64},
                                 'endpoints': [{'name': 'my-http'}]}]}
                                """),
                        List.of(31005));
        var life = start(pod);
        life.end(pod);

        assertThat(file(pod, "one", "stdout").lines())
                .contains(
                        "A=pod",
                        "B=mine",
                        "HOST=127.0.0.1",
                        "MARATHON_APP_ID=/shop/pod",
                        "MARATHON_CONTAINER_ID=one",
                        "MARATHON_CONTAINER_RESOURCE_CPUS=0.5",
                        "MARATHON_APP_LABEL_TIER=web",
                        "MESOS_TASK_ID=" + part(pod, "one"),
                        "ENDPOINT_MY_HTTP=31005",
                        "EP_HOST_MY_HTTP=31005",
                        "EP_CONTAINER_MY_HTTP=31005");
    }
}

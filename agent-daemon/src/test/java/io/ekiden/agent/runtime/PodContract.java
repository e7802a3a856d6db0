package io.ekiden.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ekiden.agent.GivenPod;
import io.ekiden.agent.core.Event;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.core.PodParts;
import io.ekiden.agent.core.Usage;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.model.LocalVolume;
import io.ekiden.model.Pod;
import io.ekiden.model.TaskId;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What pods have in common, whatever their containers are.
public abstract class PodContract extends RuntimeFixture {
    protected final LocalTask pod(String more, String... namesAndCommands) {
        return GivenPod.of(machine().ofContainers(), more, namesAndCommands);
    }

    /// @param json in which the first brace of a container is written as `<`
    protected final LocalTask task(String json, Integer... hostPorts) {
        return GivenPod.task(
                GivenPod.pod(json.replace("<'", "{" + machine().ofContainers() + "'")),
                List.of(hostPorts));
    }

    protected final Life start(LocalTask pod) {
        var life = life();
        life.start(pod);
        return life;
    }

    protected static TaskId part(LocalTask pod, String name) {
        return pod.taskId().ofContainer(name);
    }

    protected final void awaitNothingLeft(LocalTask pod) {
        await().atMost(LONG)
                .until(() ->
                        PodParts.of(pod).stream()
                                .allMatch(part -> machine().left(part.taskId()).isEmpty()));
    }

    protected final String file(LocalTask pod, String name, String file) {
        try {
            return Files.readString(new WorkDir(dir).sandbox(part(pod, name)).resolve(file));
        } catch (IOException e) {
            return "";
        }
    }

    @Test
    void itsContainersRunBesideEachOtherAndShareItsVolumes() {
        var pod =
                pod(
                        ", 'volumes': [{'name': 'v'}]",
                        "one",
                        "echo hello > $MESOS_SANDBOX/in/shared/x; exec sleep 1000",
                        "two",
                        "until [ -s $MESOS_SANDBOX/in/shared/x ]; do sleep 0.05; done; cat $MESOS_SANDBOX/in/shared/x; exec sleep 1000");
        var life = start(pod);

        life.awaitRunning(pod);
        await().atMost(LONG).until(() -> file(pod, "two", "stdout").equals("hello\n"));
        assertThat(life.events())
                .filteredOn(event -> !(event instanceof Event.RuntimesChanged))
                .containsExactly(new Event.Running(pod.taskId()));
        assertThat(file(pod, "one", "stdout")).isEmpty();
    }

    @Test
    void aContainerWritesOnlyToWhatIsMountedForThat() {
        assumeTrue(Isolation.detect().pidNamespace());
        var pod =
                task(
                        """
                        {'volumes': [{'name': 'v'}], 'containers': [
                          <'name': 'one', 'exec': {'command': {'shell': 'touch $MESOS_SANDBOX/in/x; exec sleep 1000'}}, 'resources': {},
                           'volumeMounts': [{'name': 'v', 'mountPath': 'in'}]},
                          <'name': 'two', 'exec': {'command': {'shell': 'cd $MESOS_SANDBOX; until [ -e out/x ]; do sleep 0.05; done; touch out/y; echo $?; exec sleep 1000'}}, 'resources': {},
                           'volumeMounts': [{'name': 'v', 'mountPath': 'out', 'readOnly': true}]}]}
                        """);
        start(pod).awaitRunning(pod);

        await().atMost(LONG).until(() -> file(pod, "two", "stdout").equals("1\n"));
        assertThat(file(pod, "two", "stderr")).containsIgnoringCase("read-only");
    }

    @Test
    void aContainerHasATerminalIfItWantsOne() {
        var pod =
                task(
                        """
                        {'containers': [
                          <'name': 'one', 'tty': true, 'exec': {'command': {'shell': 'test -t 1 && echo terminal; sleep 1000'}}, 'resources': {}},
                          <'name': 'two', 'exec': {'command': {'shell': 'test -t 1 || echo none; sleep 1000'}}, 'resources': {}}]}
                        """);
        start(pod).awaitRunning(pod);

        await().atMost(LONG).until(() -> file(pod, "one", "stdout").equals("terminal\r\n"));
        await().atMost(LONG).until(() -> file(pod, "two", "stdout").equals("none\n"));
    }

    @Test
    void aPersistentVolumeIsInEachContainerThatMountsIt() {
        var given =
                pod(
                        ", 'volumes': [{'name': 'v', 'persistent': {'size': 1}}]",
                        "one",
                        "echo kept > $MESOS_SANDBOX/in/shared/x");
        var pod =
                GivenPod.task(
                        (Pod) given.task().orElseThrow().spec(),
                        List.of(),
                        new LocalVolume("v", "shop_pod#v#1", Optional.empty()));
        var life = start(pod);

        life.end(pod);
        assertThat(new WorkDir(dir).volume("shop_pod#v#1").resolve("x")).hasContent("kept");
    }

    @Test
    void withOneContainerAllEndAndThePodSaysWhichItWas() {
        var pod = pod("", "one", "sleep 1000", "two", "exit 3", "three", "sleep 1000");
        var life = start(pod);

        assertThat(life.end(pod))
                .isEqualTo(
                        new Event.Ended(
                                pod.taskId(),
                                Optional.of(3),
                                "container 'two': Command exited with status 3"));
        awaitNothingLeft(pod);
    }

    @Test
    void thePodIsFinishedOnlyWhenAllAre() {
        var good =
                pod(
                        ", 'volumes': [{'name': 'v'}]",
                        "one",
                        "until [ -e $MESOS_SANDBOX/in/shared/x ]; do sleep 0.05; done",
                        "two",
                        "trap end TERM; end() { exit 0; }; touch $MESOS_SANDBOX/in/shared/x; while true; do sleep 0.05; done");
        var bad =
                pod(
                        ", 'volumes': [{'name': 'v'}]",
                        "one",
                        "until [ -e $MESOS_SANDBOX/in/shared/x ]; do sleep 0.05; done",
                        "two",
                        "touch $MESOS_SANDBOX/in/shared/x; exec sleep 1000");

        assertThat(((Event.Ended) start(good).end(good)).exitCode()).contains(0);
        var end = (Event.Ended) start(bad).end(bad);
        assertThat(end.exitCode()).contains(143);
        assertThat(end.message()).isEqualTo("container 'one': Command exited with status 0");
    }

    @Test
    void whatCannotBeStartedStopsThePod() {
        var pod =
                task(
                        """
                        {'containers': [
                          <'name': 'one', 'exec': {'command': {'shell': 'sleep 1000'}}, 'resources': {}},
                          <'name': 'two', 'user': 'no-such-user', 'exec': {'command': {'shell': 'true'}}, 'resources': {}}]}
                        """);
        var life = start(pod);

        assertThat(life.end(pod))
                .isInstanceOf(Event.NotStartable.class)
                .asString()
                .contains("container 'two': ", "no-such-user");
        awaitNothingLeft(pod);
    }

    @Test
    void aKillEndsAll() {
        var pod = pod("", "one", "sleep 1000", "two", "sleep 1000");
        var life = start(pod);
        life.awaitRunning(pod);

        life.runtime.kill(pod.taskId(), Duration.ofSeconds(30));

        assertThat(life.end(pod)).isInstanceOf(Event.Ended.class);
        awaitNothingLeft(pod);
    }

    @Test
    void thoseThatDoNotHeedTheSignalAreKilledAfterTheGrace() {
        var stubborn = "trap : TERM; while true; do sleep 0.1; done";
        var pod = pod("", "one", stubborn, "two", "exit 1");

        var life = start(pod);

        assertThat(((Event.Ended) life.end(pod)).message())
                .isEqualTo("container 'two': Command exited with status 1");
        awaitNothingLeft(pod);
    }

    @Test
    void theNextAgentAdoptsAllContainers() throws IOException {
        var pod = pod("", "one", UNTIL_GO + "exit 5", "two", "sleep 1000");
        var first = start(pod);
        first.awaitRunning(pod);
        var before = executions(pod);
        first.runtime.close();

        var second = life();

        // The record that the first one had written says that it was being started.
        second.awaitRunning(pod);
        assertThat(executions(pod)).isEqualTo(before);
        Files.createFile(second.work.sandbox(part(pod, "one")).resolve("go"));
        assertThat(second.end(pod))
                .isEqualTo(
                        new Event.Ended(
                                pod.taskId(),
                                Optional.of(5),
                                "container 'one': Command exited with status 5"));
        awaitNothingLeft(pod);
    }

    private List<Object> executions(LocalTask pod) {
        return PodParts.of(pod).stream().map(part -> machine().execution(part.taskId())).toList();
    }

    @Test
    void whatEndedWhileNobodyWatchedEndsThePodAtTheNextAgent() throws IOException {
        var pod = pod("", "one", UNTIL_GO + "exit 5", "two", "sleep 1000");
        var first = start(pod);
        first.awaitRunning(pod);
        var two = machine().execution(part(pod, "two"));
        first.runtime.close();
        Files.createFile(first.work.sandbox(part(pod, "one")).resolve("go"));
        await().atMost(LONG).until(() -> !runs(part(pod, "one")));
        assertThat(machine().execution(part(pod, "two"))).isEqualTo(two);

        var end = (Event.Ended) life().end(pod);

        assertThat(end.exitCode()).contains(5);
        awaitNothingLeft(pod);
    }

    private boolean runs(TaskId part) {
        try {
            return machine().execution(part) != null;
        } catch (RuntimeException e) {
            return false;
        }
    }

    @Test
    void afterARebootItIsGone() {
        var pod = pod("", "one", "sleep 1000", "two", "sleep 1000");
        var first = start(pod);
        first.awaitRunning(pod);
        first.runtime.close();

        assertThat(life("boot-2").recovered)
                .extracting(LocalTask::state)
                .containsExactly(TaskState.GONE);
    }

    @Test
    void nothingIsLeftOfACollectedPod() {
        var pod = pod(", 'volumes': [{'name': 'v'}]", "one", "true");
        var life = start(pod);
        life.end(pod);
        // A container that outlived its task's directory would be a stranger's.
        awaitNothingLeft(pod);

        life.runtime.collect(pod.taskId());

        assertThat(life.work.task(pod.taskId())).doesNotExist();
        assertThat(life.work.sandbox(pod.taskId())).doesNotExist();
    }

    @Test
    void itsContainersHaveMarathonsVariables() {
        var pod =
                task(
                        """
                        {'labels': {'tier': 'web'}, 'environment': {'A': 'pod', 'B': 'pod', 'HOST': 'x'},
                         'containers': [<'name': 'one', 'environment': {'B': 'mine'},
                         'exec': {'command': {'argv': ['env']}}, 'resources': {'cpus': 0.5, 'mem': 64},
                         'endpoints': [{'name': 'my-http'}]}]}
                        """,
                        31005);
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

    @Test
    void eachOfItsContainersIsMeasured() {
        var pod = pod("", "busy", "while :; do :; done", "idle", "exec sleep 1000");
        var life = start(pod);
        life.awaitRunning(pod);
        var parts = PodParts.of(pod);
        await().atMost(LONG).until(() -> nanos(usage(life, parts.getFirst())) > 300_000_000);
        assertThat(nanos(usage(life, parts.getLast()))).isLessThan(200_000_000);
        var all = Usage.sum(parts.stream().map(part -> usage(life, part)).toList());
        assertThat(nanos(all)).isGreaterThan(300_000_000);
    }

    private static long nanos(Usage usage) {
        return usage.cpu().orElseThrow().nanos();
    }
}

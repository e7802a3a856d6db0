package io.ekiden.agent.runtime.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.command.InspectContainerResponse;
import io.ekiden.agent.core.Event;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.core.PodParts;
import io.ekiden.agent.runtime.Machine;
import io.ekiden.agent.runtime.PodContract;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.testkit.NeedsDocker;
import io.ekiden.testkit.NeedsProgram;
import io.ekiden.testkit.TestBroker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Pods as containers of an engine, and what only those have.
@NeedsDocker
@NeedsProgram("busybox")
final class DockerPodTest extends PodContract {
    private final DockerMachine docker = new DockerMachine();

    @Override
    protected Machine newMachine() {
        return docker;
    }

    private InspectContainerResponse inspect(LocalTask pod, String name) {
        return docker.docker.inspectContainerCmd(ContainerSpec.name(part(pod, name))).exec();
    }

    @Test
    void whatIsLeftOfAnEndedPodIsRemovedAndNotTakenForATask() {
        var pod = pod("", "one", "exit 0");
        var life = start(pod);
        life.end(pod);
        life.records.write(pod.withState(TaskState.FINISHED, Optional.of(0), ""));
        awaitNothingLeft(pod);
        life.runtime.close();
        // As if the agent had been killed before it removed it.
        var one = part(pod, "one");
        var left =
                docker.docker
                        .createContainerCmd(TestImage.BUSYBOX)
                        .withName(ContainerSpec.name(one))
                        .withLabels(
                                Map.of(
                                        "io.ekiden.cluster",
                                        docker.cluster,
                                        "io.ekiden.agent",
                                        DockerMachine.AGENT,
                                        "io.ekiden.task",
                                        one.value()))
                        .withCmd("true")
                        .exec()
                        .getId();
        docker.docker.startContainerCmd(left).exec();
        await().atMost(LONG)
                .until(() ->
                        State.of(docker.docker.inspectContainerCmd(left).exec()) == State.ENDED);

        var next = life();
        awaitNothingLeft(pod);
        assertThat(next.events()).noneMatch(Event.Found.class::isInstance);
    }

    @Test
    void onTheBridgeItsContainersHaveOneNetworkAndTheFirstPublishesAllPorts() throws IOException {
        int port = TestBroker.freePort();
        var pod =
                task(
                        """
                        {'networks': [{'mode': 'container/bridge'}], 'containers': [
                          <'name': 'client', 'exec': {'command': {'shell':
                            'until nc 127.0.0.1 8080 < /dev/null; do sleep 0.1; done; exec sleep 1000'}}, 'resources': {}},
                          <'name': 'web', 'exec': {'command': {'shell':
                            'while true; do echo hello | nc -l -p 8080; done'}}, 'resources': {},
                            'endpoints': [{'name': 'http', 'containerPort': 8080}]}]}
                        """,
                        port);
        var life = start(pod);

        life.awaitRunning(pod);
        await().atMost(LONG).until(() -> file(pod, "client", "stdout").equals("hello\n"));
        await().atMost(LONG).until(() -> said(port).equals("hello\n"));
        var parts = PodParts.of(pod);
        var address = life.runtime.address(parts.getFirst());
        assertThat(address)
                .contains(
                        inspect(pod, "client")
                                .getNetworkSettings()
                                .getNetworks()
                                .get("bridge")
                                .getIpAddress());
        assertThat(life.runtime.address(parts.getLast())).isEqualTo(address);
    }

    private static String said(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    @Test
    void whenTheFirstCannotBeStartedNoneIs() {
        var pod =
                task(
                        """
                        {'networks': [{'mode': 'container/bridge'}], 'containers': [
                          <'name': 'one', 'user': 'no-such-user', 'exec': {'command': {'shell': 'true'}}, 'resources': {}},
                          <'name': 'two', 'exec': {'command': {'shell': 'echo ran; sleep 1000'}}, 'resources': {}}]}
                        """);
        var life = start(pod);

        assertThat(life.end(pod))
                .isInstanceOf(Event.NotStartable.class)
                .asString()
                .contains("container 'one': ");
        awaitNothingLeft(pod);
        assertThat(file(pod, "two", "stdout")).isEmpty();
    }

    @Test
    void theFirstThatEndsAtOnceIsTheCauseThoughTheOthersWaitForItsNetwork() {
        var pod =
                task(
                        """
                        {'networks': [{'mode': 'container/bridge'}], 'containers': [
                          <'name': 'one', 'exec': {'command': {'shell': 'exit 3'}}, 'resources': {}},
                          <'name': 'two', 'exec': {'command': {'shell': 'sleep 1000'}}, 'resources': {}}]}
                        """);

        assertThat(((Event.Ended) start(pod).end(pod)).message())
                .isEqualTo("container 'one': Command exited with status 3");
        awaitNothingLeft(pod);
    }

    @Test
    void argumentsAreForTheEntryPointUnlessTheyOverrideItAndWithoutACommandTheImagesIsRun() {
        var image = "ekiden-test:says";
        TestImage.make(
                docker.docker, image, "ENTRYPOINT [\"echo\", \"image\"]", "CMD [\"itself\"]");
        var argv = "'exec': {'command': {'argv': ['echo', 'given']}%s}, ";

        try {
            assertThat(saidBy(image, "")).isEqualTo("image itself\n");
            assertThat(saidBy(image, argv.formatted(""))).isEqualTo("image echo given\n");
            assertThat(saidBy(image, argv.formatted(", 'overrideEntrypoint': true")))
                    .isEqualTo("given\n");
        } finally {
            docker.docker.removeImageCmd(image).withForce(true).exec();
        }
    }

    private String saidBy(String image, String exec) {
        var pod =
                task(
                        "{'containers': [{'name': 'one', 'image': {'kind': 'DOCKER', 'id': '%s'}, %s'resources': {}}]}"
                                .formatted(image, exec));
        start(pod).end(pod);
        return file(pod, "one", "stdout");
    }

    @Test
    void volumesAreWhereTheyAreWantedAndWritableByAllUsersUnlessReadOnly() {
        var pod =
                task(
                        """
                        {'volumes': [{'name': 'v'}], 'containers': [
                          <'name': 'one', 'user': 'nobody', 'exec': {'command': {'shell':
                            'echo one > /data/one; until [ -e /data/two ]; do sleep 0.05; done; exec sleep 1000'}},
                            'resources': {}, 'volumeMounts': [{'name': 'v', 'mountPath': '/data'}]},
                          <'name': 'two', 'user': 'appuser', 'exec': {'command': {'shell':
                            'until [ -s in/one ]; do sleep 0.05; done; echo two > in/two; exec sleep 1000'}},
                            'resources': {}, 'volumeMounts': [{'name': 'v', 'mountPath': '/in'}]},
                          <'name': 'three', 'exec': {'command': {'shell':
                            'until [ -s /ro/two ]; do sleep 0.05; done; touch /ro/three || cat /ro/one /ro/two'}},
                            'resources': {}, 'volumeMounts': [{'name': 'v', 'mountPath': '/ro', 'readOnly': true}]}]}
                        """);
        var life = start(pod);

        assertThat(((Event.Ended) life.end(pod)).message()).startsWith("container 'three': ");
        assertThat(file(pod, "three", "stdout")).isEqualTo("one\ntwo\n");
        assertThat(file(pod, "three", "stderr")).contains("Read-only");
    }

    @Test
    void eachContainerHasLimitsOfItsOwnAndSaysWhoseItIs() {
        var pod =
                task(
                        """
                        {'containers': [
                          <'name': 'one', 'exec': {'command': {'shell': 'sleep 1000'}}, 'resources': {'mem': 64, 'cpus': 0.5}},
                          <'name': 'two', 'exec': {'command': {'shell': 'sleep 1000'}},
                            'resources': {'mem': 32, 'cpus': 0.1}, 'resourceLimits': {'mem': 96, 'cpus': 0.2}}]}
                        """);
        start(pod).awaitRunning(pod);

        var one = inspect(pod, "one").getHostConfig();
        assertThat(one.getMemory()).isEqualTo(64L << 20);
        assertThat(one.getCpuShares()).isEqualTo(512);
        var two = inspect(pod, "two").getHostConfig();
        assertThat(two.getMemory()).isEqualTo(96L << 20);
        assertThat(two.getCpuQuota()).isEqualTo(20_000);
        assertThat(two.getNetworkMode()).isEqualTo("host");
        assertThat(inspect(pod, "two").getConfig().getLabels())
                .containsEntry(Labels.TASK, part(pod, "two").value())
                .containsEntry("io.ekiden.app", "/shop/pod");
    }

    @Test
    void containersOfAPodThatNoRecordTellsOfAreReportedAndEndedByOrderOnly() {
        var pod = pod("", "one", "sleep 1000", "two", "sleep 1000");
        var first = start(pod);
        first.awaitRunning(pod);
        first.runtime.close();

        var second = docker.life(dir.resolve("another"));
        try {
            var parts = PodParts.of(pod).stream().map(LocalTask::taskId).toList();
            await().atMost(LONG)
                    .until(() ->
                            second.events()
                                    .containsAll(parts.stream().map(Event.Found::new).toList()));
            assertThat(docker.left(parts.getFirst())).hasSize(1);
            parts.forEach(part -> second.runtime.kill(part, Machine.GRACE));
            awaitNothingLeft(pod);
        } finally {
            second.runtime.close();
        }
    }
}

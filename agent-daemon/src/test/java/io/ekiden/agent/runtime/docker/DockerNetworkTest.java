package io.ekiden.agent.runtime.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ekiden.agent.Given;
import io.ekiden.agent.GivenPod;
import io.ekiden.agent.core.Event;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.core.Measurement;
import io.ekiden.agent.core.PodParts;
import io.ekiden.agent.runtime.Life;
import io.ekiden.model.PortDefinition;
import io.ekiden.model.TaskId;
import io.ekiden.testkit.NeedsDocker;
import io.ekiden.testkit.NeedsProgram;
import io.ekiden.testkit.TestBroker;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tasks on a network that was made in the engine.
@NeedsDocker
@NeedsProgram("busybox")
final class DockerNetworkTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String SERVER = "while :; do echo hello | nc -l -p 8080; done";

    @TempDir Path dir;

    private final String network = "ekiden-test-" + UUID.randomUUID();
    private DockerMachine machine;
    private String networkId;
    private Life agent;

    @BeforeEach
    void begin() {
        machine = new DockerMachine();
        networkId = machine.docker.createNetworkCmd().withName(network).exec().getId();
        agent = machine.life(dir);
    }

    @AfterEach
    void end() {
        agent.runtime.close();
        machine.containers().forEach(container -> machine.remove(container.getId()));
        machine.docker.removeNetworkCmd(networkId).exec();
        machine.close();
    }

    private String addressIn(String container) {
        return machine.docker
                .inspectContainerCmd(container)
                .exec()
                .getNetworkSettings()
                .getNetworks()
                .get(network)
                .getIpAddress();
    }

    private static boolean greets(String host, int port) throws IOException {
        try (var socket = new Socket(host, port)) {
            socket.setSoTimeout(2000);
            var said = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return said.equals("hello\n");
        }
    }

    @Test
    void tellsTheAddressAtWhichATaskIsReachedWithoutAPortOfTheHost() {
        var task = machine.task(Given.cmd(SERVER).on(network).listening(8080));

        agent.start(task);
        agent.awaitRunning(task);

        var address = addressIn(ContainerSpec.name(task.taskId()));
        assertThat(agent.events(task))
                .containsExactly(new Event.Running(task.taskId(), Optional.of(address)));
        assertThat(agent.runtime.address(task)).contains(address);
        await().atMost(LONG).ignoreExceptions().until(() -> greets(address, 8080));
        assertThat(
                        machine.docker
                                .inspectContainerCmd(ContainerSpec.name(task.taskId()))
                                .exec()
                                .getHostConfig()
                                .getPortBindings()
                                .getBindings())
                .isEmpty();
    }

    @Test
    void whatATaskReceivesAndSendsOnANetworkOfItsOwnIsCounted() {
        var task = machine.task(Given.cmd(SERVER).on(network).listening(8080));
        agent.start(task);
        agent.awaitRunning(task);
        var address = addressIn(ContainerSpec.name(task.taskId()));
        await().atMost(LONG).ignoreExceptions().until(() -> greets(address, 8080));
        assertThat(agent.runtime.usage(task.taskId()))
                .isInstanceOfSatisfying(
                        Measurement.Done.class,
                        done -> {
                            var net = done.usage().net().orElseThrow();
                            assertThat(net.received()).isPositive();
                            assertThat(net.sent()).isPositive();
                        });
    }

    @Test
    void aPortThatNamesOneOfTheHostIsPublishedThere() {
        int port = TestBroker.freePort();
        var task = machine.task(Given.cmd(SERVER).mapped(8080, port, "tcp").on(network));

        agent.start(task);
        agent.awaitRunning(task);

        await().atMost(LONG).ignoreExceptions().until(() -> greets("127.0.0.1", port));
        assertThat(addressIn(ContainerSpec.name(task.taskId()))).isNotEmpty();
    }

    @Test
    void anAgentThatIsBackStillKnowsTheAddress() {
        var task = machine.task(Given.cmd("sleep 1000").on(network).listening(8080));
        agent.start(task);
        agent.awaitRunning(task);
        var address = agent.runtime.address(task);
        agent.runtime.close();

        agent = machine.life(dir);
        agent.awaitRunning(task);

        assertThat(agent.events(task)).containsExactly(new Event.Running(task.taskId(), address));
    }

    @Test
    void aNetworkThatIsNotThereIsATasksEndThatNamesIt() {
        var task = machine.task(Given.cmd("sleep 1000").on("no-such-network").listening(8080));

        agent.start(task);

        assertThat(agent.end(task))
                .isEqualTo(
                        new Event.NotStartable(
                                task.taskId(),
                                "this agent's engine has no network 'no-such-network'"));
        assertThat(machine.left(task.taskId())).isEmpty();
    }

    /// Neither by its name nor by its id, which the engine takes for a name.
    @Test
    void theMachinesOwnNetworkIsNotOneOfThem() {
        var id = machine.docker.inspectNetworkCmd().withNetworkId("host").exec().getId();

        for (var name : List.of("host", "none", id, id.substring(0, 12))) {
            var task = machine.task(Given.cmd("sleep 1000").on(name).listening(8080));
            agent.start(task);
            assertThat(agent.end(task)).isInstanceOf(Event.NotStartable.class);
        }
        assertThat(machine.containers()).isEmpty();
    }

    @Test
    void aPodsContainersShareOneAddress() {
        var pod =
                GivenPod.task(
                        GivenPod.pod(
                                """
                                {'networks': [{'mode': 'container', 'name': '%1$s'}], 'containers': [
                                  {'name': 'client', %2$s'exec': {'command': {'shell': 'sleep 1000'}}, 'resources': {}},
                                  {'name': 'web', %2$s'exec': {'command': {'shell': '%3$s'}}, 'resources': {},
                                    'endpoints': [{'name': 'http', 'containerPort': 8080}]}]}
                                """
                                        .formatted(network, machine.ofContainers(), SERVER)),
                        List.of(PortDefinition.NO_HOST_PORT));

        agent.start(pod);
        agent.awaitRunning(pod);

        var address = addressIn(ContainerSpec.name(part(pod, 0)));
        assertThat(agent.events(pod))
                .containsExactly(new Event.Running(pod.taskId(), Optional.of(address)));
        await().atMost(LONG).ignoreExceptions().until(() -> greets(address, 8080));
    }

    private static TaskId part(LocalTask pod, int index) {
        return PodParts.of(pod).get(index).taskId();
    }
}

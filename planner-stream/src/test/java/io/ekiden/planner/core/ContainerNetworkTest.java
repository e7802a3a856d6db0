package io.ekiden.planner.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.ekiden.log.AgentCommand;
import io.ekiden.log.AgentReport;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.log.Change;
import io.ekiden.log.Input;
import io.ekiden.log.Rejection;
import io.ekiden.model.Condition;
import io.ekiden.model.Container;
import io.ekiden.model.Endpoint;
import io.ekiden.model.Instance;
import io.ekiden.model.PathId;
import io.ekiden.model.PortRange;
import io.ekiden.model.Resources;
import io.ekiden.model.Sorted;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Tasks on container networks are reached at addresses of their own.
class ContainerNetworkTest {
    private static final String NETWORK =
            "'networks': [{'mode': 'container', 'name': 'web'}], 'cpus': 0.1, 'mem': 32";

    private final World world = new World();

    @AfterEach
    void theJournalDecidedAgainGivesTheSame() {
        world.replays();
    }

    /// @param ports how many host ports it offers
    private void agent(int ports, AgentReport.TaskOnAgent... inventory) {
        world.take(
                new Input.Reported(
                        new AgentReport.AgentJoined(
                                "a1",
                                "session",
                                "boot",
                                "a1",
                                "127.0.0.1",
                                Optional.empty(),
                                Resources.of(4, 4096, 1000, 0),
                                List.of(new PortRange(31000, 31000 + ports - 1)),
                                Optional.empty(),
                                new TreeMap<>(),
                                Sorted.copyOf(List.of(Container.Type.DOCKER)),
                                List.of(inventory),
                                List.of(),
                                Optional.empty())));
    }

    private void create(String mappings, int instances) {
        var definition =
                "{'container': {'docker': {'image': 'x'}, 'portMappings': [%s]}, 'instances': %d, %s}"
                        .formatted(mappings, instances, NETWORK);
        world.create("/web", definition.replace('\'', '"'));
    }

    private void runs(Instance instance, Optional<String> address) {
        long epoch = world.image.agent("a1").orElseThrow().epoch();
        world.status(instance.taskId(), "a1", epoch, TaskState.RUNNING, address);
    }

    private Instance only() {
        return world.instances("/web").getFirst();
    }

    @Test
    void withoutAHostPortItIsOfferedAtItsOwnAddressAndWithOneAtItsAgents() {
        agent(10);
        create(
                "{'containerPort': 80}, {'containerPort': 81, 'hostPort': 0}, {'containerPort': 82, 'hostPort': 31005}",
                1);

        runs(only(), Optional.of("10.9.0.7"));

        int dynamic = only().placement().orElseThrow().hostPorts().get(1);
        assertThat(dynamic).isBetween(31000, 31009);
        assertThat(world.image.endpoints())
                .extracting(Endpoint::portIndex, Endpoint::host, Endpoint::port)
                .containsExactly(
                        tuple(0, "10.9.0.7", 80),
                        tuple(1, "127.0.0.1", dynamic),
                        tuple(2, "127.0.0.1", 31005));
        assertThat(world.image.loadOf("a1").ports()).containsOnlyKeys(dynamic, 31005);
    }

    @Test
    void whatHasNoAddressThatIsKnownIsNotOffered() {
        agent(10);
        create("{'containerPort': 80}, {'containerPort': 81, 'hostPort': 0}", 1);

        runs(only(), Optional.empty());

        assertThat(only().condition()).isEqualTo(Condition.RUNNING);
        assertThat(world.image.endpoints())
                .extracting(Endpoint::portIndex, Endpoint::host)
                .containsExactly(tuple(1, "127.0.0.1"));
        assertThat(world.image.endpoints()).noneMatch(endpoint -> endpoint.port() == 0);
    }

    /// In the words and the order of then.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    'networks': [{'mode': 'container', 'name': 'web', 'labels': {'a': 'b'}}]  | /networks(0)/mode /networks(0)/name /networks(0)/labels
                    'networks': [{'mode': 'container'}, {'name': 'x'}]                        | /networks /networks(0)/mode /networks(1)/mode /networks(1)/name
                    'networks': [{'mode': 'host', 'name': 'x'}]                               | /networks(0)/name
                    'networks': [{'mode': 'host'}, {'mode': 'host'}]                          | /networks
                    'ipAddress': {'networkName': 'web'}                                       | /ipAddress
                    'container': {'docker': {'image': 'x', 'network': 'USER'}}                | /container/docker/network
                    """)
    void aPlannerOfBeforeRefusesThemAsItDid(String given, String paths) {
        var former = new World(Settings.DEFAULT, PlannerVersion.V0_2);

        var entry = former.create("/web", "{'cmd': 'x', %s}".formatted(given).replace('\'', '"'));

        assertThat(((Rejection.Invalid) former.rejection(entry)).problems())
                .extracting(problem -> problem.path() + " " + problem.errors())
                .containsExactly(
                        Stream.of(paths.split(" "))
                                .map(path -> path + " [is not supported by this version of Ekiden]")
                                .toArray(String[]::new));
        former.replays();
    }

    @Test
    void noPortOfTheHostIsTaken() {
        agent(1);
        create("{'containerPort': 80}, {'containerPort': 81}", 3);

        assertThat(world.conditions("/web")).containsOnly(Map.entry(Condition.PROVISIONED, 3));
        assertThat(world.image.loadOf("a1").ports()).isEmpty();
        assertThat(world.commands)
                .filteredOn(AgentCommand.Launch.class::isInstance)
                .hasSize(3)
                .allSatisfy(command ->
                        assertThat(((AgentCommand.Launch) command).task().heldPorts()).isEmpty());
    }

    @Test
    void aPortOfNoNumberIsOneThatIsChosen() {
        agent(1);
        create("{'name': 'a'}, {'containerPort': 1024}, {'name': 'b'}", 1);

        runs(only(), Optional.of("10.9.0.7"));

        assertThat(world.image.endpoints())
                .extracting(Endpoint::port)
                .containsExactly(1025, 1024, 1026);
    }

    @Test
    void theNextTaskHasAnAddressOfItsOwn() {
        agent(1);
        create("{'containerPort': 80}", 1);
        var first = only();
        runs(first, Optional.of("10.9.0.7"));

        long epoch = world.image.agent("a1").orElseThrow().epoch();
        world.status(first.taskId(), "a1", epoch, TaskState.FAILED, Optional.of("10.9.0.7"));
        assertThat(world.image.endpoints()).isEmpty();
        world.commands.clear();
        world.pass(Duration.ofMinutes(1));

        assertThat(only().placement().orElseThrow().own())
                .contains(new Instance.OwnAddress("web", Optional.of("10.9.0.1")));
        assertThat(world.image.endpoints()).extracting(Endpoint::host).containsExactly("10.9.0.1");
    }

    @Test
    void anAgentThatJoinsAgainTellsTheAddress() {
        agent(1);
        create("{'containerPort': 80}", 1);
        var task = only().taskId();

        agent(
                1,
                new AgentReport.TaskOnAgent(
                        task, TaskState.RUNNING, Optional.empty(), "", Optional.of("10.9.0.7")));

        assertThat(world.image.endpoints())
                .extracting(Endpoint::host, Endpoint::port)
                .containsExactly(tuple("10.9.0.7", 80));
    }

    @Test
    void aPodIsOfferedAtTheAddressThatItsContainersShare() {
        agent(10);
        var definition =
                """
                {'networks': [{'mode': 'container', 'name': 'web'}], 'containers': [
                  {'name': 'one', 'image': {'kind': 'DOCKER', 'id': 'x'}, 'resources': {'cpus': 0.1, 'mem': 32},
                   'endpoints': [{'name': 'http', 'containerPort': 80}]},
                  {'name': 'two', 'image': {'kind': 'DOCKER', 'id': 'x'}, 'resources': {'cpus': 0.1, 'mem': 32},
                   'endpoints': [{'name': 'admin', 'containerPort': 81, 'hostPort': 0}]}]}
                """;
        world.change(
                new Change.CreatePod(PathId.of("/web"), World.json(definition.replace('\'', '"'))),
                false);

        runs(only(), Optional.of("10.9.0.7"));

        assertThat(world.image.endpoints())
                .extracting(Endpoint::portIndex, Endpoint::host, Endpoint::port)
                .containsExactly(
                        tuple(0, "10.9.0.7", 80),
                        tuple(1, "127.0.0.1", only().placement().orElseThrow().hostPorts().get(1)));
    }
}

package io.ekiden.planner.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.ekiden.log.AgentReport;
import io.ekiden.log.AgentReport.Drain;
import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.log.Input;
import io.ekiden.model.Endpoint;
import io.ekiden.model.PathId;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PodEndpointsTest {
    private static final PathId POD = PathId.of("/shop/pod");
    private static final String DEFINITION =
            """
            {"labels": {"owner": "ann", "HAPROXY_0_VHOST": "shop.test", "HAPROXY_1_PORT": "10055"},
             "containers": [
              {"name": "web", "exec": {"command": {"shell": "x"}}, "resources": {"cpus": 0.1, "mem": 32},
               "endpoints": [{"name": "http", "labels": {"VIP_0": "/shop:80"}},
                             {"name": "admin", "protocol": ["tcp", "udp"]}]},
              {"name": "side", "exec": {"command": {"shell": "x"}}, "resources": {"cpus": 0.1, "mem": 32},
               "endpoints": [{"name": "side", "labels": {"owner": "bob", "HAPROXY_0_VHOST": "side.test",
                                                          "EKIDEN_0_WEIGHT": "5", "VIP_0": "/side:80"}}]
               CHECK}]}
            """;
    private static final String CHECK =
            """
            , "healthCheck": {"tcp": {"endpoint": "side"}, "maxConsecutiveFailures": 3}
            """;

    private final World world = new World();

    private void create(String check) {
        world.agent("a1", 4)
                .change(
                        new Change.CreatePod(POD, World.json(DEFINITION.replace("CHECK", check))),
                        false);
        world.work();
    }

    private List<Endpoint> endpoints() {
        return List.copyOf(world.image.endpoints());
    }

    @Test
    void eachEndpointOfAllContainersIsOneOfTheInstance() {
        create("");

        var instance = world.instances("/shop/pod").getFirst();
        assertThat(endpoints())
                .allMatch(e -> e.taskId().equals(instance.taskId()) && e.runSpecId().equals(POD))
                .allMatch(e -> e.host().equals("127.0.0.1") && e.servicePort() == 0)
                .allMatch(e -> e.state() == Endpoint.State.READY);
        assertThat(endpoints())
                .extracting(
                        Endpoint::portIndex, e -> e.portName().orElseThrow(), Endpoint::protocol)
                .containsExactly(
                        tuple(0, "http", "tcp"),
                        tuple(1, "admin", "udp,tcp"),
                        tuple(2, "side", "tcp"));
        assertThat(endpoints())
                .extracting(Endpoint::port)
                .containsExactlyElementsOf(instance.placement().orElseThrow().hostPorts());
        world.replays();
    }

    @Test
    void anEndpointsOwnLabelsCountItAloneAndThePodsCountAll() {
        create("");

        assertThat(endpoints())
                .extracting(Endpoint::labels)
                .containsExactly(
                        labels("owner", "ann", "VIP_0", "/shop:80"),
                        labels("owner", "ann"),
                        labels(
                                "owner",
                                "bob",
                                "HAPROXY_2_VHOST",
                                "side.test",
                                "EKIDEN_2_WEIGHT",
                                "5",
                                "VIP_0",
                                "/side:80"));
    }

    /// Those given and those of the pod for load balancers.
    private static SortedMap<String, String> labels(String... own) {
        var labels =
                new TreeMap<>(Map.of("HAPROXY_0_VHOST", "shop.test", "HAPROXY_1_PORT", "10055"));
        for (int i = 0; i < own.length; i += 2) {
            labels.put(own[i], own[i + 1]);
        }
        return labels;
    }

    @Test
    void onlyAHealthyInstanceIsOffered() {
        create(CHECK);
        var instance = world.instances("/shop/pod").getFirst();
        assertThat(endpoints()).isEmpty();

        world.health(instance, true, false);
        assertThat(endpoints()).hasSize(3);

        world.health(instance, false, false);
        assertThat(endpoints()).isEmpty();
    }

    @Test
    void anInstanceDiesOnlyWhenTheProxiesHaveDrainedAllItsEndpoints() {
        create("");
        world.take(new Input.Reported(new AgentReport.ProxyJoined("p1", "session", "host")));
        var task = world.instances("/shop/pod").getFirst().taskId();

        world.change(new Change.DeletePod(POD), false);
        assertThat(world.commands).isEmpty();
        assertThat(endpoints()).hasSize(3).allMatch(e -> e.state() == Endpoint.State.DRAINING);

        for (int port = 0; port < 3; port++) {
            assertThat(world.commands).isEmpty();
            world.take(
                    new Input.Reported(
                            new AgentReport.EndpointDrained("p1", task, port, Drain.IDLE)));
        }
        assertThat(world.commands).hasSize(1);
        world.work();
        assertThat(endpoints()).isEmpty();
        assertThat(world.running).isEmpty();
    }

    /// A cluster whose journal was begun by a planner that gave pods no endpoints.
    @Test
    void anOldJournalDecidesAsBeforeAndItsPodsAreOfferedWhenTheirAgentJoinsAgain() {
        var old = new World(Settings.DEFAULT, PlannerVersion.V0_1).agent("a1", 4);
        old.change(new Change.CreatePod(POD, World.json(DEFINITION.replace("CHECK", ""))), false);
        old.work();
        assertThat(old.running).hasSize(1);
        assertThat(old.image.endpoints()).isEmpty();
        old.replays();

        old.planner = new Planner(Settings.DEFAULT);
        var joined = old.take(old.joined("a1", 4, old.inventory("a1")));

        assertThat(joined.facts()).filteredOn(Fact.EndpointPut.class::isInstance).hasSize(3);
        assertThat(old.image.endpoints()).hasSize(3);
        old.replays();
        var again = old.take(old.joined("a1", 4, old.inventory("a1")));
        assertThat(again.facts()).noneMatch(Fact.EndpointPut.class::isInstance);
    }
}

package io.ekiden.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ekiden.model.App;
import io.ekiden.model.ContainerNetwork;
import io.ekiden.model.Network;
import io.ekiden.model.PathId;
import io.ekiden.model.Pod;
import io.ekiden.model.PortDefinition.Mapping;
import io.ekiden.model.Sorted;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworkJsonTest {
    private static final PathId WEB = PathId.of("/web");
    private static final String NAMED = "'networks': [{'mode': 'container', 'name': 'web'}]";

    @Test
    void onAContainerNetworkAPortHasNoHostPortUnlessItNamesOne() {
        var app =
                read(
                        """
                        {'container': {'docker': {'image': 'x'}, 'portMappings': [
                           {'containerPort': 80}, {'containerPort': 81, 'hostPort': 0},
                           {'containerPort': 82, 'hostPort': 31005, 'networkNames': ['web']}]},
                         'networks': [{'name': 'web', 'labels': {'a': 'b'}}]}
                        """);

        assertThat(app.network()).isEqualTo(Network.CONTAINER);
        assertThat(app.containerNetwork())
                .contains(new ContainerNetwork("web", Sorted.copyOf(Map.of("a", "b"))));
        assertThat(app.portDefinitions())
                .extracting(port -> port.mapping().orElseThrow())
                .containsExactly(
                        new Mapping(80, Optional.empty()),
                        new Mapping(81, Optional.of(0)),
                        new Mapping(82, Optional.of(31005)));
        assertThat(app.requestedHostPorts())
                .containsExactly(Optional.empty(), Optional.of(0), Optional.of(31005));
        var json = AppJson.write(app);
        assertThat(json.path("networks"))
                .hasToString(
                        "[{\"name\":\"web\",\"mode\":\"container\",\"labels\":{\"a\":\"b\"}}]");
        assertThat(json.at("/container/portMappings"))
                .extracting(port -> port.path("hostPort"))
                .extracting(JsonNode::toString)
                .containsExactly("", "0", "31005");
        assertThat(json.has("portDefinitions")).isFalse();
    }

    @Test
    void unlessSaidOtherwiseOnePortIsMappedToNoneOfTheHost() {
        assertThat(read("{'container': {'docker': {'image': 'x'}}, " + NAMED + "}"))
                .satisfies(app ->
                        assertThat(app.portDefinitions())
                                .singleElement()
                                .satisfies(port -> {
                                    assertThat(port.name()).contains("default");
                                    assertThat(port.mapping())
                                            .contains(new Mapping(0, Optional.empty()));
                                }));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"container": {"docker": {"image": "x", "network": "USER"}}, "ipAddress": {"networkName": "web"}}
                    {"container": {"docker": {"image": "x"}}, "ipAddress": {"networkName": "web", "groups": [], "discovery": {"ports": []}}}
                    {"container": {"docker": {"image": "x", "network": "USER"}}, "networks": [{"mode": "container", "name": "web"}]}
                    {"container": {"docker": {"image": "x", "network": "USER"}}, "networks": [], "ipAddress": {"networkName": "web"}}
                    {"container": {"docker": {"image": "x"}}, "networks": [{"name": "web"}], "ipAddress": {"networkName": "web"}}
                    """)
    void theOldFormsSayTheSame(String old) {
        assertThat(read(old))
                .isEqualTo(read("{'container': {'docker': {'image': 'x'}}, " + NAMED + "}"));
    }

    @Test
    void anOldFormsLabelsAndPortsAreKept() {
        var app =
                read(
                        """
                        {'container': {'docker': {'image': 'x', 'network': 'USER',
                                                  'portMappings': [{'containerPort': 80}]}},
                         'ipAddress': {'networkName': 'web', 'labels': {'a': 'b'}}}
                        """);

        assertThat(app.containerNetwork().orElseThrow().labels()).containsEntry("a", "b");
        assertThat(app.portDefinitions())
                .extracting(port -> port.mapping().orElseThrow())
                .containsExactly(new Mapping(80, Optional.empty()));
        assertThat(AppJson.write(app).toString()).doesNotContain("ipAddress", "USER");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"networks": [{"mode": "container"}]}                             | !/networks(0)/name Network name must be specified when container network is selected.
                    {"networks": [{"name": "A"}]}                                     | /networks(0)/name error.pattern
                    {"networks": [{"name": "web-"}]}                                  | /networks(0)/name error.pattern
                    {"networks": [{"name": "container:x"}]}                           | /networks(0)/name error.pattern
                    {"networks": [{"name": "host"}]}                                  | !/networks(0)/name is not a network of containers
                    {"networks": [{"name": "none"}]}                                  | !/networks(0)/name is not a network of containers
                    {"networks": [{"name": "x"}, {"name": "y"}]}                      | !/networks may only specify a single container network when using the Docker container engine
                    {"networks": [{"mode": "host"}, {"name": "y"}]}                   | !/networks May specify a single host network, single bridge network, or else 1-to-n container networks
                    {"networks": [{"mode": "host"}, {"mode": "host"}]}                | !/networks May specify a single host network, single bridge network, or else 1-to-n container networks
                    {"networks": [{"mode": "host", "name": "x"}]}                     | !/networks(0)/name Host networks may not have names or labels
                    {"networks": [{"mode": "host", "labels": {"a": "b"}}]}            | !/networks(0)/labels Host networks may not have names or labels
                    {"networks": [{"mode": "container/bridge", "name": "x"}]}         | !/networks(0)/name Bridge networks may not have names
                    {"networks": [{"mode": "container/bridge", "labels": {"a": "b"}}]}| !/networks(0)/labels is not supported by this version of Ekiden
                    {"ipAddress": {}}                                                 | !/ipAddress/networkName Network name must be specified when container network is selected.
                    {"ipAddress": {"networkName": "host"}}                            | !/ipAddress/networkName is not a network of containers
                    {"ipAddress": {"networkName": "x", "groups": ["a"]}}              | !/ipAddress/groups is not supported by this version of Ekiden
                    {"ipAddress": {"networkName": "x", "discovery": {"ports": [{"number": 80, "name": "a", "protocol": "tcp"}]}}} | !/ipAddress/discovery/ports do not apply for container type DOCKER
                    {"ipAddress": {"networkName": "x"}, "networks": [{"name": "y"}]}  | !/networks must be what ipAddress says
                    {"ipAddress": {"networkName": "x"}, "networks": [{"mode": "host"}]} | !/networks must be what ipAddress says
                    """)
    void whatIsNoNetworkIsRefused(String networks, String problem) {
        assertThat(problems("{'container': {'docker': {'image': 'x'}}, " + networks.substring(1)))
                .containsExactly(problem);
    }

    @Test
    void whatTheContainerSaysOfItsNetworkHolds() {
        var user = "{'container': {'docker': {'image': 'x', 'network': 'USER'}}";
        var bridge = "{'container': {'docker': {'image': 'x', 'network': 'BRIDGE'}}";

        assertThat(problems(user + "}"))
                .containsExactly(
                        "!/networks Network name must be specified when container network is"
                                + " selected.");
        assertThat(problems(user + ", 'networks': []}"))
                .containsExactly(
                        "!/networks Network name must be specified when container network is"
                                + " selected.");
        assertThat(problems(user + ", 'networks': [{'mode': 'host'}]}"))
                .containsExactly("!/networks must be what container.docker.network says");
        assertThat(problems(bridge + ", 'ipAddress': {'networkName': 'x'}}"))
                .containsExactly("!/ipAddress/networkName is for container networks");
        assertThat(read(bridge + ", 'ipAddress': {}}").network()).isEqualTo(Network.BRIDGE);
    }

    @Test
    void aNativeTaskIsOnNoContainerNetwork() {
        var rule = "!/networks a container network needs a container of type DOCKER";

        assertThat(problems("{'cmd': 'x', " + NAMED + "}")).containsExactly(rule);
        assertThat(problems("{'cmd': 'x', 'ipAddress': {'networkName': 'web'}}"))
                .containsExactly(rule);
        assertThat(
                        problems(
                                "{'cmd': 'x', 'container': {'type': 'MESOS', 'volumes': []}, "
                                        + NAMED
                                        + "}"))
                .containsExactly(rule);
    }

    @Test
    void aPortIsOfTheAppsNetworkOnly() {
        assertThat(
                        problems(
                                "{'container': {'docker': {'image': 'x'}, 'portMappings':"
                                        + " [{'networkNames': ['db']}]}, "
                                        + NAMED
                                        + "}"))
                .containsExactly(
                        "!/container/portMappings(0)/networkNames must be among the networks");
    }

    @Test
    void anUpdateToAContainerNetworkTakesTheOldPortsWithIt() {
        var host =
                read(
                        "{'container': {'docker': {'image': 'x'}}, 'portDefinitions': [{'port': 80}]}");

        var named = merged(host, "{" + NAMED + "}");
        var asOfOld = merged(host, "{'ipAddress': {'networkName': 'web'}}");

        assertThat(named.portDefinitions())
                .extracting(port -> port.mapping().orElseThrow())
                .containsExactly(new Mapping(0, Optional.empty()));
        assertThat(asOfOld).isEqualTo(named);
        assertThat(merged(named, "{'networks': [{'name': 'db'}]}").containerNetwork())
                .contains(new ContainerNetwork("db", Collections.emptySortedMap()));
    }

    @Test
    void aPodsContainersAreAllOnItsNetwork() {
        var pod =
                pod(
                        "'image': {'kind': 'DOCKER', 'id': 'x'}, 'endpoints': [{'name': 'http',"
                                + " 'containerPort': 80}, {'name': 'admin', 'containerPort': 81,"
                                + " 'hostPort': 0, 'networkNames': ['web']}]");

        var read = Json.value(pod);
        assertThat(read.containerNetwork())
                .contains(new ContainerNetwork("web", Collections.emptySortedMap()));
        assertThat(read.requestedHostPorts()).containsExactly(Optional.empty(), Optional.of(0));
        assertThat(PodJson.write(read).path("networks"))
                .hasToString("[{\"name\":\"web\",\"mode\":\"container\"}]");
    }

    @Test
    void aPodOnAContainerNetworkHasImagesAndPortsInside() {
        assertThat(Json.lines(Json.problems(pod("'exec': {'command': {'shell': 'x'}}"))))
                .containsExactly(
                        "!/networks containers without an image are on the host's network");
        assertThat(
                        Json.lines(
                                Json.problems(
                                        pod(
                                                "'image': {'kind': 'DOCKER', 'id': 'x'},"
                                                        + " 'endpoints': [{'name': 'http'}]"))))
                .containsExactly(
                        "!/containers(0)/endpoints(0)/containerPort is required when using"
                                + " container-mode networking");
    }

    private static Parsed<Pod> pod(String container) {
        return PodJson.read(
                WEB,
                Json.object(
                        "{%s, 'containers': [{'name': 'c', 'resources': {'cpus': 0.1, 'mem': 32}, %s}]}"
                                .formatted(NAMED, container)));
    }

    private static App merged(App current, String update) {
        return Json.value(AppJson.merge(current, Json.object(update), true));
    }

    private static App read(String definition) {
        return Json.value(AppJson.read(WEB, Json.object(definition)));
    }

    private static List<String> problems(String definition) {
        return Json.lines(Json.problems(AppJson.read(WEB, Json.object(definition))));
    }
}

package io.ekiden.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.model.App;
import io.ekiden.model.Constraint;
import io.ekiden.model.Container;
import io.ekiden.model.Disk;
import io.ekiden.model.Network;
import io.ekiden.model.PathId;
import io.ekiden.model.PortDefinition;
import io.ekiden.model.Resources;
import io.ekiden.model.Sorted;
import io.ekiden.model.UnreachableStrategy;
import io.ekiden.model.UpgradeStrategy;
import io.ekiden.model.Volume;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContainerJsonTest {
    private static final PathId WEB = PathId.of("/web");

    @Test
    void aDockerContainerOnTheBridgeHasItsPortsMapped() {
        var app =
                read(
                        """
                        {'container': {'docker': {'image': 'nginx', 'forcePullImage': true},
                                       'portMappings': [{'containerPort': 80, 'servicePort': 10100,
                                                         'name': 'http', 'labels': {'a': 'b'}},
                                                        {'hostPort': 31005, 'protocol': 'udp'}]},
                         'networks': [{'mode': 'container/bridge'}], 'requirePorts': true}
                        """);

        assertThat(app.network()).isEqualTo(Network.BRIDGE);
        assertThat(app.runtime()).isEqualTo(Container.Type.DOCKER);
        assertThat(app.container().flatMap(Container::docker))
                .contains(new Container.Docker("nginx", true, false, List.of(), Optional.empty()));
        assertThat(app.requirePorts()).isFalse();
        assertThat(app.portDefinitions())
                .containsExactly(
                        new PortDefinition(
                                10100,
                                Optional.of("http"),
                                "tcp",
                                Sorted.copyOf(Map.of("a", "b")),
                                Optional.of(new PortDefinition.Mapping(80, Optional.of(0)))),
                        new PortDefinition(
                                0,
                                Optional.empty(),
                                "udp",
                                Collections.emptySortedMap(),
                                Optional.of(new PortDefinition.Mapping(0, Optional.of(31005)))));
    }

    @Test
    void anImageIsPulledWithASecretOfTheDefinition() {
        var docker = "'container': {'docker': {'image': 'x', 'pullConfig': %s}}";
        var app =
                read(
                        "{'secrets': {'s': {'source': 'shop/registry'}}, %s}"
                                .formatted(docker.formatted("{'secret': 's'}")));

        assertThat(app.container().flatMap(Container::docker).flatMap(Container.Docker::pullConfig))
                .contains("s");
        assertThat(AppJson.write(app).toString()).contains("\"pullConfig\":{\"secret\":\"s\"}");
        assertThat(problems("{%s}".formatted(docker.formatted("{'secret': 's'}"))))
                .containsExactly(
                        "!/container/docker/pullConfig/secret references an undefined secret");
        assertThat(problems("{%s}".formatted(docker.formatted("{}"))))
                .containsExactly("/container/docker/pullConfig/secret error.path.missing");
        assertThat(AppJson.write(read("{'container': {'docker': {'image': 'x'}}}")).toString())
                .doesNotContain("pullConfig");
    }

    @Test
    void anImageMayBeRunWithoutAnEngine() {
        var app =
                read(
                        """
                        {'container': {'type': 'MESOS', 'docker': {'image': 'x', 'forcePullImage': true},
                          'volumes': [{'containerPath': '/a', 'hostPath': '/b', 'mode': 'RO'},
                                      {'containerPath': '/s', 'secret': 's'}]},
                         'secrets': {'s': {'source': 'x'}}}
                        """);

        assertThat(app.runtime()).isEqualTo(Container.Type.MESOS);
        assertThat(app.contained()).isTrue();
        assertThat(app.container().orElseThrow().volumes()).hasSize(2);
        assertThat(read(AppJson.write(app).toString().replace('"', '\''))).isEqualTo(app);
        assertThat(
                        problems(
                                "{'container': {'type': 'MESOS', 'docker': {'image': 'x'}},"
                                        + " 'networks': [{'mode': 'container/bridge'}]}"))
                .containsExactly("!/networks container/bridge needs a container of type DOCKER");
    }

    @Test
    void theOldFormSaysTheSameInsideOfDocker() {
        var old =
                read(
                        """
                        {'container': {'type': 'DOCKER',
                                       'docker': {'image': 'nginx', 'network': 'BRIDGE',
                                                  'portMappings': [{'containerPort': 80}]}}}
                        """);
        var now =
                read(
                        """
                        {'container': {'docker': {'image': 'nginx'},
                                       'portMappings': [{'containerPort': 80}]},
                         'networks': [{'mode': 'container/bridge'}]}
                        """);

        assertThat(old).isEqualTo(now);
        assertThat(AppJson.write(old).toString())
                .doesNotContain("BRIDGE")
                .contains("\"networks\":[{\"mode\":\"container/bridge\"}]");
    }

    @Test
    void onTheBridgeOnePortIsMappedUnlessSaidOtherwise() {
        var bridge = "'networks': [{'mode': 'container/bridge'}]";

        assertThat(
                        read("{'container': {'docker': {'image': 'x'}}, " + bridge + "}")
                                .portDefinitions())
                .singleElement()
                .satisfies(port -> {
                    assertThat(port.name()).contains("default");
                    assertThat(port.mapping())
                            .contains(new PortDefinition.Mapping(0, Optional.of(0)));
                });
        assertThat(
                        read("{'container': {'docker': {'image': 'x'}, 'portMappings': []}, "
                                        + bridge
                                        + "}")
                                .portDefinitions())
                .isEmpty();
    }

    @Test
    void persistentVolumesMakeAnAppResident() {
        var app =
                read(
                        """
                        {'cmd': 'x', 'disk': 5,
                         'container': {'type': 'MESOS', 'volumes': [
                            {'containerPath': 'data', 'mode': 'RW', 'persistent': {'size': 64}}]}}
                        """);

        assertThat(app.resident()).isTrue();
        assertThat(app.persistentVolumes())
                .containsExactly(new Volume.Persistent("data", 64, Optional.empty()));
        assertThat(app.footprint()).isEqualTo(Resources.of(1, 128, 69, 0));
        assertThat(app.upgradeStrategy()).isEqualTo(new UpgradeStrategy(0.5, 0));
        assertThat(app.unreachableStrategy()).isEqualTo(new UnreachableStrategy.Disabled());
        assertThat(AppJson.write(app).path("residency").path("taskLostBehavior").asText())
                .isEqualTo("WAIT_FOREVER");
    }

    @Test
    void aPersistentVolumeCanBeOnADiskOfItsOwn() {
        var app =
                read(
                        """
                        {'cmd': 'x', 'container': {'type': 'MESOS', 'volumes': [
                            {'containerPath': 'a', 'mode': 'RW', 'persistent':
                               {'size': 64, 'type': 'PATH', 'constraints': [['path', 'LIKE', '/srv.*']]}},
                            {'containerPath': 'b', 'mode': 'RW', 'persistent':
                               {'size': 64, 'profileName': 'ssd', 'maxSize': 100}}]}}
                        """);

        assertThat(app.persistentVolumes())
                .extracting(volume -> volume.disk().orElseThrow())
                .containsExactly(
                        new Disk.Wanted(
                                Disk.Type.PATH,
                                Optional.empty(),
                                Optional.empty(),
                                List.of(
                                        new Constraint(
                                                "path",
                                                Constraint.Operator.LIKE,
                                                Optional.of("/srv.*")))),
                        new Disk.Wanted(
                                Disk.Type.MOUNT, Optional.of(100), Optional.of("ssd"), List.of()));
        assertThat(app.footprint().disk()).isZero();
    }

    @Test
    void aHostVolumeIsADirectoryOfTheMachine() {
        var app =
                read(
                        """
                        {'container': {'docker': {'image': 'x'}, 'volumes': [
                            {'containerPath': '/etc/a', 'hostPath': '/srv/a', 'mode': 'RO'}]}}
                        """);

        assertThat(app.container().map(Container::volumes))
                .contains(List.of(new Volume.Host("/etc/a", "/srv/a", Volume.Mode.RO)));
        assertThat(app.resident()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"docker": {}}                                                     | /container/docker/image error.path.missing
                    {"docker": {"image": ""}}                                          | /container/docker/image error.minLength
                    {"type": "DOCKER"}                                                 | !/container/docker must not be empty
                    {"docker": {"image": "x"}, "portMappings": [{}]}                   | !/container/portMappings must be empty on this network
                    {"docker": {"image": "x"}, "volumes": [{"mode": "RW"}]}            | /container/volumes(0)/containerPath error.path.missing
                    {"docker": {"image": "x"}, "volumes": [{"containerPath": "a"}]}    | /container/volumes(0)/hostPath error.path.missing
                    {"docker": {"image": "x"}, "volumes": [{"containerPath": "/a", "hostPath": "/b"}]}  | /container/volumes(0)/mode error.path.missing
                    {"docker": {"image": "x"}, "volumes": [{"containerPath": "/a:/b", "hostPath": "/b", "mode": "RO"}]}  | !/container/volumes(0)/containerPath must not contain ':'
                    {"docker": {"image": "x"}, "volumes": [{"containerPath": "/a", "hostPath": "../b", "mode": "RO"}]}  | !/container/volumes(0)/hostPath must not contain '..'
                    {"type": "MESOS", "volumes": [{"containerPath": "a", "mode": "RW", "persistent": {}}]}   | /container/volumes(0)/persistent/size error.path.missing
                    {"type": "MESOS", "volumes": [{"containerPath": "a", "mode": "RW", "persistent": {"size": 0}}]}   | /container/volumes(0)/persistent/size error.min
                    {"type": "MESOS", "volumes": [{"containerPath": "a/b", "mode": "RW", "persistent": {"size": 1}}]} | !/container/volumes(0)/containerPath must not be '.', '..' and must not contain '/'
                    {"type": "MESOS", "volumes": [{"containerPath": "..", "mode": "RW", "persistent": {"size": 1}}]}  | !/container/volumes(0)/containerPath must not be '.', '..' and must not contain '/'
                    {"type": "MESOS", "volumes": [{"containerPath": "a", "mode": "RO", "persistent": {"size": 1}}]}   | !/container/volumes(0)/mode Only "RW" is allowed for persistent volumes
                    {"type": "MESOS", "volumes": [{"containerPath": "a", "mode": "RW", "persistent": {"size": 1, "type": "disk"}}]} | /container/volumes(0)/persistent/type error.unknown.enum.literal
                    {"type": "MESOS", "volumes": [{"containerPath": "a", "mode": "RW", "persistent": {"size": 1, "type": "path", "maxSize": 2}}]} | !/container/volumes(0)/persistent Only mount volumes can have maxSize
                    {"type": "MESOS", "volumes": [{"containerPath": "a", "mode": "RW", "persistent": {"size": 2, "type": "mount", "maxSize": 2}}]} | !/container/volumes(0)/persistent Max size must be larger than size
                    {"type": "MESOS", "volumes": [{"containerPath": "a", "mode": "RW", "persistent": {"size": 1, "profileName": ""}}]} | /container/volumes(0)/persistent/profileName error.minLength
                    {"type": "MESOS", "volumes": [{"containerPath": "a", "mode": "RW", "persistent": {"size": 1, "type": "root", "profileName": "p"}}]} | !/container/volumes(0)/persistent/profileName the agents' own disks have no profile
                    {"type": "MESOS", "volumes": [{"containerPath": "a", "mode": "RW", "persistent": {"size": 1, "constraints": [["path", "LIKE", "x"]]}}]} | !/container/volumes(0)/persistent Constraints on root volumes are not supported
                    {"type": "MESOS", "volumes": [{"containerPath": "a", "mode": "RW", "persistent": {"size": 1, "type": "path", "constraints": [["hostname", "LIKE", "x"]]}}]} | !/container/volumes(0)/persistent/constraints(0) Unsupported field
                    {"type": "MESOS", "volumes": [{"containerPath": "a", "mode": "RW", "persistent": {"size": 1, "type": "path", "constraints": [["path", "IS", "x"]]}}]} | !/container/volumes(0)/persistent/constraints(0) Operator must be one of LIKE, UNLIKE
                    {"type": "MESOS", "volumes": [{"containerPath": "a", "mode": "RW", "persistent": {"size": 1, "type": "path", "constraints": [["path", "LIKE", "("]]}}]} | !/container/volumes(0)/persistent/constraints(0) the regular expression '(' is not valid
                    {"type": "MESOS", "volumes": [{"containerPath": "/a", "mode": "RO", "hostPath": "/b"}]}   | !/container/volumes(0)/containerPath must be a relative path without empty parts, '.' and '..'
                    {"type": "MESOS", "volumes": [{"containerPath": "a/../b", "mode": "RO", "hostPath": "/b"}]}   | !/container/volumes(0)/containerPath must be a relative path without empty parts, '.' and '..'
                    {"type": "MESOS", "volumes": [{"containerPath": "a", "mode": "RO", "hostPath": "b"}]}   | !/container/volumes(0)/hostPath must be an absolute path
                    """)
    void aProblemNamesItsPlace(String container, String problem) {
        assertThat(problems("{'cmd': 'x', 'container': " + container + "}"))
                .containsExactly(problem);
    }

    @Test
    void whatAResidentAppMayNotSayIsRefused() {
        var resident =
                "{'cmd': 'x', 'container': {'type': 'MESOS', 'volumes': [{'containerPath': 'a',"
                        + " 'mode': 'RW', 'persistent': {'size': 1}}]}, ";

        assertThat(problems(resident + "'upgradeStrategy': {'maximumOverCapacity': 1}}"))
                .containsExactly("!/upgradeStrategy/maximumOverCapacity got 1.0, expected 0.0");
        assertThat(problems(resident + "'unreachableStrategy': {'inactiveAfterSeconds': 0}}"))
                .containsExactly(
                        "!/unreachableStrategy must be disabled for apps with persistent volumes");
        assertThat(problems("{'cmd': 'x', 'residency': {'taskLostBehavior': 'WAIT_FOREVER'}}"))
                .containsExactly(
                        "!/residency AppDefinition must contain persistent volumes and define"
                                + " residency");
    }

    @Test
    void theBridgeIsForContainers() {
        var bridge = "'networks': [{'mode': 'container/bridge'}]";

        assertThat(problems("{'cmd': 'x', " + bridge + "}"))
                .containsExactly("!/networks container/bridge needs a container of type DOCKER");
        assertThat(problems("{'cmd': 'x', 'container': {'type': 'MESOS'}, " + bridge + "}"))
                .containsExactly("!/networks container/bridge needs a container of type DOCKER");
        assertThat(
                        problems(
                                "{'container': {'docker': {'image': 'x'}}, 'portDefinitions': [{}],"
                                        + bridge
                                        + "}"))
                .containsExactly("!/portDefinitions must be empty on this network");
    }

    @Test
    void anUpdateToAnotherNetworkTakesTheOldOnesPortsWithIt() {
        var host =
                read(
                        "{'container': {'docker': {'image': 'x'}}, 'portDefinitions': [{'port': 80}]}");

        var bridged = merged(host, "{'networks': [{'mode': 'container/bridge'}]}");
        var asOfOld =
                merged(host, "{'container': {'docker': {'image': 'x', 'network': 'BRIDGE'}}}");
        var back = merged(bridged, "{'networks': [{'mode': 'host'}]}");

        assertThat(bridged.network()).isEqualTo(Network.BRIDGE);
        assertThat(asOfOld).isEqualTo(bridged);
        assertThat(back.portDefinitions()).allMatch(port -> port.mapping().isEmpty());
        assertThat(merged(host, "{'mem': 64}").portDefinitions()).isEqualTo(host.portDefinitions());
    }

    @Test
    void whatWouldBePassedOverInSilenceIsRefused() {
        assertThat(
                        problems(
                                "{'container': {'docker': {'image': 'x', 'network': 'BRIDGE'}},"
                                        + " 'networks': [{'mode': 'host'}]}"))
                .containsExactly("!/networks must be what container.docker.network says");
        assertThat(
                        problems(
                                "{'cmd': 'x', 'container': {'type': 'MESOS', 'volumes': [{'containerPath':"
                                        + " 'a', 'mode': 'RW', 'hostPath': 'b', 'persistent': {'size': 1}}]}}"))
                .containsExactly(
                        "!/container/volumes(0) must have one of hostPath, persistent, external,"
                                + " secret");
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

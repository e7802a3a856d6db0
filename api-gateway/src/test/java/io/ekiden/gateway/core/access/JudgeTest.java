package io.ekiden.gateway.core.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.gateway.Given;
import io.ekiden.gateway.Http;
import io.ekiden.json.AppJson;
import io.ekiden.json.Parsed;
import io.ekiden.log.Change;
import io.ekiden.log.WantedChange;
import io.ekiden.model.App;
import io.ekiden.model.Deployment;
import io.ekiden.model.InstanceId;
import io.ekiden.model.PathId;
import io.ekiden.model.RunSpec;
import io.ekiden.model.TaskId;
import io.ekiden.model.VersionInfo;
import io.ekiden.state.ClusterImage;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JudgeTest {
    private static final App DEV = Given.app("/dev/web");
    private static final App PROD = Given.app("/prod/web");
    private static final Instant BEFORE = Given.NOON.minusSeconds(60);

    /// What an admin has put there: a directory of the machine.
    private static final App MOUNTED =
            app(
                            "/dev/mounted",
                            """
                            {"cmd": "x", "container": {"type": "DOCKER", "docker": {"image": "a"},
                             "volumes": [{"containerPath": "/h", "hostPath": "/", "mode": "RW"}]},
                             "networks": [{"mode": "container/bridge"}]}\
                            """)
                    .withRole("*");

    private static final ClusterImage IMAGE =
            Given.image(
                    DEV,
                    PROD,
                    MOUNTED,
                    Given.kept(DEV, BEFORE),
                    new io.ekiden.model.RunSpecVersion(
                            mounted("/dev/web")
                                    .withVersion(
                                            BEFORE.minusSeconds(1),
                                            new VersionInfo(BEFORE, BEFORE))),
                    deployment("d-dev", "/dev/web"),
                    deployment("d-both", "/dev/mounted", "/prod/web"));

    private static App mounted(String id) {
        return app(id, AppJson.write(MOUNTED).put("id", id).toString());
    }

    private static App app(String id, String json) {
        return switch (AppJson.read(PathId.of(id), json(json))) {
            case Parsed.Ok<App>(var app) ->
                    app.withVersion(Given.NOON, new VersionInfo(Given.NOON, Given.NOON));
            case Parsed.Invalid<App>(var problems) ->
                    throw new IllegalArgumentException(problems.toString());
        };
    }

    private static Deployment deployment(String id, String... apps) {
        var actions =
                java.util.Arrays.stream(apps)
                        .map(PathId::of)
                        .map(app ->
                                new Deployment.Action(Deployment.Kind.SCALE, RunSpec.Kind.APP, app))
                        .toList();
        return Deployment.of(
                id, Given.NOON, List.of(new Deployment.Step(actions)), Optional.empty());
    }

    private static ObjectNode json(String text) {
        return (ObjectNode) Http.parse(text.replace('\'', '"'));
    }

    private static Caller caller(Role role, String path, Capability... capabilities) {
        return new Caller("u", List.of(new Grant(role, PathId.of(path), Set.of(capabilities))));
    }

    private static final Caller DEPLOYER = caller(Role.DEPLOYER, "/dev");

    private static String lacks(Caller caller, Change change, boolean force) {
        return switch (Judge.of(caller, change, force, IMAGE)) {
            case Verdict.Allowed _ -> "";
            case Verdict.Absent(var message) -> message;
            case Verdict.Denied(var lacks) ->
                    String.join(
                            ", ", lacks.stream().map(l -> l.needs() + " on " + l.id()).toList());
        };
    }

    private static String lacks(Change change) {
        return lacks(DEPLOYER, change, false);
    }

    private static Change put(String id, String definition) {
        var update = new Change.AppUpdate(PathId.of(id), json(definition));
        return new Change.UpdateApps(List.of(update), true, true);
    }

    private static Change group(String id, String definition) {
        return new Change.UpdateGroup(PathId.of(id), json(definition));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    /dev  | {'apps': [{'id': 'web', 'cmd': 'x'}]}                          | ``
                    /dev  | {'apps': [{'id': '/prod/web', 'cmd': 'x'}]}                    | role deployer on /prod/web
                    /dev  | {'apps': [{'id': '../prod/web', 'cmd': 'x'}]}                  | role deployer on /prod/web
                    /dev  | {'groups': [{'id': 'a', 'apps': [{'id': '/prod/b', 'cmd': 'x'}]}]} | role deployer on /prod/b
                    /dev  | {'groups': [{'id': '/prod', 'apps': 5}]}                       | role deployer on /prod
                    /prod | {'apps': []}                                                   | role deployer on /prod
                    /     | {'groups': [{'id': '/dev'}]}                                   | role deployer on /
                    /     | {'scaleBy': 2}                                                 | role deployer on /
                    /dev  | {'scaleBy': 2}                                                 | ``
                    /dev  | {'dependencies': ['/prod']}                                    | role viewer on /prod
                    /dev  | {'groups': [{'id': 'a', 'dependencies': ['/prod']}]}           | role viewer on /prod
                    /dev  | {'apps': [{'id': 'web', 'cmd': 'x', 'dependencies': ['/prod/web', 'db']}]} | role viewer on /prod/web
                    """)
    void aGroupIsJudgedByEverythingInIt(String id, String definition, String lacks) {
        assertThat(lacks(group(id, definition))).isEqualTo(lacks);
        assertThat(lacks(new Change.DryRun(group(id, definition)))).isEqualTo(lacks);
        assertThat(lacks(new Change.CreateGroup(PathId.of(id), json(definition)))).isEqualTo(lacks);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    /dev/new     | {'cmd': 'x'}                                                                          | ``
                    /dev/new     | {'cmd': 'x', 'user': 'nobody'}                                                        | ``
                    /dev/new     | {'cmd': 'x', 'user': 'root'}                                                          | capability root-user on /dev/new
                    /dev/new     | {'cmd': 'x', 'user': '0'}                                                             | capability root-user on /dev/new
                    /dev/new     | {'cmd': 'x', 'user': '00:5'}                                                          | capability root-user on /dev/new
                    /dev/new     | {'container': {'type': 'DOCKER', 'docker': {'image': 'a'}}}                           | capability host-network on /dev/new
                    /dev/new     | {'container': {'type': 'DOCKER', 'docker': {'image': 'a', 'network': 'HOST'}}}        | capability host-network on /dev/new
                    /dev/new     | {'container': {'docker': {'image': 'a'}}, 'networks': [{'mode': 'host'}]}             | capability host-network on /dev/new
                    /dev/new     | {'container': {'docker': {'image': 'a'}}, 'networks': [{'mode': 'container/bridge'}]} | ``
                    /dev/new     | {'container': {'docker': {'image': 'a', 'privileged': true, 'network': 'BRIDGE'}}} | capability privileged on /dev/new
                    /dev/new     | {'container': {'docker': {'image': 'a', 'network': 'BRIDGE'}, 'linuxInfo': {'seccomp': {'unconfined': true}}}} | capability privileged on /dev/new
                    /dev/new     | {'container': {'docker': {'image': 'a', 'network': 'BRIDGE', 'parameters': [{'key': 'hostname', 'value': 'b'}]}}} | capability docker-parameters on /dev/new
                    /dev/new     | {'container': {'docker': {'image': 'a', 'network': 'BRIDGE'}, 'volumes': [{'containerPath': '/d', 'mode': 'RW', 'external': {'name': 'n', 'provider': 'dvdi', 'options': {'dvdi/driver': 'd'}}}]}} | capability external-volume on /dev/new
                    /dev/all     | {'container': {'docker': {'image': 'a', 'network': 'BRIDGE', 'parameters': [{'key': 'user', 'value': '0'}]}}} | capability docker-parameters on /dev/all, capability root-user on /dev/all
                    /dev/mounted | {'instances': 5}                                                                      | ``
                    /dev/mounted | {'id': '/dev/mounted', 'instances': 5}                                                | ``
                    /dev/mounted | {'cmd': 'cat /h/etc/shadow'}                                                          | capability host-volume on /dev/mounted
                    /dev/mounted | {'env': {'A': 'b'}}                                                                   | capability host-volume on /dev/mounted
                    /dev/mounted | {'container': {'docker': {'image': 'a'}, 'volumes': []}}                              | ``
                    /dev/web     | {'version': '2026-11-23T11:59:00.000Z'}                                               | ``
                    /dev/web     | {'version': '2026-11-23T11:58:59.000Z'}                                               | capability host-volume on /dev/web
                    /dev/web     | {'dependencies': ['../prod/web']}                                                     | role viewer on /prod/web
                    """)
    void anAppIsJudgedByWhatItBecomes(String id, String definition, String lacks) {
        assertThat(lacks(put(id, definition))).isEqualTo(lacks);
    }

    @Test
    void aPodInImagesIsJudgedAsAnAppIs() {
        var pod =
                """
                {'id': '/dev/new', 'networks': [{'mode': '%s'}], 'containers': [{'name': 'c',
                 'image': {'kind': 'DOCKER', 'id': 'x'}, 'resources': {'cpus': 0.1, 'mem': 32}}]}\
                """;
        var id = PathId.of("/dev/new");

        assertThat(lacks(new Change.UpdatePod(id, json(pod.formatted("host")))))
                .isEqualTo("capability host-network on /dev/new");
        assertThat(lacks(new Change.UpdatePod(id, json(pod.formatted("container/bridge")))))
                .isEmpty();
    }

    @Test
    void thePolicyIsTheSameOnEveryWayThatAnAppCanTake() {
        var mounted = AppJson.write(MOUNTED);
        var id = PathId.of("/dev/new");
        var lack = "capability host-volume on /dev/new";
        var app = mounted.deepCopy().put("id", "/dev/new");
        var inGroup = json("{'apps': []}");
        inGroup.withArray("apps").add(app.deepCopy().put("id", "new"));
        var deeper = json("{'groups': [{'id': '/dev'}]}");
        ((ObjectNode) deeper.path("groups").get(0)).set("apps", inGroup.path("apps"));

        assertThat(lacks(new Change.CreateApp(id, app))).isEqualTo(lack);
        assertThat(lacks(put("/dev/new", app.toString()))).isEqualTo(lack);
        assertThat(lacks(new Change.UpdateGroup(PathId.of("/dev"), inGroup))).isEqualTo(lack);
        assertThat(lacks(new Change.DryRun(new Change.CreateApp(id, app)))).isEqualTo(lack);
        assertThat(lacks(new Change.UpdateGroup(PathId.ROOT, deeper))).contains(lack);
        assertThat(
                        lacks(
                                new Change.UpdatePod(
                                        id,
                                        json(
                                                """
                                                {'id': '/dev/new', 'volumes': [{'name': 'v', 'host': '/'}],
                                                 'containers': [{'name': 'c', 'resources': {'cpus': 0.1, 'mem': 32},
                                                 'exec': {'command': {'shell': 'x'}},
                                                 'volumeMounts': [{'name': 'v', 'mountPath': 'h'}]}]}\
                                                """))))
                .isEqualTo(lack);
        assertThat(
                        lacks(
                                caller(Role.DEPLOYER, "/dev", Capability.HOST_VOLUME),
                                new Change.CreateApp(id, app),
                                false))
                .isEmpty();
        assertThat(lacks(caller(Role.ADMIN, "/dev"), new Change.CreateApp(id, app), false))
                .isEmpty();
    }

    @Test
    void tasksAreTheirAppsWhateverThePathSays() {
        var dev = InstanceId.of(DEV.id(), "1").task(1);
        var prod = InstanceId.of(PROD.id(), "1").task(1);
        var trick = new TaskId("dev_.._prod_web.instance-1._app.1");

        assertThat(lacks(kill(Optional.empty(), dev))).isEmpty();
        assertThat(lacks(kill(Optional.empty(), dev, prod)))
                .isEqualTo("role deployer on /prod/web");
        assertThat(lacks(kill(Optional.of(DEV.id()), prod)))
                .isEqualTo("role deployer on /prod/web");
        assertThat(lacks(kill(Optional.empty(), trick))).isEqualTo("role deployer on /prod/web");
        assertThat(lacks(new Change.KillPodInstances(DEV.id(), List.of(prod.instanceId()), false)))
                .isEqualTo("role deployer on /prod/web");
    }

    private static Change kill(Optional<PathId> of, TaskId... tasks) {
        return new Change.KillTasks(of, List.of(tasks), false, false);
    }

    @Test
    void aDeploymentIsOfAllThatItTouches() {
        for (var change :
                List.of(
                        new Change.CancelDeployment("d-both"),
                        new Change.PauseDeployment("d-both", true),
                        new Change.PromoteDeployment("d-both"))) {
            assertThat(lacks(change)).isEqualTo("role deployer on /prod/web");
        }
        assertThat(lacks(new Change.CancelDeployment("d-dev"))).isEmpty();
        assertThat(lacks(new Change.CancelDeployment("d-none")))
                .isEqualTo("DeploymentPlan d-none does not exist");
    }

    @Test
    void forceReachesAsFarAsTheDeploymentsThatItEnds() {
        assertThat(lacks(DEPLOYER, put("/dev/mounted", "{'instances': 1}"), false)).isEmpty();
        assertThat(lacks(DEPLOYER, put("/dev/mounted", "{'instances': 1}"), true))
                .isEqualTo("role deployer on /prod/web");
        assertThat(lacks(DEPLOYER, new Change.DeleteGroup(PathId.of("/dev")), true))
                .isEqualTo("role deployer on /prod/web");
        assertThat(lacks(DEPLOYER, put("/dev/web", "{'instances': 1}"), true)).isEmpty();
    }

    @Test
    void whatIsAllowedIsAllowedOnWhatWasSeen() {
        assertThat(Judge.of(DEPLOYER, put("/dev/web", "{'cmd': 'y'}"), false, IMAGE))
                .isEqualTo(
                        new Verdict.Allowed(
                                List.of(
                                        new WantedChange.Basis(
                                                DEV.id(), Optional.of(DEV.version())))));
        assertThat(Judge.of(DEPLOYER, put("/dev/new", "{'cmd': 'y'}"), false, IMAGE))
                .isEqualTo(
                        new Verdict.Allowed(
                                List.of(
                                        new WantedChange.Basis(
                                                PathId.of("/dev/new"), Optional.empty()))));
        assertThat(
                        Judge.of(
                                caller(Role.ADMIN, "/dev"),
                                put("/dev/web", "{'cmd': 'y'}"),
                                false,
                                IMAGE))
                .as("what is there may name secrets that are not the path's")
                .isEqualTo(
                        new Verdict.Allowed(
                                List.of(
                                        new WantedChange.Basis(
                                                DEV.id(), Optional.of(DEV.version())))));
        assertThat(Judge.of(caller(Role.ADMIN, "/"), put("/dev/web", "{'cmd': 'y'}"), false, IMAGE))
                .isEqualTo(new Verdict.Allowed(List.of()));
    }

    @Test
    void onlyAnOperatorOfEverythingEmptiesAgents() {
        var drain = new Change.DrainAgent("a1", true);
        assertThat(lacks(caller(Role.DEPLOYER, "/"), drain, false)).isEqualTo("role operator on /");
        assertThat(lacks(caller(Role.ADMIN, "/dev"), drain, false)).isEqualTo("role operator on /");
        assertThat(lacks(caller(Role.OPERATOR, "/"), drain, false)).isEmpty();
    }

    @Test
    void aViewerChangesNothing() {
        var viewer = caller(Role.VIEWER, "/");
        assertThat(lacks(viewer, new Change.RestartApp(DEV.id()), false))
                .isEqualTo("role deployer on /dev/web");
        assertThat(lacks(viewer, new Change.ResetDelay(DEV.id()), false))
                .isEqualTo("role deployer on /dev/web");
        assertThat(
                        lacks(
                                viewer,
                                new Change.EnforceRole(
                                        PathId.of("/dev"), json("{'enforceRole': true}")),
                                false))
                .isEqualTo("role deployer on /dev");
    }
}

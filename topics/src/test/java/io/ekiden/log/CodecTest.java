package io.ekiden.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.json.Parsed;
import io.ekiden.json.PodJson;
import io.ekiden.model.App;
import io.ekiden.model.CheckResult;
import io.ekiden.model.Condition;
import io.ekiden.model.Deployment;
import io.ekiden.model.Endpoint;
import io.ekiden.model.Entity;
import io.ekiden.model.Given;
import io.ekiden.model.Instance;
import io.ekiden.model.InstanceId;
import io.ekiden.model.KillCause;
import io.ekiden.model.LocalVolume;
import io.ekiden.model.PathId;
import io.ekiden.model.Pod;
import io.ekiden.model.PortDefinition;
import io.ekiden.model.ReadinessResponse;
import io.ekiden.model.RunSpec;
import io.ekiden.model.TaskId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CodecTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

    static Stream<Fact> facts() {
        App app = Given.app("/shop/web");
        var instance = Given.instance(app, 1);
        return Stream.of(
                new Fact.RunSpecPut(app),
                new Fact.RunSpecGone(RunSpec.Kind.APP, app.id()),
                new Fact.InstancePut(instance, Optional.of(Condition.SCHEDULED), "text"),
                new Fact.InstancePut(instance, Optional.empty(), ""),
                new Fact.ReadinessPut(
                        instance.withReadiness(
                                new Instance.Readiness(
                                        false,
                                        Optional.of(
                                                new ReadinessResponse(503, "text/plain", "no"))))),
                new Fact.CheckPut(
                        instance.withCheck("_app", Optional.of(new CheckResult.Http(503)))
                                .withCheck("a", Optional.of(new CheckResult.Tcp(false)))
                                .withCheck("b", Optional.of(new CheckResult.Command(1)))),
                new Fact.Launched(app, List.of(instance), List.of(new Fact.Target(3, 17))),
                new Fact.Refused(new Rejection.Locked(List.of("d-1"))),
                new Fact.Refused(
                        new Rejection.Invalid(List.of(Problem.form("/id", "error.path.missing")))),
                new Fact.KillOrdered(
                        instance.taskId(), "a1", 3, 17, KillCause.SCALE_DOWN, Optional.of(5)),
                new Fact.DeploymentPut(
                        Deployment.of("d-2", NOON, List.of(), Optional.of("d-1"))
                                .withLaunchFailure(app.id())),
                new Fact.Accepted(NOON, Optional.empty(), List.of(instance.taskId())));
    }

    @ParameterizedTest
    @MethodSource("facts")
    void aFactReadsAsItWasWritten(Fact fact) throws Codec.Unreadable {
        assertThat(Codec.decode(Fact.class, Codec.encode(Fact.class, fact))).isEqualTo(fact);
    }

    /// Absent is how records that were written before these were known have them.
    @Test
    void anInstanceWithoutReadinessAndChecksWritesNoneAndReadsSo() throws Codec.Unreadable {
        var instance =
                Given.instance(Given.app("/web"), 1)
                        .withCheck("_app", Optional.of(new CheckResult.Tcp(true)))
                        .withCheck("_app", Optional.empty());
        var fact = new Fact.HealthPut(instance, Optional.empty());
        var bytes = Codec.encode(Fact.class, fact);

        assertThat(new String(bytes, StandardCharsets.UTF_8))
                .doesNotContain("readiness\"", "failed", "checks");
        assertThat(Codec.decode(Fact.class, bytes)).isEqualTo(fact);
    }

    /// Nor were disks, and terminals of a pod's containers.
    @Test
    void aPodAndItsVolumesAreWrittenAsTheyWereBefore() throws Exception {
        var json =
                """
                {"containers":[{"name":"c","exec":{"command":{"shell":"x"}},"resources":{},"tty":false,
                 "volumeMounts":[{"name":"v","mountPath":"v"}]}],
                 "volumes":[{"name":"v","persistent":{"size":1}}]}
                """;
        var tree = (ObjectNode) new ObjectMapper().readTree(json);
        var pod = ((Parsed.Ok<Pod>) PodJson.read(PathId.of("/pod"), tree)).value();
        var command =
                new AgentCommand.Launch(
                        "a",
                        1,
                        2,
                        new AgentCommand.Task(
                                InstanceId.of(PathId.of("/pod"), "1").task(1),
                                pod,
                                List.of(),
                                List.of(new LocalVolume("v", "pod#v#1", Optional.empty())),
                                true));
        var bytes = Codec.encode(AgentCommand.class, command);

        assertThat(new String(bytes, StandardCharsets.UTF_8))
                .doesNotContain("tty", "\"part\"", "\"disk\":{");
        assertThat(Codec.decode(AgentCommand.class, bytes)).isEqualTo(command);
    }

    /// Endpoints of before they carried their port's name.
    @Test
    void anEndpointWithoutAPortNameReadsSo() throws Codec.Unreadable {
        var old =
                """
                {"v":1,"record":{"type":"Endpoint","taskId":"web.instance-1._app.1","runSpecId":"/web",\
                "portIndex":0,"host":"10.0.0.1","port":31000,"servicePort":10000,"protocol":"tcp",\
                "labels":{"VIP_0":"/web:80"},"state":"READY"}}\
                """;

        var entity = Codec.decode(Entity.class, old.getBytes(StandardCharsets.UTF_8));

        assertThat(entity)
                .isEqualTo(
                        new Endpoint(
                                new TaskId("web.instance-1._app.1"),
                                PathId.of("/web"),
                                0,
                                Optional.empty(),
                                "10.0.0.1",
                                31_000,
                                10_000,
                                "tcp",
                                new TreeMap<>(Map.of("VIP_0", "/web:80")),
                                Endpoint.State.READY));
        assertThat(new String(Codec.encode(Entity.class, entity), StandardCharsets.UTF_8))
                .isEqualTo(old);
    }

    /// Of before there were container networks.
    @Test
    void aMappedPortAndAPlacementAreWrittenAsTheyWere() throws Codec.Unreadable {
        var port =
                """
                {"v":1,"record":{"port":10000,"protocol":"tcp","labels":{},\
                "mapping":{"containerPort":80,"hostPort":0}}}\
                """;
        var placement =
                """
                {"v":1,"record":{"agentId":"a1","hostname":"host1","ip":"10.0.0.1",\
                "hostPorts":[31000],"launchSequence":5}}\
                """;

        assertThat(again(PortDefinition.class, port)).isEqualTo(port);
        assertThat(again(Instance.Placement.class, placement)).isEqualTo(placement);
    }

    @Test
    void aPortWithoutAHostPortReadsSo() throws Codec.Unreadable {
        var mapping = new PortDefinition.Mapping(80, Optional.empty());

        assertThat(
                        Codec.decode(
                                PortDefinition.Mapping.class,
                                Codec.encode(PortDefinition.Mapping.class, mapping)))
                .isEqualTo(mapping);
    }

    private static <T> String again(Class<T> type, String text) throws Codec.Unreadable {
        var record = Codec.decode(type, text.getBytes(StandardCharsets.UTF_8));
        return new String(Codec.encode(type, record), StandardCharsets.UTF_8);
    }

    @Test
    void aJournalEntryReadsAsItWasWritten() throws Codec.Unreadable {
        var definition =
                JsonNodeFactory.instance.objectNode().put("id", "/web").put("cmd", "sleep 1");
        var wanted =
                new WantedChange(
                        "c-1",
                        new Actor(Actor.Kind.USER, "anna", Optional.of("127.0.0.1")),
                        Optional.empty(),
                        Optional.empty(),
                        "/v2/apps",
                        false,
                        new Change.UpdateApps(
                                List.of(new Change.AppUpdate(PathId.of("/web"), definition)),
                                true,
                                true));
        var entry =
                new JournalEntry(
                        7,
                        NOON,
                        "",
                        "0.1",
                        "abc",
                        Optional.of("c-1"),
                        Optional.of("c-1"),
                        Optional.of(3L),
                        wanted.actor(),
                        new Input.Changed(wanted),
                        facts().toList());

        assertThat(Codec.decode(JournalEntry.class, Codec.encode(JournalEntry.class, entry)))
                .isEqualTo(entry);
    }

    /// Written before there were users with rights, and before a change could have conditions.
    @Test
    void aChangeWithoutABasisReadsAsOneThatNeedsNone() throws Codec.Unreadable {
        var wanted =
                new WantedChange(
                        "c-1",
                        new Actor(Actor.Kind.USER, "anonymous", Optional.empty()),
                        Optional.empty(),
                        Optional.empty(),
                        "/v2/apps",
                        false,
                        new Change.DeleteApp(PathId.of("/web")));
        var old = Codec.encode(WantedChange.class, wanted);
        var basis =
                List.of(
                        new WantedChange.Basis(PathId.of("/web"), Optional.of(NOON)),
                        new WantedChange.Basis(PathId.of("/new"), Optional.empty()));

        var when =
                new Precondition(
                        Precondition.Kind.APP_OR_POD,
                        PathId.of("/web"),
                        Optional.of(List.of(Precondition.tag(NOON))),
                        Optional.empty());

        assertThat(new String(old, StandardCharsets.UTF_8)).doesNotContain("basis", "precondition");
        assertThat(Codec.decode(WantedChange.class, old)).isEqualTo(wanted);
        var judged = wanted.on(basis).when(Optional.of(when));
        assertThat(Codec.decode(WantedChange.class, Codec.encode(WantedChange.class, judged)))
                .isEqualTo(judged);
    }

    @Test
    void idsAreTextAndFamiliesNameTheirMember() {
        var bytes =
                Codec.encode(
                        AgentReport.class,
                        new AgentReport.EndpointDrained(
                                "p1",
                                new TaskId("web.instance-1._app.1"),
                                0,
                                AgentReport.Drain.IDLE));

        assertThat(new String(bytes, StandardCharsets.UTF_8))
                .isEqualTo(
                        "{\"v\":1,\"record\":{\"type\":\"EndpointDrained\",\"memberId\":\"p1\","
                                + "\"taskId\":\"web.instance-1._app.1\",\"portIndex\":0,\"drain\":\"IDLE\"}}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "not json",
                "[]",
                "{}",
                "null",
                "{\"v\":2,\"record\":{\"type\":\"AppGone\",\"id\":\"/web\"}}",
                "{\"v\":1,\"record\":{\"type\":\"NoSuchFact\"}}",
                "{\"v\":1,\"record\":{\"type\":\"AppGone\"}}",
                "{\"v\":1,\"record\":null}",
                "{\"v\":1,\"record\":{\"type\":\"AppGone\",\"id\":{\"a\":1}}}"
            })
    void whatIsNotOursIsUnreadable(String text) {
        assertThatThrownBy(() -> Codec.decode(Fact.class, text.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(Codec.Unreadable.class);
    }
}

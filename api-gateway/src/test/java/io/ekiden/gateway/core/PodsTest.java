package io.ekiden.gateway.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.gateway.Given;
import io.ekiden.gateway.Http;
import io.ekiden.json.Parsed;
import io.ekiden.json.PodJson;
import io.ekiden.log.Actor;
import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.log.Input;
import io.ekiden.log.JournalEntry;
import io.ekiden.log.WantedChange;
import io.ekiden.model.CheckResult;
import io.ekiden.model.Condition;
import io.ekiden.model.Goal;
import io.ekiden.model.Instance;
import io.ekiden.model.InstanceId;
import io.ekiden.model.PathId;
import io.ekiden.model.Pod;
import io.ekiden.model.TaskFailure;
import io.ekiden.model.VersionInfo;
import io.ekiden.state.ClusterImage;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodsTest {
    private static final String DEFINITION =
            """
            {"id": "/shop/pod", "containers": [
              {"name": "web", "exec": {"command": {"shell": "x"}}, "resources": {"cpus": 0.5, "mem": 64},
               "endpoints": [{"name": "http"}, {"name": "admin"}],
               "healthCheck": {"tcp": {"endpoint": "http"}}},
              {"name": "side", "exec": {"command": {"shell": "x"}}, "resources": {"cpus": 0.5, "mem": 64},
               "endpoints": [{"name": "other"}]}]}
            """;
    private static final Pod POD = pod();

    private static Pod pod() {
        var id = PathId.of("/shop/pod");
        return switch (PodJson.read(id, (ObjectNode) Http.parse(DEFINITION))) {
            case Parsed.Ok<Pod>(var pod) ->
                    pod.withVersion(Given.NOON, new VersionInfo(Given.NOON, Given.NOON));
            case Parsed.Invalid<Pod>(var problems) -> throw new AssertionError(problems.toString());
        };
    }

    private static Instance instance(Condition condition, Optional<Boolean> healthy) {
        boolean placed = condition != Condition.SCHEDULED;
        return new Instance(
                InstanceId.of(POD.id(), "0000-1"),
                POD.id(),
                1,
                POD.version(),
                POD.configVersion(),
                POD.footprint(),
                Goal.RUNNING,
                condition,
                Given.NOON,
                placed
                        ? Optional.of(
                                new Instance.Placement(
                                        "a1",
                                        "host-a1",
                                        "10.0.0.1",
                                        List.of(31, 32, 33),
                                        5,
                                        Optional.empty(),
                                        Optional.empty()))
                        : Optional.empty(),
                Optional.empty(),
                Optional.of(Given.NOON),
                Optional.of(Given.NOON),
                healthy,
                healthy.map(alive -> List.of(Given.health(alive))).orElse(List.of()),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static ClusterImage image(Instance instance) {
        return Given.image(Given.cluster(), Given.agent("a1"), Given.app("/app"), POD, instance);
    }

    private static JsonNode status(Instance instance) {
        return Ask.json(PodViews.status(Ask.of("/shop/pod"), image(instance)));
    }

    @ParameterizedTest(name = "{0} healthy={1}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # condition | healthy | pod      | instance | message
                    SCHEDULED   |         | DEGRADED |          |
                    STARTING    |         | DEGRADED | STAGING  |
                    RUNNING     |         | DEGRADED | DEGRADED | at least one container is not healthy
                    RUNNING     | false   | DEGRADED | DEGRADED | at least one container is not healthy
                    RUNNING     | true    | STABLE   | STABLE   |
                    UNREACHABLE |         | DEGRADED | DEGRADED | pod instance has become unreachable
                    """)
    void statusIsTheSumOfTheInstances(
            Condition condition, Boolean healthy, String pod, String instance, String message) {
        var status = status(instance(condition, Optional.ofNullable(healthy)));

        assertThat(status.path("status").asText()).isEqualTo(pod);
        assertThat(status.path("instances").path(0).path("status").asText(null))
                .isEqualTo(instance);
        assertThat(status.path("instances").path(0).path("message").asText(null))
                .isEqualTo(message);
    }

    @Test
    void aContainerHasItsPortsAndItsHealth() {
        var instance =
                status(instance(Condition.RUNNING, Optional.of(true))).path("instances").path(0);

        assertThat(Ask.fields(instance))
                .containsExactly(
                        "agentHostname",
                        "agentId",
                        "containers",
                        "id",
                        "lastChanged",
                        "lastUpdated",
                        "localVolumes",
                        "networks",
                        "resources",
                        "role",
                        "specReference",
                        "status",
                        "statusSince");
        assertThat(instance.path("specReference").asText())
                .isEqualTo("/v2/pods/shop/pod::versions/2026-11-23T12:00:00.000Z");
        var web = instance.path("containers").path(0);
        assertThat(web.path("containerId").asText()).isEqualTo("shop_pod.instance-0000-1.web.1");
        assertThat(web.path("endpoints").toString())
                .isEqualTo(
                        "[{\"name\":\"http\",\"allocatedHostPort\":31,\"healthy\":true},"
                                + "{\"name\":\"admin\",\"allocatedHostPort\":32,\"healthy\":true}]");
        assertThat(web.path("conditions").path(0).path("reason").asText())
                .isEqualTo("health-reported-by-mesos");
        var side = instance.path("containers").path(1);
        assertThat(side.path("endpoints").toString())
                .isEqualTo("[{\"name\":\"other\",\"allocatedHostPort\":33}]");
        assertThat(side.path("conditions")).isEmpty();
    }

    /// Marathon's status has no other place for it.
    @Test
    void whatACheckHasFoundIsAConditionOfItsContainer() {
        var instance =
                instance(Condition.RUNNING, Optional.of(true))
                        .withCheck("web", Optional.of(new CheckResult.Http(404)))
                        .withCheck("side", Optional.of(new CheckResult.Tcp(false)));

        var containers = status(instance).path("instances").path(0).path("containers");

        var web = containers.path(0).path("conditions");
        assertThat(web).hasSize(2);
        assertThat(web.path(1).path("name").asText()).isEqualTo("check");
        assertThat(web.path(1).path("value").asText()).isEqualTo("404");
        assertThat(containers.path(1).path("conditions").path(0).path("value").asText())
                .isEqualTo("false");
    }

    @Test
    void theLastFailureIsRemembered() {
        var image = image(instance(Condition.RUNNING, Optional.of(true)));
        image.put(
                new TaskFailure(
                        POD.id(),
                        InstanceId.of(POD.id(), "0000-1").task(1),
                        "TASK_FAILED",
                        "container 'web': exit",
                        Optional.empty(),
                        Optional.empty(),
                        Given.NOON,
                        Given.NOON));

        var history =
                Ask.json(PodViews.status(Ask.of("/shop/pod"), image)).path("terminationHistory");
        assertThat(history).hasSize(1);
        assertThat(history.path(0).path("message").asText()).isEqualTo("container 'web': exit");
        assertThat(history.path(0).path("containers")).hasSize(2);
    }

    @Test
    void appsAreNoPodsAndPodsAreNoApps() {
        var image = image(instance(Condition.SCHEDULED, Optional.empty()));

        assertThat(Ask.json(PodViews.list(Ask.of("/"), image))).hasSize(1);
        assertThat(PodViews.one(Ask.of("/app"), image).status()).isEqualTo(404);
        assertThat(AppViews.one(Ask.of("/shop/pod"), image).status()).isEqualTo(404);
        assertThat(Ask.json(PodViews.versions(Ask.of("/shop/pod"), image)).toString())
                .isEqualTo("[\"2026-11-23T12:00:00.000Z\"]");
        assertThat(
                        Ask.json(ClusterViews.queue(Ask.of("/"), image))
                                .path("queue")
                                .path(0)
                                .path("pod")
                                .path("id")
                                .asText())
                .isEqualTo("/shop/pod");
    }

    @Test
    void theIdInTheBodyMustBeThatOfThePath() {
        var refused = PodChanges.update(Ask.with("/other", DEFINITION));

        assertThat(refused).isInstanceOf(Wanted.Refused.class);
        assertThat(((Wanted.Refused) refused).answer().status()).isEqualTo(400);
        assertThat(PodChanges.update(Ask.with("/shop/pod", DEFINITION)))
                .isInstanceOf(Wanted.Write.class);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"create,pod_created_event", "update,pod_updated_event", "delete,pod_deleted_event"})
    void acceptedChangesAreEvents(String what, String event) {
        var definition = (ObjectNode) Http.parse(DEFINITION);
        Change change =
                switch (what) {
                    case "create" -> new Change.CreatePod(POD.id(), definition);
                    case "update" -> new Change.UpdatePod(POD.id(), definition);
                    default -> new Change.DeletePod(POD.id());
                };
        var wanted =
                new WantedChange(
                        "c",
                        new Actor(Actor.Kind.USER, "anna", Optional.of("10.0.0.9")),
                        Optional.empty(),
                        Optional.empty(),
                        "/v2/pods",
                        false,
                        change);
        var accepted = new Fact.Accepted(Given.NOON, Optional.empty(), List.of());

        assertThat(events(wanted, accepted)).contains(event).contains("group_change_success");
    }

    private static List<String> events(WantedChange wanted, Fact fact) {
        var entry =
                new JournalEntry(
                        5,
                        Given.NOON,
                        "",
                        "v",
                        "c",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        wanted.actor(),
                        new Input.Changed(wanted),
                        List.of(fact));
        return Events.of(entry).stream().map(Event::type).toList();
    }
}

package io.ekiden.gateway.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.gateway.Given;
import io.ekiden.gateway.Http;
import io.ekiden.json.AppJson;
import io.ekiden.json.Parsed;
import io.ekiden.log.Actor;
import io.ekiden.log.Fact;
import io.ekiden.log.Input;
import io.ekiden.log.JournalEntry;
import io.ekiden.model.App;
import io.ekiden.model.Condition;
import io.ekiden.model.Former;
import io.ekiden.model.PathId;
import io.ekiden.model.RunSpec;
import io.ekiden.model.VersionInfo;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The events about health checks, unknown tasks and the cluster's beginning.
class HealthCheckEventsTest {
    private static final PathId WEB = PathId.of("/shop/web");
    private static final Instant LATER = Given.NOON.plusSeconds(1);

    private static App app(String checks, Instant version, Instant configured) {
        var json =
                Http.parse(
                        "{\"cmd\": \"x\", \"healthChecks\": [" + checks.replace('\'', '"') + "]}");
        return AppJson.read(WEB, (ObjectNode) json) instanceof Parsed.Ok<App>(var app)
                ? app.withVersion(version, new VersionInfo(version, configured))
                : null;
    }

    private static final String TCP = "{'protocol': 'TCP'}";
    private static final String SHELL = "{'protocol': 'COMMAND', 'command': {'value': 'true'}}";

    private static List<ObjectNode> events(Fact... facts) {
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
                        Actor.PLANNER,
                        new Input.Founded("kafka"),
                        List.of(facts));
        return Events.of(entry).stream().map(Event::json).toList();
    }

    private static List<String> types(List<ObjectNode> events) {
        return events.stream().map(event -> event.path("eventType").asText()).toList();
    }

    private static Fact former(App app) {
        return new Fact.FormerKept(
                new Former(LATER, WEB, Optional.of(app), Optional.empty(), Optional.empty()));
    }

    @Test
    void theChecksOfANewAppAreAdded() {
        var events = events(new Fact.RunSpecPut(app(TCP + "," + SHELL, Given.NOON, Given.NOON)));

        assertThat(types(events))
                .containsExactly("add_health_check_event", "add_health_check_event");
        var first = events.getFirst();
        assertThat(first.path("appId").asText()).isEqualTo("/shop/web");
        assertThat(first.path("version").asText()).isEqualTo("2026-11-23T12:00:00.000Z");
        assertThat(first.at("/healthCheck/protocol").asText()).isEqualTo("TCP");
        assertThat(events.getLast().at("/healthCheck/command/value").asText()).isEqualTo("true");
    }

    @Test
    void withAnotherConfigurationTheChecksAreOthers() {
        var before = app(TCP, Given.NOON, Given.NOON);
        var after = app(SHELL, LATER, LATER);

        var events = events(former(before), new Fact.RunSpecPut(after));

        assertThat(types(events))
                .containsExactly("remove_health_check_event", "add_health_check_event");
        assertThat(events.getFirst().path("appId").asText()).isEqualTo("/shop/web");
        assertThat(events.getFirst().at("/healthCheck/protocol").asText()).isEqualTo("TCP");
    }

    @Test
    void whereOnlyTheNumberOfInstancesChangesTheChecksStay() {
        var before = app(TCP, Given.NOON, Given.NOON);

        assertThat(events(former(before), new Fact.RunSpecPut(app(TCP, LATER, Given.NOON))))
                .isEmpty();
    }

    @Test
    void theChecksOfAnAppThatEndsAreRemovedBeforeIt() {
        var events =
                events(
                        former(app(TCP, Given.NOON, Given.NOON)),
                        new Fact.RunSpecGone(RunSpec.Kind.APP, WEB));

        assertThat(types(events))
                .containsExactly("remove_health_check_event", "app_terminated_event");
    }

    @Test
    void aFailedCheckIsToldWithItsInstance() {
        var app = app(TCP, Given.NOON, Given.NOON);
        var instance = Given.running(app, 1);

        var events = events(new Fact.HealthPut(instance, Optional.of(app.healthChecks())));

        assertThat(types(events))
                .containsExactly(
                        "failed_health_check_event",
                        "health_status_changed_event",
                        "instance_health_changed_event");
        var failed = events.getFirst();
        assertThat(failed.path("appId").asText()).isEqualTo("/shop/web");
        assertThat(failed.path("taskId").asText()).isEqualTo("shop_web.instance-0000-1");
        assertThat(failed.at("/healthCheck/protocol").asText()).isEqualTo("TCP");
    }

    @Test
    void theEndOfAnUnknownTaskNamesItsInstance() {
        var task = Given.running(Given.app("/shop/web"), 1).taskId();

        var event = events(new Fact.UnknownEnded(task, Condition.KILLED)).getFirst();

        assertThat(event.path("instanceId").asText()).isEqualTo("shop_web.instance-0000-1");
        assertThat(event.path("runSpecId").asText()).isEqualTo("/shop/web");
        assertThat(event.path("condition").asText()).isEqualTo("Killed");
    }

    @Test
    void theFoundingOfTheClusterIsItsRegistration() {
        var event = events(new Fact.ClusterPut(Given.cluster())).getFirst();

        assertThat(event.path("eventType").asText()).isEqualTo("scheduler_registered_event");
        assertThat(event.path("frameworkId").asText()).isEqualTo("cluster-1");
        assertThat(event.path("master").asText()).isEmpty();
    }
}

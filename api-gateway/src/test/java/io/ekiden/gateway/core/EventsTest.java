package io.ekiden.gateway.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.gateway.Given;
import io.ekiden.log.Actor;
import io.ekiden.log.AgentReport;
import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.log.Input;
import io.ekiden.log.JournalEntry;
import io.ekiden.log.Rejection;
import io.ekiden.log.WantedChange;
import io.ekiden.model.App;
import io.ekiden.model.Condition;
import io.ekiden.model.Deployment;
import io.ekiden.model.Instance;
import io.ekiden.model.KillCause;
import io.ekiden.model.RunSpec;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class EventsTest {
    private static final App WEB = Given.app("/shop/web");
    private static final Instance RUNNING = Given.running(WEB, 1);
    private static final Instance SCHEDULED = Given.instance(WEB, 1, Condition.SCHEDULED);
    private static final Deployment TWO_STEPS =
            Given.deployment(WEB.id(), Deployment.Kind.START, Deployment.Kind.SCALE);
    private static final Fact ACCEPTED =
            new Fact.Accepted(Given.NOON, Optional.of("d-1"), List.of());

    private static List<Event> events(Input input, Fact... facts) {
        return Events.of(
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
                        input,
                        List.of(facts)));
    }

    private static List<Event> events(Fact... facts) {
        return events(new Input.Due(List.of()), facts);
    }

    private static Input wanted(String uri, Change change) {
        var actor = new Actor(Actor.Kind.USER, "anonymous", Optional.of("10.9.8.7"));
        return new Input.Changed(
                new WantedChange(
                        "c-1", actor, Optional.empty(), Optional.empty(), uri, false, change));
    }

    private static ObjectNode definition() {
        return Answer.object().put("id", "/shop/web");
    }

    static Stream<Arguments> facts() {
        var failed = Given.instance(WEB, 1, Condition.FAILED);
        return Stream.of(
                Arguments.of(
                        "a new instance waits",
                        new Fact.InstancePut(SCHEDULED, Optional.empty(), ""),
                        "instance_changed_event"),
                Arguments.of(
                        "a task runs",
                        new Fact.InstancePut(RUNNING, Optional.of(Condition.STARTING), ""),
                        "status_update_event instance_changed_event"),
                Arguments.of(
                        "something else about a task changes",
                        new Fact.InstancePut(RUNNING, Optional.of(Condition.RUNNING), ""),
                        ""),
                Arguments.of(
                        "an instance ends",
                        new Fact.InstanceGone(failed, Condition.RUNNING, "exit 1"),
                        "status_update_event instance_changed_event"),
                Arguments.of(
                        "tasks are launched",
                        new Fact.Launched(
                                WEB,
                                List.of(Given.instance(WEB, 1, Condition.PROVISIONED)),
                                List.of(new Fact.Target(1, 1))),
                        "instance_changed_event"),
                Arguments.of(
                        "health changes",
                        new Fact.HealthPut(RUNNING, Optional.empty()),
                        "health_status_changed_event instance_health_changed_event"),
                Arguments.of("readiness changes", new Fact.ReadinessPut(RUNNING), ""),
                Arguments.of("a check finds something", new Fact.CheckPut(RUNNING), ""),
                Arguments.of(
                        "an app ends",
                        new Fact.RunSpecGone(RunSpec.Kind.APP, WEB.id()),
                        "app_terminated_event"),
                Arguments.of(
                        "a deployment begins",
                        new Fact.DeploymentStarted(TWO_STEPS),
                        "deployment_info"),
                Arguments.of(
                        "a deployment moves on",
                        new Fact.DeploymentAdvanced(TWO_STEPS.next()),
                        "deployment_step_success deployment_info"),
                Arguments.of(
                        "a deployment ends",
                        new Fact.DeploymentFinished(TWO_STEPS.next().next()),
                        "deployment_step_success deployment_success"),
                Arguments.of(
                        "a deployment without steps ends",
                        new Fact.DeploymentFinished(Given.deployment(WEB.id())),
                        "deployment_success"),
                Arguments.of(
                        "a deployment is cancelled",
                        new Fact.DeploymentCancelled(TWO_STEPS.next(), "cancelled"),
                        "deployment_step_failure deployment_failed"),
                Arguments.of(
                        "a task ends that nobody knows",
                        new Fact.UnknownEnded(RUNNING.taskId(), Condition.KILLED),
                        "unknown_instance_terminated_event"),
                Arguments.of("an agent joins", new Fact.AgentPut(Given.agent("a1")), ""),
                Arguments.of(
                        "a user kills",
                        new Fact.KillOrdered(
                                RUNNING.taskId(), "a1", 1, 1, KillCause.USER, Optional.empty()),
                        ""));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("facts")
    void aFactIsToldInMarathonsEvents(String what, Fact fact, String types) {
        var events = events(fact);

        assertThat(events)
                .extracting(Event::type)
                .containsExactly(types.isEmpty() ? new String[0] : types.split(" "));
        assertThat(events)
                .allSatisfy(event -> {
                    assertThat(event.json().path("eventType").asText()).isEqualTo(event.type());
                    assertThat(event.json().path("timestamp").asText())
                            .isEqualTo("2026-11-23T12:00:00.000Z");
                });
    }

    @Test
    void aStatusUpdateHasMarathonsFields() {
        var event =
                events(new Fact.InstancePut(RUNNING, Optional.of(Condition.STARTING), "up"))
                        .getFirst()
                        .json();

        assertThat(event.toString())
                .isEqualTo(
                        "{\"slaveId\":\"a1\",\"taskId\":\"shop_web.instance-0000-1._app.1\","
                                + "\"taskStatus\":\"TASK_RUNNING\",\"message\":\"up\",\"appId\":\"/shop/web\","
                                + "\"host\":\"10.0.0.1\",\"ipAddresses\":[{\"ipAddress\":\"10.0.0.1\",\"protocol\":\"IPv4\"}],"
                                + "\"ports\":[31001],\"version\":\"2026-11-23T12:00:00.000Z\","
                                + "\"eventType\":\"status_update_event\",\"timestamp\":\"2026-11-23T12:00:00.000Z\"}");
    }

    @Test
    void anInstanceChangeHasMarathonsFields() {
        var event = events(new Fact.InstancePut(SCHEDULED, Optional.empty(), "")).getFirst().json();

        assertThat(event.toString())
                .isEqualTo(
                        "{\"instanceId\":\"shop_web.instance-0000-1\",\"condition\":\"Scheduled\","
                                + "\"runSpecId\":\"/shop/web\",\"agentId\":\"\",\"host\":\"\","
                                + "\"runSpecVersion\":\"2026-11-23T12:00:00.000Z\","
                                + "\"eventType\":\"instance_changed_event\",\"timestamp\":\"2026-11-23T12:00:00.000Z\"}");
    }

    @Test
    void theStepThatEndedIsNotTheOneThatBegins() {
        var events = events(new Fact.DeploymentAdvanced(TWO_STEPS.next()));

        assertThat(events.get(0).json().at("/currentStep/actions/0/action").asText())
                .isEqualTo("StartApplication");
        assertThat(events.get(1).json().at("/currentStep/actions/0/action").asText())
                .isEqualTo("ScaleApplication");
        assertThat(events.get(1).json().at("/plan/id").asText()).isEqualTo("d-1");
        assertThat(events.get(1).json().at("/plan/steps")).hasSize(2);
    }

    @Test
    void aDeploymentThatFailedTellsWhyAndTheNextThatItTakesItBack() {
        var back = Deployment.of("d-2", Given.NOON, TWO_STEPS.steps(), Optional.of(TWO_STEPS.id()));

        var events =
                events(
                        new Fact.DeploymentCancelled(TWO_STEPS, "2 launches have failed"),
                        new Fact.DeploymentStarted(back));

        assertThat(events)
                .extracting(Event::type)
                .containsExactly("deployment_step_failure", "deployment_failed", "deployment_info");
        assertThat(events.getFirst().json().at("/currentStep/actions/0/action").asText())
                .isEqualTo("StartApplication");
        var failed = events.get(1).json();
        assertThat(failed.path("id").asText()).isEqualTo("d-1");
        assertThat(failed.path("reason").asText()).isEqualTo("2 launches have failed");
        assertThat(failed.path("plan").has("reverts")).isFalse();
        assertThat(events.getLast().json().at("/plan/reverts").asText()).isEqualTo("d-1");
    }

    @Test
    void theCreationOfAnAppIsPosted() {
        var events =
                events(
                        wanted("/v2/apps", new Change.CreateApp(WEB.id(), definition())),
                        new Fact.RunSpecPut(WEB),
                        ACCEPTED);

        assertThat(events)
                .extracting(Event::type)
                .containsExactly("api_post_event", "group_change_success");
        var post = events.getFirst().json();
        assertThat(post.path("clientIp").asText()).isEqualTo("10.9.8.7");
        assertThat(post.path("uri").asText()).isEqualTo("/v2/apps");
        assertThat(post.at("/appDefinition/id").asText()).isEqualTo("/shop/web");
        assertThat(events.get(1).json().path("groupId").asText()).isEqualTo("/shop");
    }

    static Stream<Arguments> changes() {
        var update = new Change.AppUpdate(WEB.id(), definition());
        var one = new Change.UpdateApps(List.of(update), true, true);
        return Stream.of(
                Arguments.of(
                        "/v2/apps/shop/web?force=true", one, "api_post_event group_change_success"),
                Arguments.of("/v2/apps", one, "group_change_success"),
                Arguments.of("//v2/apps/?force=true", one, "group_change_success"),
                Arguments.of(
                        "/v2/apps/shop/web",
                        new Change.DeleteApp(WEB.id()),
                        "group_change_success"),
                Arguments.of(
                        "/v2/apps/shop/web/restart",
                        new Change.RestartApp(WEB.id()),
                        "group_change_success"),
                Arguments.of(
                        "/v2/tasks/delete",
                        new Change.KillTasks(Optional.empty(), List.of(), true, false),
                        "group_change_success"),
                Arguments.of(
                        "/v2/tasks/delete",
                        new Change.KillTasks(Optional.empty(), List.of(), false, false),
                        ""),
                Arguments.of("/v2/queue/x/delay", new Change.ResetDelay(WEB.id()), ""));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("changes")
    void onlyWhatChangesOneAppIsPosted(String uri, Change change, String types) {
        assertThat(events(wanted(uri, change), new Fact.RunSpecPut(WEB), ACCEPTED))
                .extracting(Event::type)
                .containsExactly(types.isEmpty() ? new String[0] : types.split(" "));
    }

    @Test
    void aRefusedChangeIsAFailedOne() {
        var events =
                events(
                        wanted("/v2/apps", new Change.CreateApp(WEB.id(), definition())),
                        new Fact.Refused(new Rejection.AlreadyExists(RunSpec.Kind.APP, WEB.id())));

        assertThat(events).extracting(Event::type).containsExactly("group_change_failed");
        assertThat(events.getFirst().json().path("reason").asText())
                .isEqualTo("An app with id [/shop/web] already exists.");
    }

    @Test
    void theKillOfAnUnhealthyTaskSaysWhyAndIsToldOnce() {
        var report =
                new Input.Reported(
                        new AgentReport.HealthChanged(
                                "a1",
                                1,
                                RUNNING.taskId(),
                                false,
                                true,
                                List.of(Given.health(false))));
        var order =
                new Fact.KillOrdered(
                        RUNNING.taskId(), "a1", 1, 1, KillCause.UNHEALTHY, Optional.empty());

        var first = events(report, order, stopping(1)).getFirst();
        var again = events(order, stopping(2));

        assertThat(first.type()).isEqualTo("unhealthy_instance_kill_event");
        assertThat(first.json().path("reason").asText()).isEqualTo("connection refused");
        assertThat(first.json().path("host").asText()).isEqualTo("10.0.0.1");
        assertThat(first.json().path("instanceId").asText()).isEqualTo("shop_web.instance-0000-1");
        assertThat(again).extracting(Event::type).doesNotContain("unhealthy_instance_kill_event");
    }

    private static Fact stopping(int attempts) {
        var killing =
                Given.instance(WEB, 1, Condition.KILLING)
                        .withStopping(
                                Optional.of(
                                        new Instance.Stopping(
                                                KillCause.UNHEALTHY,
                                                Given.NOON,
                                                Collections.emptySortedSet(),
                                                attempts)));
        return new Fact.InstancePut(killing, Optional.of(Condition.RUNNING), "");
    }
}

package io.ekiden.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ekiden.gateway.GatewayConfig.Limits;
import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.log.Precondition;
import io.ekiden.log.Rejection;
import io.ekiden.model.App;
import io.ekiden.model.Condition;
import io.ekiden.model.Instance;
import io.ekiden.model.PathId;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WritesTest {
    private static final App WEB = Given.app("/shop/web");
    private static final Instance TASK = Given.running(WEB, 1);
    private static final Fact DONE =
            new Fact.Accepted(Given.NOON, Optional.of("d-1"), List.of(TASK.taskId()));

    private final TestCluster cluster = new TestCluster();

    @AfterEach
    void close() {
        cluster.close();
    }

    private static Limits limits(Duration write, int requests) {
        var usual = Limits.DEFAULT;
        return new Limits(
                write,
                usual.read(),
                requests,
                usual.bodyBytes(),
                usual.streams(),
                usual.outstandingEvents(),
                usual.heartbeat(),
                usual.idle(),
                usual.requestsEach(),
                usual.streamsEach());
    }

    @Test
    void everyMutationIsAnsweredFromItsEntry() {
        cluster.planner()
                .append(new Fact.RunSpecPut(WEB), new Fact.InstancePut(TASK, Optional.empty(), ""));
        cluster.planner()
                .script((wanted, image) -> {
                    boolean creates = wanted.change() instanceof Change.UpdateApps;
                    return creates && image.app(PathId.of("/new")).isEmpty()
                            ? List.of(new Fact.RunSpecPut(Given.app("/new")), DONE)
                            : List.of(DONE);
                });
        var http = cluster.start();
        var task = "/v2/apps/shop/web/tasks/" + TASK.taskId();
        var result = "{\"version\":\"2026-11-23T12:00:00.000Z\",\"deploymentId\":\"d-1\"}";

        var created = http.send("PUT", "/v2/apps/new", "{\"cmd\":\"x\"}");
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.header("Location")).isEqualTo("/new");
        assertThat(created.text()).isEqualTo(result);
        for (var reply :
                List.of(
                        http.send("PUT", "/v2/apps/new", "{\"cmd\":\"x\"}"),
                        http.send("PATCH", "/v2/apps/shop/web", "{\"instances\":1}"),
                        http.send("PUT", "/v2/apps", "[{\"id\":\"/shop/web\"}]"),
                        http.send("PATCH", "/v2/apps", "[{\"id\":\"/shop/web\"}]"),
                        http.send("POST", "/v2/apps/shop/web/restart"),
                        http.send("DELETE", "/v2/apps/shop/web"),
                        http.send("DELETE", "/v2/apps/shop/web/tasks?scale=true"),
                        http.send("DELETE", task + "?scale=true"))) {
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.text()).isEqualTo(result);
            assertThat(reply.header("Marathon-Deployment-Id")).isEqualTo("d-1");
        }
        var killed = http.send("DELETE", "/v2/apps/shop/web/tasks?host=*");
        assertThat(killed.json().at("/tasks/0/id").asText()).isEqualTo(TASK.taskId().value());
        var one = http.send("DELETE", task);
        assertThat(one.json().at("/task/host").asText()).isEqualTo("10.0.0.1");
        var bulk = http.send("POST", "/v2/tasks/delete", "{\"ids\":[\"" + TASK.taskId() + "\"]}");
        assertThat(bulk.json().path("tasks")).hasSize(1);
        var delay = http.send("DELETE", "/v2/queue/shop/web/delay");
        assertThat(delay.status()).isEqualTo(204);
        assertThat(delay.text()).isEmpty();
    }

    @Test
    void aTaskThatTheChangeEndedIsStillShown() {
        var last = Given.instance(WEB, 1, Condition.KILLED);
        cluster.planner()
                .append(new Fact.RunSpecPut(WEB), new Fact.InstancePut(TASK, Optional.empty(), ""));
        cluster.planner()
                .script((_, _) ->
                        List.of(new Fact.InstanceGone(last, Condition.RUNNING, ""), DONE));
        var http = cluster.start();

        var reply = http.send("DELETE", "/v2/apps/shop/web/tasks");

        assertThat(reply.json().at("/tasks/0/state").asText()).isEqualTo("TASK_KILLED");
    }

    @Test
    void whoCalledAndWhyIsHandedToThePlanner() {
        cluster.planner().script((_, _) -> List.of(DONE));
        var http = cluster.start();
        var trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

        http.send(
                http.request("/v2/apps/web?force=true")
                        .header("X-Ekiden-Reason", "because")
                        .header("traceparent", trace)
                        .PUT(BodyPublishers.ofString("{\"cmd\":\"x\"}")));

        var wanted = cluster.planner().seen().getFirst();
        assertThat(wanted.actor().address()).contains("127.0.0.1");
        assertThat(wanted.reason()).contains("because");
        assertThat(wanted.traceparent()).contains(trace);
        assertThat(wanted.uri()).isEqualTo("/v2/apps/web?force=true");
        assertThat(wanted.force()).isTrue();
    }

    @Test
    void whatMustBeThereIsHandedToThePlanner() {
        cluster.planner().append(new Fact.RunSpecPut(WEB));
        cluster.planner()
                .script((_, _) ->
                        List.of(new Fact.Refused(new Rejection.PreconditionFailed("no"))));
        var http = cluster.start();
        var tag = http.get("/v2/apps/shop/web").header("ETag");

        var reply =
                http.send(
                        http.request("/v2/apps/shop/web")
                                .header("If-Match", tag)
                                .PUT(BodyPublishers.ofString("{\"cmd\":\"x\"}")));

        assertThat(reply.status()).isEqualTo(412);
        assertThat(reply.message()).isEqualTo("no");
        assertThat(tag).isEqualTo("\"2026-11-23T12:00:00.000Z\"");
        assertThat(cluster.planner().seen().getFirst().precondition())
                .contains(
                        new Precondition(
                                Precondition.Kind.APP_OR_POD,
                                WEB.id(),
                                Optional.of(List.of("2026-11-23T12:00:00.000Z")),
                                Optional.empty()));
    }

    @Test
    void aConditionThatCannotBeUnderstoodIsNotPassedOver() {
        var http = cluster.start();

        var reply =
                http.send(
                        http.request("/v2/apps/shop/web").header("If-Match", "yesterday").DELETE());

        assertThat(reply.status()).isEqualTo(400);
        assertThat(cluster.planner().seen()).isEmpty();
    }

    @Test
    void aBugInThePlannerIsAnswered() {
        cluster.planner().script((_, _) -> List.of(new Fact.InputFailed("boom")));
        var http = cluster.start();

        var reply = http.send("DELETE", "/v2/apps/web");

        assertThat(reply.status()).isEqualTo(500);
        assertThat(reply.message()).isEqualTo("boom");
    }

    @Test
    void aRefusalKeepsMarathonsEnvelope() {
        cluster.planner()
                .script((_, _) -> List.of(new Fact.Refused(new Rejection.Locked(List.of("d-7")))));
        var http = cluster.start();

        var reply = http.send("DELETE", "/v2/apps/web?force=false");

        assertThat(reply.status()).isEqualTo(409);
        assertThat(reply.json().at("/deployments/0/id").asText()).isEqualTo("d-7");
    }

    @Test
    void withoutADecisionInTimeTheOutcomeIsUnknown() {
        var http = cluster.start(c -> c.withLimits(limits(Duration.ofMillis(500), 10)));

        var reply = http.send("DELETE", "/v2/apps/web");

        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.message()).contains("unknown");
        assertThat(reply.header("Retry-After")).isNotEmpty();
        assertThat(http.get("/metrics").json().at("/gauges/parked_writes/value").asInt()).isZero();
    }

    @Test
    void noMoreRequestsAreInFlightThanAllowed() {
        var http = cluster.start(c -> c.withLimits(limits(Duration.ofSeconds(20), 1)));
        var parked =
                http.client()
                        .sendAsync(
                                http.request("/v2/apps/web").DELETE().build(),
                                BodyHandlers.ofString());
        await().until(() -> !cluster.planner().seen().isEmpty());

        var refused = http.get("/v2/apps");

        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.message()).isEqualTo("Too many concurrent requests! Allowed: 1.");
        var _ = parked.cancel(true);
        await().atMost(Duration.ofSeconds(10)).until(() -> http.get("/v2/apps").status() == 200);
    }
}

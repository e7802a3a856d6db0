package io.ekiden.e2e.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// `/v2/queue`: table a.6, with what part c.7 says of delays.
final class QueueContractIT extends ContractTest {

    private Optional<JsonNode> queued(String id, String query) {
        return Api.each(api.get("/v2/queue" + query).at("/queue"))
                .filter(item ->
                        item.at("/app/id").asText().equals(id)
                                || item.at("/pod/id").asText().equals(id))
                .findFirst();
    }

    private JsonNode awaitQueued(String id, String query) {
        await().atMost(PATIENCE).until(() -> queued(id, query).isPresent());
        return queued(id, query).orElseThrow();
    }

    @Test
    @DisplayName("an app that fits nowhere waits, with the reason in the funnel")
    void funnel() {
        var id = fresh();
        api.post("/v2/apps", HUGE, id);
        await().atMost(PATIENCE)
                .until(() ->
                        queued(id, "")
                                .filter(item ->
                                        item.at("/processedOffersSummary/processedOffersCount")
                                                        .asInt()
                                                > 0)
                                .isPresent());

        var item = awaitQueued(id, "");

        assertThat(item.path("count").asInt()).isEqualTo(1);
        assertThat(item.path("role").asText()).isEqualTo("*");
        assertThat(item.path("since").asText()).isNotEmpty();
        assertThat(item.at("/delay/overdue").asBoolean()).isTrue();
        assertThat(item.at("/delay/timeLeftSeconds").asInt()).isZero();
        assertThat(item.has("lastUnusedOffers")).isFalse();
        var summary = item.path("processedOffersSummary");
        assertThat(summary.path("unusedOffersCount").asInt()).isEqualTo(1);
        assertThat(summary.path("lastUnusedOfferAt").asText()).isNotEmpty();
        var funnel = summary.path("rejectSummaryLastOffers");
        assertThat(Api.each(funnel).map(step -> step.path("reason").asText()))
                .containsExactly(
                        "UnfulfilledRole",
                        "UnfulfilledConstraint",
                        "NoCorrespondingReservationFound",
                        "AgentMaintenance",
                        "InsufficientCpus",
                        "InsufficientMemory",
                        "InsufficientDisk",
                        "InsufficientGpus",
                        "InsufficientPorts",
                        "DeclinedScarceResources");
        assertThat(funnel.at("/4/declined").asInt()).isEqualTo(1);
        assertThat(funnel.at("/4/processed").asInt()).isEqualTo(1);
        assertThat(funnel.at("/5/processed").asInt()).isZero();
        assertThat(summary.path("rejectSummaryLaunchAttempt")).hasSize(10);
    }

    @Test
    @DisplayName("lastUnusedOffers are embedded when asked for")
    void offers() {
        var id = fresh();
        api.post("/v2/apps", HUGE, id);
        await().atMost(PATIENCE)
                .until(() ->
                        queued(id, "?embed=lastUnusedOffers")
                                .filter(item -> item.path("lastUnusedOffers").size() == 1)
                                .isPresent());

        var unused = awaitQueued(id, "?embed=lastUnusedOffers").at("/lastUnusedOffers/0");

        assertThat(unused.path("reason").toString()).isEqualTo("[\"InsufficientCpus\"]");
        assertThat(unused.path("timestamp").asText()).isNotEmpty();
        assertThat(unused.at("/offer/hostname").asText()).isEqualTo("127.0.0.1");
        assertThat(unused.at("/offer/agentId").asText()).isNotEmpty();
        assertThat(unused.at("/offer/id").asText()).isNotEmpty();
        assertThat(Api.each(unused.at("/offer/resources")).map(one -> one.path("name").asText()))
                .contains("cpus", "mem", "disk", "ports");
        assertThat(unused.at("/offer/attributes").isArray()).isTrue();
    }

    @Test
    @DisplayName("a GPU is a resource like others, and where there is none the app waits")
    void gpus() {
        var id = fresh();
        api.post("/v2/apps", NONE.replace("'instances': 0", "'gpus': 1"), id);
        var declined = "/processedOffersSummary/rejectSummaryLastOffers/7";

        await().atMost(PATIENCE)
                .until(() ->
                        queued(id, "")
                                .filter(item -> item.at(declined + "/declined").asInt() == 1)
                                .isPresent());

        assertThat(queued(id, "").orElseThrow().at(declined + "/reason").asText())
                .isEqualTo("InsufficientGpus");
    }

    @Test
    @DisplayName("a pod waits as a pod")
    void pods() {
        var id = fresh();
        api.post("/v2/pods", POD.replace("0.01", "10000"), id, 2);

        var item = awaitQueued(id, "");

        assertThat(item.at("/pod/id").asText()).isEqualTo(id);
        assertThat(item.has("app")).isFalse();
        assertThat(item.path("count").asInt()).isEqualTo(2);
    }

    @Test
    @DisplayName("after a failure the next launch is held back, until the delay is reset")
    void delay() {
        var id = fresh();
        api.post(
                "/v2/apps",
                "{'id': '%s', 'cmd': 'exit 1', 'cpus': 0.01, 'mem': 4, 'backoffSeconds': 250}",
                id);
        await().atMost(PATIENCE)
                .until(() ->
                        queued(id, "")
                                .filter(item -> !item.at("/delay/overdue").asBoolean())
                                .isPresent());
        assertThat(queued(id, "").orElseThrow().at("/delay/timeLeftSeconds").asInt())
                .isBetween(200, 250);
        var failed = appOf(id).at("/lastTaskFailure/taskId").asText();

        var reply = api.delete("/v2/queue" + id + "/delay");

        assertThat(reply.status()).isEqualTo(204);
        assertThat(reply.text()).isEmpty();
        await().atMost(PATIENCE)
                .until(() -> !appOf(id).at("/lastTaskFailure/taskId").asText().equals(failed));
    }

    @Test
    @DisplayName("what does not wait has no delay to reset")
    void noDelay() {
        var id = app();

        assertThat(api.delete("/v2/queue" + id + "/delay").refusal())
                .isEqualTo("404 Application %s not found in tasks queue.".formatted(id));
        assertThat(api.delete("/v2/queue/no/such/delay").refusal())
                .isEqualTo("404 Application /no/such not found in tasks queue.");
        assertThat(queued(id, "")).isEmpty();
    }
}

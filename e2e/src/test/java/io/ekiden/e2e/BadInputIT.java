package io.ekiden.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.ekiden.log.Topics;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/// Whatever is thrown at it: Marathon's error or a visible reason, and the next request works.
final class BadInputIT extends EkidenTest {

    @Test
    void malformedAndWrongBodiesAreAnsweredAndTheNextRequestWorks() throws Exception {
        var ekiden = up();

        assertThat(ekiden.post("/v2/apps", "{\"id\": ").status()).isEqualTo(400);
        assertThat(ekiden.post("/v2/apps", "").status()).isIn(400, 422);
        assertThat(ekiden.post("/v2/apps", "[1, 2]").status()).isIn(400, 422);
        var wrongType =
                ekiden.post("/v2/apps", "{\"id\": \"/x\", \"cmd\": \"true\", \"cpus\": \"many\"}");
        assertThat(wrongType.status()).isIn(400, 422);
        assertThat(wrongType.body().path("message").asText()).isNotEmpty();
        assertThat(wrongType.body().path("details")).isNotEmpty();
        assertThat(ekiden.get("/v2/apps/none").status()).isEqualTo(404);

        assertNextRequestWorks(ekiden);
    }

    @Test
    void anAppThatFitsNowhereWaitsWithTheReasonInTheQueue() throws Exception {
        var ekiden = up();

        assertThat(
                        ekiden.post(
                                        "/v2/apps",
                                        "{\"id\": \"/huge\", \"cmd\": \"sleep 1\", \"cpus\": 1000}")
                                .status())
                .isEqualTo(201);

        awaitReason(ekiden, "/huge", "InsufficientCpus");
        assertNextRequestWorks(ekiden);
    }

    @Test
    void aHostPortThatIsTakenIsTheReasonWhyTheSecondAppWaits() throws Exception {
        var ekiden = up();
        var app =
                "{\"id\": \"%s\", \"cmd\": \"exec sleep 1000\", \"cpus\": 0.05, \"mem\": 16,"
                        + " \"requirePorts\": true, \"portDefinitions\": [{\"port\": %d}]}";

        assertThat(ekiden.post("/v2/apps", app.formatted("/first", ekiden.hostPort())).status())
                .isEqualTo(201);
        await().atMost(RunningEkiden.PATIENCE)
                .until(() -> ekiden.app("/first").path("tasksRunning").asInt() == 1);
        assertThat(ekiden.post("/v2/apps", app.formatted("/second", ekiden.hostPort())).status())
                .isEqualTo(201);

        awaitReason(ekiden, "/second", "InsufficientPorts");
        assertNextRequestWorks(ekiden);
    }

    @Test
    void aRecordThatNobodyCanReadOnEveryTopicStopsNothing() throws Exception {
        var ekiden = up();
        var topics = new Topics(Topics.DEFAULT_PREFIX);
        try (var producer =
                new KafkaProducer<>(
                        Map.<String, Object>of("bootstrap.servers", ekiden.kafka()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            for (var topic : topics.all()) {
                // The planner's own store is not for others to write to: Kafka Streams owns it.
                if (topic.equals(topics.clusterState()) || topic.equals(topics.journal())) {
                    continue;
                }
                for (int partition = 0; partition < Math.min(2, topic.partitions()); partition++) {
                    producer.send(
                                    new ProducerRecord<>(
                                            topic.fullName(),
                                            partition,
                                            "poison".getBytes(StandardCharsets.UTF_8),
                                            "{\"v\":99,".getBytes(StandardCharsets.UTF_8)))
                            .get();
                }
            }
        }
        assertNextRequestWorks(ekiden);
    }

    static void awaitReason(RunningEkiden ekiden, String app, String reason) {
        await().atMost(RunningEkiden.PATIENCE)
                .until(() ->
                        queued(ekiden, app)
                                .map(item -> item.toString().contains(reason))
                                .orElse(false));
        var refusals =
                queued(ekiden, app)
                        .orElseThrow()
                        .path("processedOffersSummary")
                        .path("rejectSummaryLastOffers");
        assertThat(RunningEkiden.stream(refusals))
                .anyMatch(refusal ->
                        refusal.path("reason").asText().equals(reason)
                                && refusal.path("declined").asInt() > 0);
    }

    private static Optional<JsonNode> queued(RunningEkiden ekiden, String app) {
        return RunningEkiden.stream(ekiden.get("/v2/queue").body().path("queue"))
                .filter(item -> item.path("app").path("id").asText().equals(app))
                .findFirst();
    }

    private static void assertNextRequestWorks(RunningEkiden ekiden) {
        assertThat(ekiden.get("/ping").text().trim()).isEqualTo("pong");
        assertThat(ekiden.put("/v2/apps/next", sleeper("/next")).status()).isEqualTo(201);
        await().atMost(RunningEkiden.PATIENCE)
                .until(() -> ekiden.app("/next").path("tasksRunning").asInt() == 1);
    }

    private static String sleeper(String id) {
        return "{\"id\": \"%s\", \"cmd\": \"exec sleep 1000\", \"cpus\": 0.05, \"mem\": 16}"
                .formatted(id);
    }
}

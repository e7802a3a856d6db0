package io.ekiden.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.ekiden.gateway.core.access.Role;
import io.ekiden.gateway.log.AuditLog;
import io.ekiden.log.Actor;
import io.ekiden.log.Change;
import io.ekiden.log.Codec;
import io.ekiden.log.Fact;
import io.ekiden.log.RefusedCalls;
import io.ekiden.log.Rejection;
import io.ekiden.log.WantedChange;
import io.ekiden.model.App;
import io.ekiden.model.Deployment;
import io.ekiden.model.Former;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `GET /v2/audit`, from a real log.
class AuditTest {
    private static final App A = Given.app("/team-a/web");
    private static final App B = Given.app("/team-b/web");

    @TempDir Path folder;
    private final TestCluster cluster = new TestCluster();
    private String root;
    private String ann;
    private String bob;
    private Http http;

    @BeforeEach
    void start() {
        var tokens = new Tokens(folder);
        root = tokens.add("root", Role.ADMIN, "/");
        ann = tokens.add("ann", Role.DEPLOYER, "/team-a");
        bob = tokens.add("bob", Role.VIEWER, "/team-b");
        cluster.planner()
                .append(new Fact.ClusterPut(Given.cluster()), new Fact.AgentPut(Given.agent("a1")));
        cluster.planner().script((wanted, _) -> List.of(answer(wanted)));
        http = cluster.startSecured(tokens);
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    private static Fact answer(WantedChange wanted) {
        return wanted.change() instanceof Change.CreateApp
                ? new Fact.Accepted(Given.NOON, Optional.of("d-1"), List.of())
                : new Fact.Refused(new Rejection.NotFound("nothing there"));
    }

    private int call(String token, String method, String path, String body) {
        return http.send(
                        http.request(path)
                                .header("Authorization", "Bearer " + token)
                                .header("X-Ekiden-Reason", "because")
                                .method(method, BodyPublishers.ofString(body)))
                .status();
    }

    private Http.Reply audit(String token, String query) {
        return http.send(
                http.request("/v2/audit" + query).header("Authorization", "Bearer " + token).GET());
    }

    private List<JsonNode> records(String token, String query) {
        var reply = audit(token, query);
        assertThat(reply.status()).isEqualTo(200);
        // The test asked anonymously whether the gateway is there.
        return StreamSupport.stream(reply.json().path("records").spliterator(), false)
                .filter(record -> !record.path("actor").asText().equals("anonymous"))
                .toList();
    }

    private static List<String> texts(List<JsonNode> records, String field) {
        return records.stream().map(record -> record.path(field).asText()).toList();
    }

    /// Ann creates her app, deletes it in vain and tries Bob's; root drains an agent in vain.
    private void history() {
        assertThat(call(ann, "POST", "/v2/apps", "{\"id\":\"/team-a/web\",\"cmd\":\"x\"}"))
                .isEqualTo(201);
        assertThat(call(ann, "DELETE", "/v2/apps/team-a/web", "")).isEqualTo(404);
        assertThat(call(ann, "DELETE", "/v2/apps/team-b/web?force=true", "")).isEqualTo(403);
        await().until(() -> records(root, "").size() == 3);
        assertThat(call(root, "POST", "/v2/agents/a1/drain", "")).isEqualTo(404);
    }

    @Test
    void whoChangesTheGatewayAloneIsThereToo() {
        assertThat(
                        call(
                                root,
                                "POST",
                                "/logging",
                                "{\"logger\":\"io.ekiden.none\",\"level\":\"debug\"}"))
                .isEqualTo(200);

        await().until(() -> !records(root, "?outcome=accepted").isEmpty());
        var record = records(root, "?outcome=accepted").getFirst();
        assertThat(record.path("actor").asText()).isEqualTo("root");
        assertThat(record.path("verb").asText()).isEqualTo("POST");
        assertThat(record.path("uri").asText()).isEqualTo("/logging");
        assertThat(records(ann, "")).isEmpty();
    }

    @Test
    void whatBecameOfADefinitionIsToldToWhoSeesIt() {
        cluster.planner()
                .script((_, _) ->
                        List.of(
                                former(A),
                                former(B),
                                new Fact.RunSpecPut(A.withInstances(7)),
                                new Fact.RunSpecPut(B.withInstances(7)),
                                new Fact.Accepted(Given.NOON, Optional.of("d-1"), List.of())));
        assertThat(
                        call(
                                root,
                                "PUT",
                                "/v2/apps",
                                "[{\"id\":\"/team-a/web\",\"instances\":7},"
                                        + "{\"id\":\"/team-b/web\",\"instances\":7}]"))
                .isEqualTo(200);

        assertThat(records(root, "").getFirst().path("definitions")).hasSize(2);
        var seen = records(ann, "").getFirst().path("definitions");
        assertThat(seen).hasSize(1);
        assertThat(seen.get(0).toString())
                .isEqualTo(
                        "{\"id\":\"/team-a/web\",\"is\":\"changed\",\"diff\":"
                                + "[{\"path\":\"/instances\",\"from\":2,\"to\":7}]}");
    }

    private static Fact former(App app) {
        return new Fact.FormerKept(
                new Former(
                        Given.NOON,
                        app.id(),
                        Optional.of(app),
                        Optional.empty(),
                        Optional.empty()));
    }

    @Test
    void everyChangeAndEveryRefusalIsThereTheNewestFirst() {
        history();

        var records = records(root, "");

        assertThat(texts(records, "verb")).containsExactly("drain", "DELETE", "delete", "create");
        assertThat(texts(records, "actor")).containsExactly("root", "ann", "ann", "ann");
        assertThat(texts(records, "outcome"))
                .containsExactly("refused", "refused", "refused", "accepted");
        var created = records.getLast();
        assertThat(created.path("address").asText()).isEqualTo("127.0.0.1");
        assertThat(created.path("uri").asText()).isEqualTo("/v2/apps");
        assertThat(created.at("/resources/0").asText()).isEqualTo("/team-a/web");
        assertThat(created.path("deploymentId").asText()).isEqualTo("d-1");
        assertThat(created.path("sequence").asLong()).isEqualTo(2);
        assertThat(created.path("reason").asText()).isEqualTo("because");
        assertThat(Instant.parse(created.path("time").asText())).isAfter(Given.NOON);
        var deleted = records.get(2);
        assertThat(deleted.path("status").asInt()).isEqualTo(404);
        assertThat(deleted.path("message").asText()).isEqualTo("nothing there");
        var forbidden = records.get(1);
        assertThat(forbidden.path("status").asInt()).isEqualTo(403);
        assertThat(forbidden.path("message").asText())
                .isEqualTo("needs role deployer on /team-b/web");
        assertThat(forbidden.at("/resources/0").asText()).isEqualTo("/team-b/web");
        assertThat(forbidden.has("sequence")).isFalse();
        assertThat(audit(root, "").json().has("next")).isFalse();
    }

    @Test
    void everybodySeesWhatIsAboutHisPathsAndOnlyOperatorsWhatIsAboutTheCluster() {
        history();

        assertThat(texts(records(ann, ""), "verb")).containsExactly("delete", "create");
        assertThat(texts(records(bob, ""), "uri"))
                .containsExactly("/v2/apps/team-b/web?force=true");
    }

    @Test
    void ofWhatIsAboutSeveralEachSeesHisPart() {
        var both =
                "[{\"id\":\"/team-a/web\",\"cmd\":\"x\"},{\"id\":\"/team-b/web\",\"cmd\":\"x\"}]";
        call(root, "PUT", "/v2/apps?secret=in-b", both);

        var seen = records(bob, "").getFirst();

        assertThat(seen.path("resources")).hasSize(1);
        assertThat(seen.at("/resources/0").asText()).isEqualTo("/team-b/web");
        assertThat(seen.has("uri")).isFalse();
        assertThat(seen.has("message")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "?actor=ann,                     DELETE delete create",
        "?actor=nobody,                  ''",
        "?resource=/team-a,              delete create",
        "?resource=/team-b/web,          DELETE",
        "?resource=/team,                ''",
        "?verb=delete,                   DELETE delete",
        "?outcome=accepted,              create",
        "?outcome=refused&actor=root,    drain",
        "?limit=2,                       drain DELETE",
        "?from=2100-01-01T00:00:00Z,     ''",
        "?to=2000-01-01T00:00:00Z,       ''",
        "?from=2000-01-01T00:00:00Z,     drain DELETE delete create"
    })
    void recordsCanBeChosen(String query, String verbs) {
        history();

        assertThat(String.join(" ", texts(records(root, query), "verb"))).isEqualTo(verbs);
    }

    @Test
    void timesChooseBetweenRecords() {
        call(ann, "POST", "/v2/apps", "{\"id\":\"/team-a/web\",\"cmd\":\"x\"}");
        call(ann, "POST", "/v2/apps", "{\"id\":\"/team-a/two\",\"cmd\":\"x\"}");
        call(ann, "POST", "/v2/apps", "{\"id\":\"/team-a/three\",\"cmd\":\"x\"}");
        var times = texts(records(root, ""), "time");

        var second = records(root, "?from=" + times.get(1) + "&to=" + times.get(0));

        assertThat(texts(second, "time")).containsExactly(times.get(1));
    }

    @Test
    void pagesFollowEachOtherWithoutLossAndRepetition() {
        for (int i = 0; i < 7; i++) {
            call(ann, "POST", "/v2/apps", "{\"id\":\"/team-a/app-%d\",\"cmd\":\"x\"}".formatted(i));
        }
        var seen = new ArrayList<String>();
        var query = "?actor=ann&limit=3";
        for (var next = ""; next != null; ) {
            var page = audit(root, query + next).json();
            assertThat(page.path("records").size()).isLessThanOrEqualTo(3);
            page.path("records").forEach(one -> seen.add(one.at("/resources/0").asText()));
            next = page.has("next") ? "&cursor=" + page.path("next").asText() : null;
        }

        assertThat(seen)
                .containsExactly(
                        "/team-a/app-6",
                        "/team-a/app-5",
                        "/team-a/app-4",
                        "/team-a/app-3",
                        "/team-a/app-2",
                        "/team-a/app-1",
                        "/team-a/app-0");
    }

    @Test
    void aDeploymentThatThePlannerBeginsIsItsOwn() {
        var failed = Given.deployment(A.id(), Deployment.Kind.SCALE);
        var back = Deployment.of("d-2", Given.NOON, failed.steps(), Optional.of(failed.id()));
        cluster.planner()
                .append(
                        new Fact.DeploymentCancelled(failed, "2 launches have failed"),
                        new Fact.DeploymentStarted(back));

        var record = records(ann, "?actor=system:planner").getFirst();

        assertThat(record.path("verb").asText()).isEqualTo("rollback");
        assertThat(record.path("deploymentId").asText()).isEqualTo("d-2");
        assertThat(record.path("message").asText()).isEqualTo("2 launches have failed");
        assertThat(record.at("/resources/0").asText()).isEqualTo("/team-a/web");
    }

    @Test
    void oneSearchLooksAtSoManyRecordsAndSaysWhereToGoOn() {
        call(ann, "POST", "/v2/apps", "{\"id\":\"/team-a/web\",\"cmd\":\"x\"}");
        var settings = new HashMap<>(cluster.clients());
        settings.put("key.serializer", ByteArraySerializer.class);
        settings.put("value.serializer", ByteArraySerializer.class);
        var actor = new Actor(Actor.Kind.USER, "eve", Optional.empty());
        var calls = new RefusedCalls(actor, 401, "GET", "/v2/apps", "/v2/apps", List.of(), 1);
        var value = Codec.encode(RefusedCalls.class, calls);
        try (var producer = new KafkaProducer<byte[], byte[]>(settings)) {
            for (int i = 0; i < AuditLog.MAX_READ + 10; i++) {
                var topic = cluster.topics().auditRefused().fullName();
                var key = "eve".getBytes(StandardCharsets.UTF_8);
                var _ = producer.send(new ProducerRecord<>(topic, 0, key, value));
            }
        }
        long began = System.nanoTime();

        var first = audit(root, "?actor=ann");

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
        assertThat(first.json().path("records")).isEmpty();
        var next = first.json().path("next").asText();
        await().until(() -> records(root, "?actor=ann&cursor=" + next).size() == 1);
    }

    @ParameterizedTest
    @CsvSource({
        "?limit=0",
        "?limit=1001",
        "?limit=x",
        "?from=yesterday",
        "?to=1",
        "?outcome=maybe",
        "?cursor=1"
    })
    void whatMakesNoSenseIsRefused(String query) {
        assertThat(audit(root, query).status()).isEqualTo(422);
    }

    @Test
    void theLargestLimitIsAllowed() {
        assertThat(audit(root, "?limit=1000").status()).isEqualTo(200);
    }
}

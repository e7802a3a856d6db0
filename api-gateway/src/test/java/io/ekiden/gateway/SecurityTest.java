package io.ekiden.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.ekiden.gateway.core.access.Capability;
import io.ekiden.gateway.core.access.Role;
import io.ekiden.log.Codec;
import io.ekiden.log.Fact;
import io.ekiden.log.RefusedCalls;
import io.ekiden.model.App;
import io.ekiden.model.Condition;
import io.ekiden.model.Deployment;
import io.ekiden.model.RunSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A gateway that asks who calls, as an attacker and as two teams meet it. The numbers are those of
/// the list of known holes (S1 and so on).
class SecurityTest {
    private static final App A = Given.app("/team-a/web");
    private static final App B = Given.app("/team-b/web");

    /// What Metasploit's `dcos_marathon` posts to become root on a Mesos agent.
    private static final String EXPLOIT =
            """
            {"id": "%s", "cmd": "/usr/bin/python -c 'print(1)' > /h/etc/cron.d/x", "cpus": 1, "mem": 128,
             "disk": 0, "instances": 1,
             "container": {"type": "DOCKER", "docker": {"image": "python:3-slim", "network": "HOST"},
             "volumes": [{"containerPath": "/h", "hostPath": "/", "mode": "RW"}]}}\
            """;

    @TempDir Path folder;
    private TestCluster cluster;
    private Tokens tokens;
    private String admin;
    private String teamA;
    private Http http;

    @BeforeEach
    void start() {
        tokens = new Tokens(folder);
        admin = tokens.add("root", Role.ADMIN, "/");
        teamA = tokens.add("ann", Role.DEPLOYER, "/team-a");
        cluster = new TestCluster();
        cluster.planner()
                .append(
                        new Fact.ClusterPut(Given.cluster()),
                        new Fact.AgentPut(Given.agent("a1")),
                        new Fact.RunSpecPut(A),
                        new Fact.RunSpecPut(B),
                        new Fact.InstancePut(Given.running(A, 1), Optional.empty(), ""),
                        new Fact.InstancePut(Given.running(B, 1), Optional.empty(), ""),
                        new Fact.InstancePut(
                                Given.instance(B, 2, Condition.SCHEDULED), Optional.empty(), ""),
                        new Fact.DeploymentStarted(both()));
        cluster.planner()
                .script((_, _) ->
                        List.of(new Fact.Accepted(Given.NOON, Optional.empty(), List.of())));
        http = cluster.startSecured(tokens);
    }

    private static Deployment both() {
        var actions =
                List.of(A, B).stream()
                        .map(app ->
                                new Deployment.Action(
                                        Deployment.Kind.SCALE, RunSpec.Kind.APP, app.id()))
                        .toList();
        return Deployment.of(
                "d-both", Given.NOON, List.of(new Deployment.Step(actions)), Optional.empty());
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private Http.Reply send(String token, String method, String path, String body) {
        var request = http.request(path).method(method, BodyPublishers.ofString(body));
        return http.send(request.header("Authorization", "Bearer " + token));
    }

    private Http.Reply get(String token, String path) {
        return http.send(http.request(path).header("Authorization", "Bearer " + token).GET());
    }

    /// S1.
    @Test
    void theKnownExploitNeedsWhatNobodyIsGivenByChance() {
        var unknown = http.send("POST", "/v2/apps", EXPLOIT.formatted("/x"));
        assertThat(unknown.status()).isEqualTo(401);
        assertThat(unknown.header("WWW-Authenticate"))
                .isEqualTo("Basic realm=\"ekiden\", Bearer realm=\"ekiden\"");
        assertThat(unknown.message()).isEqualTo("Invalid username or password.");

        var deployer = send(teamA, "POST", "/v2/apps", EXPLOIT.formatted("/team-a/x"));
        assertThat(deployer.status()).isEqualTo(403);
        assertThat(deployer.message()).isEqualTo("Not Authorized to perform this action!");
        assertThat(deployer.text())
                .contains("needs capability host-volume", "needs capability host-network");
        assertThat(cluster.planner().seen()).isEmpty();

        assertThat(send(admin, "POST", "/v2/apps", EXPLOIT.formatted("/x")).status())
                .isEqualTo(201);
        var trusted =
                tokens.add(
                        "bob",
                        Role.DEPLOYER,
                        "/team-a",
                        Capability.HOST_VOLUME,
                        Capability.HOST_NETWORK);
        await().atMost(Duration.ofSeconds(10))
                .until(() ->
                        send(trusted, "POST", "/v2/apps", EXPLOIT.formatted("/team-a/x")).status()
                                == 201);
    }

    @Test
    void whoChangedSomethingIsOnTheLog() {
        var basic =
                Base64.getEncoder()
                        .encodeToString(("ann:" + teamA).getBytes(StandardCharsets.UTF_8));
        for (var shown : List.of("Bearer " + teamA, "token=" + teamA, "Basic " + basic)) {
            var request =
                    http.request("/v2/apps/team-a/web/restart").header("Authorization", shown);
            var reply = http.send(request.POST(BodyPublishers.noBody()));
            assertThat(reply.status()).isEqualTo(200);
        }
        assertThat(cluster.planner().seen())
                .hasSize(3)
                .allSatisfy(wanted -> {
                    assertThat(wanted.actor().name()).isEqualTo("ann");
                    assertThat(wanted.actor().address()).contains("127.0.0.1");
                });
    }

    @Test
    void listsShowWhatMayBeSeen() {
        for (var path :
                List.of(
                        "/v2/apps",
                        "/v2/apps/*",
                        "/v2/apps/*/tasks",
                        "/v2/tasks",
                        "/v2/tasks/ended",
                        "/v2/tasks/ended?appId=/team-b/web",
                        "/v2/pods",
                        "/v2/queue",
                        "/v2/groups",
                        "/v2/groups?embed=group.apps&embed=group.groups&embed=app.tasks",
                        "/v2/groups/apps",
                        "/v2/deployments",
                        "/v2/apps?embed=apps.tasks&embed=apps.deployments&embed=apps.failures")) {
            assertThat(get(teamA, path).status()).as(path).isEqualTo(200);
            assertThat(get(teamA, path).text()).as(path).doesNotContain("team-b", "team_b");
            assertThat(get(admin, path).text()).as(path).isNotEmpty();
        }
        assertThat(get(teamA, "/v2/apps").json().path("apps")).hasSize(1);
        assertThat(get(admin, "/v2/apps").json().path("apps")).hasSize(2);
        assertThat(get(admin, "/v2/queue").json().path("queue")).hasSize(1);
        assertThat(get(teamA, "/v2/deployments").json().at("/0/steps/0/actions")).hasSize(1);
        assertThat(get(admin, "/v2/deployments").json().at("/0/steps/0/actions")).hasSize(2);
        var text =
                http.send(
                        http.request("/v2/tasks")
                                .header("Authorization", "Bearer " + teamA)
                                .header("Accept", "text/plain")
                                .GET());
        assertThat(text.text()).contains("team-a_web").doesNotContain("team-b");
    }

    @Test
    void aDeploymentThatReachesFurtherIsNotHisToCancel() {
        for (var force : List.of("", "?force=true")) {
            assertThat(send(teamA, "DELETE", "/v2/deployments/d-both" + force, "").status())
                    .isEqualTo(403);
        }
        // Marathon's DELETE of an app forces unless told otherwise.
        assertThat(send(teamA, "DELETE", "/v2/apps/team-a/web", "").status()).isEqualTo(403);
        assertThat(send(teamA, "DELETE", "/v2/apps/team-a/web?force=false", "").status())
                .isEqualTo(200);
        assertThat(send(teamA, "DELETE", "/v2/deployments/none", "").status()).isEqualTo(404);
        assertThat(cluster.planner().seen()).hasSize(1);
    }

    /// S17: a token does not help a page that has it from somewhere.
    @Test
    void pagesOfOthersChangeNothingEvenWithAToken() {
        var foreign =
                http.send(
                        http.request("/v2/apps/team-a/web/restart")
                                .header("Authorization", "Bearer " + admin)
                                .header("Origin", "http://evil.example")
                                .POST(BodyPublishers.noBody()));
        var form =
                http.send(
                        http.request("/v2/apps")
                                .header("Authorization", "Bearer " + admin)
                                .header("Content-Type", "text/plain")
                                .POST(BodyPublishers.ofString("{}")));
        var rebound =
                http.raw(
                        "GET /v2/apps HTTP/1.1\r\nHost: evil.example\r\nAuthorization: Bearer "
                                + admin
                                + "\r\nConnection: close\r\n\r\n");

        assertThat(foreign.status()).isEqualTo(403);
        assertThat(form.status()).isEqualTo(415);
        assertThat(rebound).startsWith("HTTP/1.1 421");
        assertThat(get(admin, "/v2/apps").header("Access-Control-Allow-Origin")).isEmpty();
        assertThat(cluster.planner().seen()).isEmpty();
    }

    /// S3: what is too large is refused before anybody looks who it is from, or after, but never
    /// taken; and who is unknown is not waited for.
    @Test
    void nobodyIsAllowedByABodyThatWasNotLookedAt() {
        var reply =
                http.firstLine(
                        String.join(
                                "\r\n",
                                "POST /v2/apps HTTP/1.1",
                                "Host: localhost",
                                "Content-Length: 99999999999",
                                "Connection: close",
                                "",
                                ""));
        assertThat(reply).startsWith("HTTP/1.1 401");
        assertThat(send(teamA, "POST", "/v2/apps", "x".repeat(5 << 20)).status()).isEqualTo(413);
        assertThat(send(teamA, "POST", "/v2/apps", "").status()).isEqualTo(400);
        assertThat(cluster.planner().seen()).isEmpty();
    }

    /// S18 and the audit: one line, one record for each kind, without what was made up.
    @Test
    void refusedCallsAreOnTheLogAndCannotForgeIt() {
        for (int i = 0; i < 20; i++) {
            send(
                    teamA,
                    "DELETE",
                    "/v2/apps/team-b/web%0aFATAL%20forged%1b%5b2J%7bjndi:x%7d?n=" + i,
                    "");
            http.send("POST", "/v2/apps", "{}");
        }
        get(teamA, "/v2/apps/team-b/web");

        var records = new ArrayList<RefusedCalls>();
        try (var consumer =
                new KafkaConsumer<byte[], byte[]>(
                        Map.of(
                                "bootstrap.servers",
                                cluster.bootstrap(),
                                "key.deserializer",
                                ByteArrayDeserializer.class,
                                "value.deserializer",
                                ByteArrayDeserializer.class,
                                "auto.offset.reset",
                                "earliest",
                                "enable.auto.commit",
                                false))) {
            var topic = new TopicPartition(cluster.topics().auditRefused().fullName(), 0);
            consumer.assign(List.of(topic));
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> {
                        for (var record : consumer.poll(Duration.ofMillis(100))) {
                            records.add(Codec.decode(RefusedCalls.class, record.value()));
                        }
                        // Waiting for the gateway itself counts too: it asks until it serves.
                        return count(records, "ann", 403) == 21
                                && records.stream()
                                                .filter(r -> r.method().equals("POST"))
                                                .mapToLong(RefusedCalls::count)
                                                .sum()
                                        == 20;
                    });
        }
        assertThat(records).hasSizeLessThan(30);
        assertThat(records)
                .filteredOn(r -> r.method().equals("DELETE"))
                .allSatisfy(r -> {
                    assertThat(r.uri()).matches("\\p{Print}+").startsWith("/v2/apps/team-b/web%0a");
                    assertThat(r.route()).isEqualTo("/v2/apps/{id...}");
                    assertThat(r.needs().toString()).startsWith("[role deployer on /team-b/web");
                    assertThat(r.needs().toString()).matches("\\p{Print}+");
                });
        assertThat(get(admin, "/metrics").json().at("/gauges/refused_forbidden/value").asInt())
                .isEqualTo(21);
    }

    private static long count(List<RefusedCalls> records, String user, int status) {
        return records.stream()
                .filter(r -> r.actor().name().equals(user) && r.status() == status)
                .mapToLong(RefusedCalls::count)
                .sum();
    }

    /// S30.
    @Test
    void whoIsUnknownLearnsNothingOfTheInside() {
        var paths = new ArrayList<>(List.of("/v2/apps/x%ff", "/actuator", "/debug", "/v2/nothing"));
        paths.addAll(List.of("/metrics", "/v2/info", "/v2/agents", "/v2/apps"));
        for (var path : paths) {
            var reply = http.get(path);
            assertThat(reply.status()).as(path).isIn(400, 401, 404);
            assertThat(reply.text())
                    .as(path)
                    .doesNotContain(
                            "Exception", "io.ekiden", "1.2.3", "vert", "netty", "127.0.0.1");
            assertThat(reply.response().headers().map().keySet())
                    .doesNotContain("server", "x-powered-by");
        }
        assertThat(http.get("/ping").text()).isEqualTo("pong");
        assertThat(http.get("/").status()).isEqualTo(302);
    }

    private final class Listener {
        private final List<String> lines = new CopyOnWriteArrayList<>();
        private volatile boolean ended;

        Listener(String token) throws IOException, InterruptedException {
            var request =
                    http.request("/v2/events")
                            .header("Accept", "text/event-stream")
                            .header("Authorization", "Bearer " + token)
                            .timeout(Duration.ofMinutes(1));
            var response = http.client().send(request.GET().build(), BodyHandlers.ofLines());
            assertThat(response.statusCode()).isEqualTo(200);
            Thread.ofVirtual()
                    .start(() -> {
                        try {
                            response.body().forEach(lines::add);
                        } catch (UncheckedIOException e) {
                            lines.add("broken");
                        } finally {
                            ended = true;
                        }
                    });
        }

        boolean has(String text) {
            return lines.stream().anyMatch(line -> line.contains(text));
        }
    }

    @Test
    void eventsAreToldAsFarAsTheyMayBeSeen() throws Exception {
        var ann = new Listener(teamA);
        var root = new Listener(admin);
        cluster.planner()
                .append(
                        new Fact.InstancePut(
                                Given.running(B, 3), Optional.of(Condition.STARTING), ""),
                        new Fact.DeploymentFinished(both()),
                        new Fact.RunSpecGone(RunSpec.Kind.APP, B.id()),
                        new Fact.RunSpecGone(RunSpec.Kind.APP, A.id()));

        await().atMost(Duration.ofSeconds(20))
                .until(() -> ann.has("team-a/web") && root.has("app_terminated_event"));

        assertThat(root.has("team-b/web")).isTrue();
        assertThat(root.has("event_stream_attached")).isTrue();
        assertThat(ann.has("deployment_success")).isTrue();
        await().until(() -> ann.has("app_terminated_event"));
        assertThat(ann.lines).noneMatch(line -> line.contains("team-b") || line.contains("team_b"));
        assertThat(ann.has("event_stream_attached")).isFalse();
    }

    @Test
    void aTokenThatGoesTakesItsStreamsAlong() throws Exception {
        var ann = new Listener(teamA);
        var root = new Listener(admin);

        var kept = Files.readAllLines(tokens.file()).getFirst();
        Files.writeString(tokens.file(), kept + "\n");

        await().atMost(Duration.ofSeconds(10)).until(() -> get(teamA, "/v2/apps").status() == 401);
        await().atMost(Duration.ofSeconds(20)).until(() -> ann.ended);
        assertThat(root.ended).isFalse();
        assertThat(get(admin, "/v2/apps").status()).isEqualTo(200);
    }

    @Test
    void aTokenFileThatCannotBeUsedIsRefusedAtTheStart() throws IOException {
        var open = GatewayConfig.of(cluster.bootstrap(), cluster.topics(), "127.0.0.1", 0, "1");
        Files.writeString(tokens.file(), "nonsense\n");
        try (var gateway = new GatewayServer(open.withSecurity(tokens.security()))) {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(gateway::start)
                    .withMessageContaining("line 1");
        }
    }

    @Test
    void anIdThatDoesNotExistIsNoOracle() {
        var there = get(teamA, "/v2/apps/team-b/web");
        var notThere = get(teamA, "/v2/apps/team-b/none");
        assertThat(there.status()).isEqualTo(403);
        assertThat(there.text().replace("/web", "/none")).isEqualTo(notThere.text());
        assertThat(get(teamA, "/v2/apps/team-a/none").status()).isEqualTo(404);
    }
}

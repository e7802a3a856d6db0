package io.ekiden.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.ekiden.gateway.core.access.Capability;
import io.ekiden.gateway.core.access.Role;
import io.ekiden.gateway.secrets.MasterKeys;
import io.ekiden.log.Fact;
import io.ekiden.log.Topics;
import io.ekiden.model.Condition;
import io.ekiden.model.Instance;
import io.ekiden.secrets.SealingKey;
import io.ekiden.secrets.TaskSecrets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Secrets over HTTP, as gateways keep them and bring them to agents.
final class SecretsTest {
    private static final String CANARY = "CANARY-5f2c";
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir Path dir;

    private final TestCluster cluster = new TestCluster();
    private final List<AutoCloseable> open = new ArrayList<>();
    private Path key;

    @BeforeEach
    void makeKey() throws IOException {
        key = dir.resolve("key");
        MasterKeys.make(key);
    }

    @AfterEach
    void close() throws Exception {
        for (var one : open) {
            one.close();
        }
        cluster.close();
    }

    private GatewayConfig withKey(GatewayConfig config) {
        return config.withSecretsKeyFile(Optional.of(key)).withAgentToken(Optional.of("token"));
    }

    private static String body(String value) {
        return "{\"value\": \"" + value + "\"}";
    }

    private static Http.Reply put(Http http, String path, String value) {
        return http.send(
                http.request("/v2/secrets/" + path)
                        .header("Content-Type", "application/json")
                        .method("PUT", BodyPublishers.ofString(body(value))));
    }

    /// All bytes of a topic as text.
    private String everythingOn(Topics.Topic topic) {
        var partition = new TopicPartition(topic.fullName(), 0);
        var text = new StringBuilder();
        try (var consumer =
                new KafkaConsumer<>(
                        cluster.clients(),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(100))
                        .forEach(record ->
                                text.append(
                                        new String(record.value(), StandardCharsets.ISO_8859_1)));
            }
        }
        return text.toString();
    }

    @Test
    void aValueGoesInAndOnlyItsPathComesOut() {
        var http = cluster.start(this::withKey);

        var first = put(http, "shop/db", CANARY);
        var second = put(http, "shop/db", CANARY + "2");

        assertThat(first.status()).isEqualTo(201);
        assertThat(second.status()).isEqualTo(200);
        assertThat(second.json().path("path").asText()).isEqualTo("shop/db");
        assertThat(second.json().path("by").asText()).isEqualTo("anonymous");
        var list = http.get("/v2/secrets");
        assertThat(list.json().path("secrets")).hasSize(1);
        assertThat(http.get("/v2/secrets/shop/db").status()).isEqualTo(405);
        assertThat(first.text() + second.text() + list.text()).doesNotContain("CANARY");
        assertThat(everythingOn(cluster.topics().secrets()))
                .contains("shop/db")
                .doesNotContain("CANARY");

        assertThat(http.send("DELETE", "/v2/secrets/shop/db").status()).isEqualTo(204);
        assertThat(http.send("DELETE", "/v2/secrets/shop/db").status()).isEqualTo(404);
        assertThat(http.get("/v2/secrets").json().path("secrets")).isEmpty();
    }

    @Test
    void whatOneGatewayWasGivenTheOthersHave() throws IOException {
        var http = cluster.start(this::withKey);
        put(http, "shop/db", CANARY);

        var other = other();

        assertThat(other.get("/v2/secrets").json().path("secrets")).hasSize(1);
        put(http, "shop/more", CANARY);
        assertThat(other.get("/v2/secrets").json().path("secrets")).hasSize(2);
    }

    private Http other() throws IOException {
        var gateway =
                new GatewayServer(
                        withKey(
                                GatewayConfig.of(
                                        cluster.bootstrap(),
                                        cluster.topics(),
                                        "127.0.0.1",
                                        0,
                                        "1.2.3")));
        open.add(gateway);
        gateway.start();
        return new Http(gateway.port());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    shop/db | {'value': 1}                      | 422
                    shop/db | {'text': 'CANARY'}                | 422
                    shop/db | {'value': 'CANARY', 'base64': ''} | 422
                    shop/db | {'base64': 'CANARY!'}             | 422
                    shop/db | ['CANARY']                        | 422
                    shop/db | {'value': CANARY                  | 400
                    shop/db | CANARY                            | 400
                    shop%20db | {'value': 'CANARY'}             | 422
                    """)
    void whatMakesNoSenseIsRefusedAndNotRepeated(String path, String body, int status) {
        var http = cluster.start(this::withKey);

        var reply =
                http.send(
                        http.request("/v2/secrets/" + path)
                                .header("Content-Type", "application/json")
                                .method("PUT", BodyPublishers.ofString(body.replace('\'', '"'))));

        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.text()).doesNotContain("CANARY");
    }

    @Test
    void aGatewayWithoutAKeyKeepsNone() {
        var http = cluster.start();

        var reply = put(http, "shop/db", CANARY);

        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.message())
                .isEqualTo("This gateway keeps no secrets: it has no --secrets-key-file.");
    }

    @Test
    void whoMaySetASecretMayNotUseItAndTheOtherWayRound() {
        var tokens = new Tokens(dir);
        var writer = tokens.add("writer", Role.VIEWER, "/shop", Capability.SECRET_WRITE);
        var user = tokens.add("user", Role.DEPLOYER, "/shop", Capability.SECRET_READ);
        var http = cluster.startSecured(tokens, this::withKey);
        cluster.planner()
                .script((_, _) ->
                        List.of(new Fact.Accepted(Given.NOON, Optional.empty(), List.of())));
        var app = "{'id': '/shop/web', 'cmd': 'x', 'secrets': {'s': {'source': 'PATH'}}}";

        assertThat(as(http, writer, "PUT", "/v2/secrets/shop/db", body(CANARY))).isEqualTo(201);
        assertThat(as(http, writer, "PUT", "/v2/secrets/else/db", body(CANARY))).isEqualTo(403);
        assertThat(as(http, writer, "DELETE", "/v2/secrets/shop/../else", "")).isEqualTo(403);
        assertThat(as(http, user, "PUT", "/v2/secrets/shop/db", body(CANARY))).isEqualTo(403);
        assertThat(as(http, user, "POST", "/v2/apps", app.replace("PATH", "shop/db")))
                .isLessThan(300);
        assertThat(as(http, user, "POST", "/v2/apps", app.replace("PATH", "else/db")))
                .isEqualTo(403);
        await().atMost(LONG)
                .until(() -> everythingOn(cluster.topics().auditRefused()).contains("shop/db"));
        assertThat(everythingOn(cluster.topics().auditRefused()))
                .contains("writer", "/v2/secrets/{id...}")
                .doesNotContain("CANARY");
    }

    private static int as(Http http, String token, String method, String path, String body) {
        var publisher =
                body.isEmpty()
                        ? BodyPublishers.noBody()
                        : BodyPublishers.ofString(body.replace('\'', '"'));
        return http.send(
                        http.request(path)
                                .header("Authorization", "Bearer " + token)
                                .header("Content-Type", "application/json")
                                .method(method, publisher))
                .status();
    }

    /// What an agent's data plane was brought.
    private static final class Agent implements AutoCloseable {
        private final SealingKey key = SealingKey.random();
        private final List<String> paths = new CopyOnWriteArrayList<>();
        private final List<byte[]> parcels = new CopyOnWriteArrayList<>();
        private final HttpServer server;
        private volatile int status = 200;

        Agent() throws IOException {
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext(
                    "/",
                    exchange -> {
                        boolean known =
                                "Bearer token"
                                        .equals(
                                                exchange.getRequestHeaders()
                                                        .getFirst("Authorization"));
                        paths.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
                        parcels.add(exchange.getRequestBody().readAllBytes());
                        exchange.sendResponseHeaders(known ? status : 401, -1);
                        exchange.close();
                    });
            server.start();
        }

        String address() {
            return "http://127.0.0.1:" + server.getAddress().getPort();
        }

        Fact put(String id) {
            return new Fact.AgentPut(Given.agent(id, address(), key.publicText()));
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }

    private Agent agent() throws IOException {
        var agent = new Agent();
        open.add(agent);
        return agent;
    }

    private void launch(Map<String, String> sources, Agent agent, Agent other) {
        var app = Given.appWithSecrets("/shop/web", sources);
        var instance = Given.instance(app, 1, Condition.PROVISIONED);
        cluster.planner()
                .append(
                        new Fact.ClusterPut(Given.cluster()),
                        agent.put("a1"),
                        other.put("a2"),
                        new Fact.RunSpecPut(app),
                        new Fact.Launched(app, List.of(instance), List.of(new Fact.Target(3, 7))));
    }

    private static final Instance INSTANCE =
            Given.instance(Given.app("/shop/web"), 1, Condition.PROVISIONED);

    @Test
    void aTasksAgentIsBroughtItsSecretsAndNobodyElse() throws IOException {
        var agent = agent();
        var other = agent();
        agent.status = 404;
        var http = cluster.start(this::withKey);
        put(http, "shop/db", CANARY);
        put(http, "shop/unused", "unused");

        launch(Map.of("db", "shop/db"), agent, other);
        await().atMost(LONG).until(() -> agent.parcels.size() > 1);
        agent.status = 200;

        var task = INSTANCE.taskId();
        assertThat(agent.paths)
                .allMatch(path -> path.equals("PUT /tasks/%s/secrets/sealed".formatted(task)));
        var parcel = agent.parcels.getLast();
        var brought = TaskSecrets.open(agent.key, task, parcel).orElseThrow();
        assertThat(brought.bytes()).containsOnlyKeys("db");
        assertThat(new String(brought.bytes().get("db"), StandardCharsets.UTF_8)).isEqualTo(CANARY);
        assertThat(TaskSecrets.open(other.key, task, parcel)).isEmpty();
        assertThat(new String(parcel, StandardCharsets.ISO_8859_1)).doesNotContain("CANARY");
        assertThat(other.parcels).isEmpty();
        assertThat(everythingOn(cluster.topics().journal())).doesNotContain("CANARY");
    }

    @Test
    void whatIsMissingIsSaid() throws IOException {
        var agent = agent();
        cluster.start(this::withKey);

        launch(Map.of("db", "shop/db"), agent, agent);

        await().atMost(LONG).until(() -> !agent.parcels.isEmpty());
        assertThat(TaskSecrets.open(agent.key, INSTANCE.taskId(), agent.parcels.getFirst()))
                .contains(TaskSecrets.none("there is no secret 'shop/db'"));
    }

    @Test
    void aGatewayThatHasLostTheKeySaysThatItCannotOpen() throws IOException {
        var agent = agent();
        put(cluster.start(this::withKey), "shop/db", CANARY);
        cluster.stopGateway();
        Files.delete(key);
        MasterKeys.make(key);
        cluster.start(this::withKey);

        launch(Map.of("db", "shop/db"), agent, agent);

        await().atMost(LONG).until(() -> !agent.parcels.isEmpty());
        assertThat(TaskSecrets.open(agent.key, INSTANCE.taskId(), agent.parcels.getFirst()))
                .contains(
                        TaskSecrets.none(
                                "the secret 'shop/db' cannot be opened with the gateway's key"));
    }

    @Test
    void aGatewayThatStartsLaterBringsThemToo() throws IOException {
        var agent = agent();
        put(cluster.start(this::withKey), "shop/db", CANARY);
        cluster.stopGateway();

        launch(Map.of("db", "shop/db"), agent, agent);
        cluster.start(this::withKey);

        await().atMost(LONG).until(() -> !agent.parcels.isEmpty());
        assertThat(TaskSecrets.open(agent.key, INSTANCE.taskId(), agent.parcels.getFirst()))
                .isPresent();
    }
}

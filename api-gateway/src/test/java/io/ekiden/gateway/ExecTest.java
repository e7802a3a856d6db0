package io.ekiden.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.ekiden.exec.ExecFrames;
import io.ekiden.gateway.core.access.Capability;
import io.ekiden.gateway.core.access.Role;
import io.ekiden.log.Fact;
import io.ekiden.model.App;
import io.ekiden.model.InstanceId;
import io.ekiden.model.TaskId;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Commands in tasks, over a gateway, with an agent played by hand.
final class ExecTest {
    private static final App APP = Given.app("/shop/web");
    private static final App SECRET = Given.appWithSecrets("/shop/secret", Map.of("db", "shop/db"));
    private static final String TOKEN = "a-token";
    private static final int EACH = 4;
    private static final BlockingQueue<HttpServerRequest> ASKED = new LinkedBlockingQueue<>();
    private static final BlockingQueue<ServerWebSocket> JOINED = new LinkedBlockingQueue<>();

    @TempDir static Path folder;
    private static Vertx vertx;
    private static WebSocketClient client;
    private static TestCluster cluster;
    private static Http http;
    private static Tokens tokens;
    private static String admin;
    private static String operator;
    private static String runner;
    private static String single;
    private static String audited;

    @BeforeAll
    static void start() throws Exception {
        vertx = Vertx.vertx();
        client =
                vertx.createWebSocketClient(
                        new WebSocketClientOptions().setMaxFrameSize(ExecFrames.MAX_MESSAGE));
        HttpServer agent =
                vertx.createHttpServer(
                                new HttpServerOptions()
                                        .setMaxWebSocketFrameSize(ExecFrames.MAX_MESSAGE)
                                        .setWebSocketSubProtocols(List.of(ExecFrames.PROTOCOL)))
                        .requestHandler(ExecTest::asked);
        agent.listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().get();
        tokens = new Tokens(folder);
        admin = tokens.add("admin", Role.ADMIN, "/");
        operator = tokens.add("operator", Role.OPERATOR, "/");
        runner = tokens.add("runner", Role.VIEWER, "/shop", Capability.EXEC);
        single = tokens.add("single", Role.ADMIN, "/shop");
        audited = tokens.add("audited", Role.OPERATOR, "/");
        cluster = new TestCluster();
        cluster.planner()
                .append(
                        new Fact.ClusterPut(Given.cluster()),
                        new Fact.RunSpecPut(APP),
                        new Fact.RunSpecPut(SECRET),
                        new Fact.AgentPut(
                                Given.agent(
                                        "a1",
                                        Optional.of("http://127.0.0.1:" + agent.actualPort()))),
                        new Fact.InstancePut(Given.running(APP, 1), Optional.empty(), ""),
                        new Fact.InstancePut(Given.running(SECRET, 1), Optional.empty(), ""));
        http =
                cluster.startSecured(
                        tokens,
                        config -> config.withAgentToken(Optional.of(TOKEN)).withLimits(limits()));
    }

    /// Few for each user, so that a place that is not given back is missed.
    private static GatewayConfig.Limits limits() {
        var usual = GatewayConfig.Limits.DEFAULT;
        return new GatewayConfig.Limits(
                usual.write(),
                usual.read(),
                usual.requests(),
                usual.bodyBytes(),
                usual.streams(),
                usual.outstandingEvents(),
                Duration.ofMillis(200),
                Duration.ofSeconds(1),
                usual.requestsEach(),
                EACH);
    }

    @AfterAll
    static void stop() throws Exception {
        cluster.close();
        vertx.close().await(10, TimeUnit.SECONDS);
    }

    /// What the agent answers is named by the command.
    private static void asked(HttpServerRequest request) {
        ASKED.add(request);
        switch (String.valueOf(request.getParam("command"))) {
            case "which" ->
                    request.response()
                            .setStatusCode(400)
                            .end("{\"message\":\"say container= and one of a, b\"}");
            case "ended" ->
                    request.response().setStatusCode(409).end("{\"message\":\"does not run\"}");
            case "token" -> request.response().setStatusCode(401).end("{}");
            default -> request.toWebSocket().onSuccess(JOINED::add);
        }
    }

    private static TaskId task(App app, int n) {
        return InstanceId.of(app.id(), "0000-" + n).task(1);
    }

    private static WebSocketConnectOptions options(String token, TaskId task, String query) {
        var options = new WebSocketConnectOptions();
        var uri = http.request("/v2/tasks/" + task + "/exec?" + query).build().uri();
        options.setHost(uri.getHost())
                .setPort(uri.getPort())
                .setURI(uri.getRawPath() + "?" + query);
        options.addSubProtocol(ExecFrames.PROTOCOL);
        options.putHeader("Authorization", "Bearer " + token);
        return options;
    }

    private static WebSocket open(WebSocketConnectOptions options) throws Exception {
        return client.connect(options)
                .toCompletionStage()
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
    }

    private static UpgradeRejectedException refused(WebSocketConnectOptions options)
            throws Exception {
        try {
            open(options);
        } catch (ExecutionException e) {
            return (UpgradeRejectedException) e.getCause();
        }
        throw new AssertionError("it was not refused");
    }

    private static ServerWebSocket joined() throws InterruptedException {
        var socket = JOINED.poll(10, TimeUnit.SECONDS);
        assertThat(socket).isNotNull();
        return socket;
    }

    private static Buffer bytes(String text) {
        return Buffer.buffer(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whatIsSaidPassesBothWaysAndWithTheAgentTheClientEnds() throws Exception {
        ASKED.clear();
        var heard = new LinkedBlockingQueue<String>();
        var user = open(options(admin, task(APP, 1), "command=echo&command=a%20b&tty=true"));
        user.binaryMessageHandler(message -> heard.add(message.toString()));
        var ended = new AtomicInteger();
        user.closeHandler(_ -> ended.set(user.closeStatusCode()));
        var agent = joined();
        var said = new LinkedBlockingQueue<String>();
        agent.binaryMessageHandler(message -> said.add(message.toString()));
        var asked = ASKED.poll(10, TimeUnit.SECONDS);
        assertThat(asked.uri())
                .isEqualTo("/tasks/" + task(APP, 1) + "/exec?command=echo&command=a%20b&tty=true");
        assertThat(asked.getHeader("Authorization")).isEqualTo("Bearer " + TOKEN);

        user.writeBinaryMessage(bytes("0hello"));
        agent.writeBinaryMessage(bytes("1world"));

        assertThat(said.poll(10, TimeUnit.SECONDS)).isEqualTo("0hello");
        assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("1world");
        assertThat(user.subProtocol()).isEqualTo(ExecFrames.PROTOCOL);
        agent.close((short) 1000);
        await().untilAsserted(() -> assertThat(ended).hasValue(1000));
    }

    @Test
    void silenceEndsNothing() throws Exception {
        var heard = new LinkedBlockingQueue<String>();
        var user = open(options(admin, task(APP, 1), "command=sh"));
        user.binaryMessageHandler(message -> heard.add(message.toString()));
        var agent = joined();
        // Longer than the server bears a connection on which nothing is said.
        Thread.sleep(2500);
        agent.writeBinaryMessage(bytes("1late"));
        assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("1late");
        user.close();
    }

    @Test
    void withTheTokenTheCommandEnds() throws Exception {
        var token = tokens.add("leaver", Role.ADMIN, "/shop");
        var user = new AtomicReference<WebSocket>();
        await().until(() -> {
            try {
                user.set(open(options(token, task(APP, 1), "command=sh")));
                return true;
            } catch (ExecutionException e) {
                return false;
            }
        });
        var agent = joined();
        var gone = new AtomicInteger();
        agent.closeHandler(_ -> gone.incrementAndGet());
        user.get().closeHandler(_ -> gone.incrementAndGet());

        tokens.remove("leaver");

        await().untilAsserted(() -> assertThat(gone).hasValue(2));
    }

    @Test
    void withTheClientTheAgentsEndsToo() throws Exception {
        var user = open(options(admin, task(APP, 1), "command=sh"));
        var agent = joined();
        var gone = new AtomicBoolean();
        agent.closeHandler(_ -> gone.set(true));

        user.close();

        await().untilTrue(gone);
    }

    @Test
    void nothingIsReadFasterThanTheOtherSideTakesIt() throws Exception {
        var user = open(options(admin, task(APP, 1), "command=cat"));
        user.pause();
        var agent = joined();
        var piece = Buffer.buffer(new byte[256 << 10]);
        int pieces = 0;
        while (!agent.writeQueueFull() && pieces < 1000) {
            var _ = agent.writeBinaryMessage(piece);
            pieces++;
            Thread.sleep(5);
        }
        assertThat(pieces).isLessThan(1000);
        var taken = new AtomicInteger();
        user.handler(buffer -> taken.addAndGet(buffer.length()));
        user.resume();
        int all = pieces * piece.length();
        await().untilAsserted(() -> assertThat(taken).hasValue(all));
        user.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    1 | which | 400 | say container= and one of a, b
                    1 | ended | 409 | does not run
                    1 | token | 502 | refuses this gateway's token
                    9 | true  | 404 | Task 'shop_web.instance-0000-9._app.1' does not exist
                    """)
    void whyNothingIsBegunIsAnAnswerOfHttp(int n, String command, int status, String message)
            throws Exception {
        var refused = refused(options(admin, task(APP, n), "command=" + command));

        assertThat(refused.getStatus()).isEqualTo(status);
        assertThat(refused.getBody().toString()).contains(message);
    }

    @Test
    void aRequestThatIsNoWebSocketOfTheProtocolIsToldWhichItIs() {
        var path = "/v2/tasks/" + task(APP, 1) + "/exec?command=true";
        var reply = http.send(http.request(path).header("Authorization", "Bearer " + admin).GET());

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.message()).contains("v5.channel.k8s.io");
    }

    @Test
    void pagesOfOtherOriginsAreRefused() throws Exception {
        var foreign = options(admin, task(APP, 1), "command=sh");
        foreign.putHeader("Origin", "http://evil.example.com");
        assertThat(refused(foreign).getStatus()).isEqualTo(403);

        var own = options(admin, task(APP, 1), "command=sh");
        own.putHeader("Origin", "http://127.0.0.1:" + own.getPort());
        var user = open(own);
        joined();
        user.close();

        var renamed = options(admin, task(APP, 1), "command=sh");
        renamed.putHeader("Host", "evil.example.com");
        assertThat(refused(renamed).getStatus()).isEqualTo(421);
    }

    @Test
    void theRightIsOneOfItsOwnAndWithWhatTheTaskMay() throws Exception {
        assertThat(refused(options("ekt_x", task(APP, 1), "command=sh")).getStatus())
                .isEqualTo(401);
        var power = refused(options(operator, task(APP, 1), "command=sh"));
        assertThat(power.getStatus()).isEqualTo(403);
        assertThat(power.getBody().toString()).contains("needs capability exec", "/shop/web");
        var user = open(options(runner, task(APP, 1), "command=sh"));
        joined();
        user.close();
        var secret = refused(options(runner, task(SECRET, 1), "command=env"));
        assertThat(secret.getStatus()).isEqualTo(403);
        assertThat(secret.getBody().toString())
                .contains("needs capability secret-read", "/shop/db");
    }

    @Test
    void eachCommandAndEachRefusalIsInTheAudit() throws Exception {
        var user = open(options(runner, task(APP, 1), "command=audited&command=1"));
        var again = open(options(runner, task(APP, 1), "command=audited&command=2"));
        joined();
        joined();
        // Nobody else's: what one user is refused within a second is one record, told by its first.
        assertThat(refused(options(audited, task(APP, 1), "command=audited")).getStatus())
                .isEqualTo(403);

        await().untilAsserted(() -> {
            var records = records();
            assertThat(records)
                    .extracting(
                            record -> record.path("actor").asText(),
                            record -> record.path("outcome").asText(),
                            record -> record.path("resources").path(0).asText(),
                            record -> record.path("address").asText())
                    .containsExactlyInAnyOrder(
                            tuple("runner", "accepted", "/shop/web", "127.0.0.1"),
                            tuple("runner", "accepted", "/shop/web", "127.0.0.1"),
                            tuple("audited", "refused", "/shop/web", "127.0.0.1"));
            assertThat(records)
                    .extracting(record -> record.path("uri").asText())
                    .anyMatch(uri -> uri.endsWith("/exec?command=audited&command=2"));
        });
        user.close();
        again.close();
    }

    private static List<JsonNode> records() {
        var reply =
                http.send(
                        http.request("/v2/audit?verb=exec")
                                .header("Authorization", "Bearer " + admin)
                                .GET());
        return StreamSupport.stream(reply.json().path("records").spliterator(), false)
                .filter(record -> record.path("uri").asText().contains("audited"))
                .toList();
    }

    @Test
    void aUserWhoHasAllHisCommandsHasRoomAgainWhenOneEnds() throws Exception {
        var user = open(options(single, task(APP, 1), "command=sh"));
        joined();
        for (int i = 1; i < EACH; i++) {
            open(options(single, task(APP, 1), "command=sh"));
            joined();
        }
        assertThat(refused(options(single, task(APP, 1), "command=sh")).getStatus()).isEqualTo(429);

        user.close();

        await().until(() -> {
            try {
                var next = open(options(single, task(APP, 1), "command=sh"));
                joined();
                next.close();
                return true;
            } catch (ExecutionException e) {
                return false;
            }
        });
    }
}

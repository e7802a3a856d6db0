package io.ekiden.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ekiden.log.Fact;
import io.ekiden.model.App;
import io.ekiden.model.Condition;
import io.ekiden.model.EndedTask;
import io.ekiden.model.InstanceId;
import io.ekiden.model.TaskId;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Reads of files and logs, over a gateway, from an agent played by hand.
final class TaskFilesTest {
    private static final App APP = Given.app("/shop/web");
    private static final String TOKEN = "a-token";

    private static final Duration IDLE = Duration.ofSeconds(1);
    private static final BlockingQueue<HttpServerRequest> ASKED = new LinkedBlockingQueue<>();
    private static Vertx vertx;
    private static String address;
    private static TestCluster cluster;
    private static Http http;

    @BeforeAll
    static void start() throws Exception {
        vertx = Vertx.vertx();
        HttpServer agent = vertx.createHttpServer().requestHandler(TaskFilesTest::asked);
        agent.listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().get();
        address = "http://127.0.0.1:" + agent.actualPort();
        int nobody;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = free.getLocalPort();
        }
        cluster = new TestCluster();
        cluster.planner()
                .append(
                        new Fact.ClusterPut(Given.cluster()),
                        new Fact.RunSpecPut(APP),
                        new Fact.AgentPut(Given.agent("a1", Optional.of(address))),
                        new Fact.AgentPut(
                                Given.agent("off", Optional.of("http://127.0.0.1:" + nobody))),
                        new Fact.AgentPut(Given.agent("closed", Optional.empty())),
                        new Fact.InstancePut(Given.running(APP, 1), Optional.empty(), ""),
                        new Fact.EndedTaskKept(ended(2, "a1")),
                        new Fact.EndedTaskKept(ended(3, "off")),
                        new Fact.EndedTaskKept(ended(4, "closed")));
        http = cluster.start(config -> config.withAgentToken(Optional.of(TOKEN)));
    }

    @AfterAll
    static void stop() throws Exception {
        cluster.close();
        vertx.close().await(10, TimeUnit.SECONDS);
    }

    private static EndedTask ended(int n, String agent) {
        return new EndedTask(
                task(n),
                APP.id(),
                agent,
                "host-" + agent,
                Condition.FINISHED,
                "",
                Given.NOON,
                Optional.empty(),
                Optional.empty(),
                Given.NOON);
    }

    private static TaskId task(int n) {
        return InstanceId.of(APP.id(), "0000-" + n).task(1);
    }

    private static String path(int n, String action) {
        return "/v2/tasks/" + task(n) + "/" + action;
    }

    /// What the agent answers is named by the path that is asked for.
    private static void asked(HttpServerRequest request) {
        var response = request.response();
        switch (String.valueOf(request.getParam("path"))) {
            case "none" ->
                    response.setStatusCode(404)
                            .putHeader("Content-Type", "application/json")
                            .end("{\"message\":\"'none' is not a regular file\"}");
            case "token" -> response.setStatusCode(401).end("{}");
            case "stalled" -> {}
            case "silent" -> {
                response.setChunked(true).putHeader("Content-Type", "text/plain");
                response.write("one");
                vertx.setTimer(3 * IDLE.toMillis(), _ -> response.end("two"));
            }
            case "broken" -> {
                response.putHeader("Content-Length", "1000").write("half");
                vertx.setTimer(50, _ -> request.connection().close());
            }
            case "part" ->
                    response.setStatusCode(206)
                            .putHeader("Content-Type", "application/octet-stream")
                            .putHeader("Content-Range", "bytes 2-4/10")
                            .putHeader("Content-Disposition", "attachment; filename=\"f\"")
                            .putHeader("Set-Cookie", "stolen=1")
                            .end("234");
            case "stream" -> {
                response.setChunked(true).putHeader("Content-Type", "text/event-stream");
                response.write("data: one\n\n");
                ASKED.add(request);
                return;
            }
            default ->
                    response.putHeader("Content-Type", "application/json")
                            .end("[{\"path\":\"stdout\"}]");
        }
        ASKED.add(request);
    }

    private static HttpServerRequest lastAsked() throws InterruptedException {
        var asked = ASKED.poll(10, TimeUnit.SECONDS);
        assertThat(asked).isNotNull();
        return asked;
    }

    @ParameterizedTest
    @CsvSource({
        "1, files/browse?path=data",
        "1, files/read?path=a%20b&offset=3&length=5",
        "1, files/download?path=data%2Fdate",
        "1, logs/stdout?offset=-10",
        "2, logs/stderr?follow=false",
        "2, files/browse",
        "1, usage"
    })
    void everyReadReachesTheTasksAgentAsItWasAsked(int n, String action) throws Exception {
        ASKED.clear();

        var reply = http.get(path(n, action));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.text()).isEqualTo("[{\"path\":\"stdout\"}]");
        var asked = lastAsked();
        assertThat(asked.uri()).isEqualTo("/tasks/" + task(n) + "/" + action);
        assertThat(asked.getHeader("Authorization")).isEqualTo("Bearer " + TOKEN);
    }

    @Test
    void whatMattersIsPassedOnAndNothingElse() throws Exception {
        ASKED.clear();
        var request =
                http.request(path(1, "files/download?path=part"))
                        .header("Range", "bytes=2-4")
                        .header("Cookie", "c=1");

        var reply = http.send(request.GET());

        assertThat(reply.status()).isEqualTo(206);
        assertThat(reply.text()).isEqualTo("234");
        assertThat(reply.header("Content-Range")).isEqualTo("bytes 2-4/10");
        assertThat(reply.header("Content-Disposition")).isEqualTo("attachment; filename=\"f\"");
        assertThat(reply.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(reply.header("Set-Cookie")).isEmpty();
        var asked = lastAsked();
        assertThat(asked.getHeader("Range")).isEqualTo("bytes=2-4");
        assertThat(asked.getHeader("Cookie")).isNull();
    }

    @Test
    void aStreamIsPassedOnAsItComesAndEndsWhenTheClientLeaves() throws Exception {
        ASKED.clear();
        var left = new AtomicBoolean();
        try (var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            var answer =
                    client.send(
                            http.request(path(1, "logs/stdout?follow=true&path=stream"))
                                    .header("Accept", "text/event-stream")
                                    .header("Last-Event-ID", "7")
                                    .build(),
                            BodyHandlers.ofInputStream());
            InputStream body = answer.body();
            assertThat(new String(body.readNBytes(11), StandardCharsets.UTF_8))
                    .isEqualTo("data: one\n\n");
            var asked = lastAsked();
            assertThat(asked.getHeader("Last-Event-ID")).isEqualTo("7");
            asked.connection().closeHandler(_ -> left.set(true));
            asked.response().write("data: two\n\n");
            assertThat(new String(body.readNBytes(11), StandardCharsets.UTF_8))
                    .isEqualTo("data: two\n\n");
            assertThat(left).isFalse();
            client.shutdownNow();
        }
        await().untilTrue(left);
    }

    @Test
    void aLogThatIsSilentForLongIsNotCutOff() {
        try (var other = new TestCluster()) {
            other.planner()
                    .append(
                            new Fact.ClusterPut(Given.cluster()),
                            new Fact.RunSpecPut(APP),
                            new Fact.AgentPut(Given.agent("a1", Optional.of(address))),
                            new Fact.InstancePut(Given.running(APP, 1), Optional.empty(), ""));
            var impatient =
                    other.start(config ->
                            config.withAgentToken(Optional.of(TOKEN)).withLimits(limits()));

            var reply = impatient.get(path(1, "logs/stdout?follow=true&path=silent"));

            assertThat(reply.text()).isEqualTo("onetwo");
        }
    }

    private static GatewayConfig.Limits limits() {
        var usual = GatewayConfig.Limits.DEFAULT;
        return new GatewayConfig.Limits(
                usual.write(),
                usual.read(),
                usual.requests(),
                usual.bodyBytes(),
                usual.streams(),
                usual.outstandingEvents(),
                usual.heartbeat(),
                IDLE,
                usual.requestsEach(),
                usual.streamsEach());
    }

    @Test
    void anAnswerThatBreaksOffIsNotTakenForAll() {
        var answer =
                http.raw(
                        "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                                .formatted(path(1, "files/download?path=broken")));

        assertThat(answer).contains("Content-Length: 1000").endsWith("\r\n\r\nhalf");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    1 | files/read?path=none    | 404 | is not a regular file
                    1 | files/read?path=token   | 502 | refuses this gateway's token
                    1 | files/read?path=stalled | 504 | Agent 'a1' on host-a1 (http://127.0.0.1
                    3 | files/read              | 502 | Agent 'off' on host-off (http://127.0.0.1
                    4 | files/read              | 503 | Agent 'closed' serves no files: start it with --agent-token-file
                    9 | files/read              | 404 | Task 'shop_web.instance-0000-9._app.1' does not exist
                    """)
    void whyThereIsNoAnswerIsSaid(int n, String action, int status, String message) {
        var reply = http.get(path(n, action));

        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.message()).contains(message);
        assertThat(reply.json().fieldNames()).toIterable().isSubsetOf("message", "details");
    }

    @Test
    void endedTasksAreListed() {
        var reply = http.get("/v2/tasks/ended?appId=/shop/web");

        assertThat(reply.json().path("tasks").findValuesAsText("slaveId"))
                .containsExactlyInAnyOrder("a1", "off", "closed");
        assertThat(http.get("/v2/tasks").json().path("tasks")).hasSize(1);
    }

    @Test
    void aGatewayWithoutATokenSaysHowToGiveItOne() {
        try (var other = new TestCluster()) {
            other.planner()
                    .append(
                            new Fact.ClusterPut(Given.cluster()),
                            new Fact.RunSpecPut(APP),
                            new Fact.AgentPut(Given.agent("a1", Optional.of("http://127.0.0.1:1"))),
                            new Fact.InstancePut(Given.running(APP, 1), Optional.empty(), ""));
            var reply = other.start().get(path(1, "logs/stdout"));

            assertThat(reply.status()).isEqualTo(503);
            assertThat(reply.message()).contains("--agent-token-file", "EKIDEN_AGENT_TOKEN_FILE");
        }
    }
}

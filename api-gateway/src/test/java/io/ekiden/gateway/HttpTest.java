package io.ekiden.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.gateway.GatewayConfig.Limits;
import io.ekiden.log.Fact;
import io.ekiden.model.App;
import io.ekiden.model.Condition;
import io.ekiden.model.Deployment;
import io.ekiden.model.Sorted;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// All routes over real HTTP, with a state that stands still.
class HttpTest {
    private static final int BODY_LIMIT = 64 << 10;
    private static final App WEB =
            Given.app("/shop/web", Sorted.copyOf(Map.of("tier", "web", "env", "prod")));

    private static TestCluster cluster;
    private static Http http;

    @BeforeAll
    static void start() {
        cluster = new TestCluster();
        var running = Given.running(WEB, 1);
        cluster.planner()
                .append(
                        new Fact.ClusterPut(Given.cluster()),
                        new Fact.RunSpecPut(WEB),
                        new Fact.VersionKept(Given.kept(WEB, Given.NOON)),
                        new Fact.AgentPut(Given.agent("a1")),
                        new Fact.InstancePut(running, Optional.empty(), ""),
                        new Fact.InstancePut(
                                Given.instance(WEB, 2, Condition.SCHEDULED), Optional.empty(), ""),
                        new Fact.DeploymentStarted(
                                Given.deployment(WEB.id(), Deployment.Kind.SCALE)));
        http =
                cluster.start(config ->
                        config.withAllowedHosts(Set.of("gateway.example")).withLimits(limits()));
    }

    private static Limits limits() {
        var usual = Limits.DEFAULT;
        return new Limits(
                usual.write(),
                usual.read(),
                usual.requests(),
                BODY_LIMIT,
                usual.streams(),
                usual.outstandingEvents(),
                usual.heartbeat(),
                usual.idle(),
                usual.requestsEach(),
                usual.streamsEach());
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    /v2/apps                                             | 200 | /apps/0/id                  | /shop/web
                    /v2/apps?label=tier%3D%3Dweb,env%20in%20(prod)       | 200 | /apps/0/id                  | /shop/web
                    /v2/apps?label=a%20in                                | 422 | /message                    | Can not parse label selector a in. Reason: '(' expected at position 4
                    /v2/apps/*                                           | 200 | /*/0/id                     | /shop/web
                    /v2/apps/shop/*                                      | 200 | /*/0/id                     | /shop/web
                    /v2/apps/none/*                                      | 404 | /message                    | Group '/none' does not exist
                    /v2/apps/shop/web                                    | 200 | /app/tasks/0/host           | 10.0.0.1
                    //v2//apps//shop/web/                                | 200 | /app/id                     | /shop/web
                    /v2/apps/%2Fshop%2Fweb                               | 200 | /app/id                     | /shop/web
                    /v2/apps/shop/../shop/web                            | 200 | /app/id                     | /shop/web
                    /v2/apps/none                                        | 404 | /message                    | App '/none' does not exist
                    /v2/apps/shop/web/tasks                              | 200 | /tasks/0/state              | TASK_RUNNING
                    /v2/apps/shop/*/tasks                                | 200 | /tasks/0/state              | TASK_RUNNING
                    /v2/apps/none/tasks                                  | 404 | /message                    | App '/none' does not exist
                    /v2/apps/shop/web/versions                           | 200 | /versions/0                 | 2026-11-23T12:00:00.000Z
                    /v2/apps/shop/web/versions/2026-11-23T12:00:00.000Z  | 200 | /id                         | /shop/web
                    /v2/apps/shop/web/versions/2026-11-23T13:00:00+01:00 | 200 | /id                         | /shop/web
                    /v2/apps/shop/web/versions/x                         | 422 | /message                    | Invalid timestamp provided 'x'. Expecting ISO-8601 datetime string.
                    /v2/tasks                                            | 200 | /tasks/0/servicePorts/0     | 10000
                    /v2/queue                                            | 200 | /queue/0/count              | 1
                    /v2/deployments                                      | 200 | /0/currentActions/0/action  | ScaleApplication
                    /v2/agents                                           | 200 | /agents/0/tasks             | 1
                    /v2/agents/a1                                        | 200 | /agent/hostname             | host-a1
                    /v2/agents/a2                                        | 404 | /message                    | Agent 'a2' does not exist
                    /v2/info                                             | 200 | /version                    | 1.2.3
                    /v2/services                                         | 200 | /services/0/id              | /shop/web
                    /v2/services?limit=x                                 | 422 | /message                    | limit is a number from 0 to 1000
                    /v2/plugins                                          | 200 | /plugins                    | ''
                    /v2/plugins/any/path                                 | 404 | /message                    | URI not found
                    /openapi.json                                        | 200 | /info/version               | 1.2.3
                    /config                                              | 200 | /version                    | 1.2.3
                    /logging                                             | 200 | /none                       | ''
                    /metrics                                             | 200 | /gauges/sequence/value      | 1
                    /v2/nothing                                          | 404 | /message                    | URI not found
                    """)
    void everyReadIsAnswered(String path, int status, String pointer, String value) {
        var reply = http.get(path);

        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.header("Content-Type")).isEqualTo("application/json");
        assertThat(reply.header("X-Ekiden-Sequence")).isEqualTo("1");
        assertThat(reply.header("Cache-Control")).isEqualTo("no-cache, no-store, must-revalidate");
        assertThat(reply.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(reply.header("X-Marathon-Leader")).startsWith("http://127.0.0.1:");
        assertThat(reply.json().at(pointer).asText()).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    POST  | /v2/apps          | {"id": oops}                      | 400 | Invalid JSON
                    POST  | /v2/apps          | {"id":"/a","id":"/b"}             | 400 | Invalid JSON
                    POST  | /v2/apps          | {"id":"/a"} {}                    | 400 | Invalid JSON
                    POST  | /v2/apps          | ''                                | 400 | Please specify data in JSON format
                    POST  | /v2/apps          | {"id":5,"cmd":"x"}                | 422 | Invalid JSON
                    POST  | /v2/apps          | []                                | 422 | Invalid JSON
                    PUT   | /v2/apps          | {}                                | 422 | Invalid JSON
                    PUT   | /v2/apps/a        | {"instances":"x"}                 | 422 | Invalid JSON
                    PUT   | /v2/apps/A_b      | {"cmd":"x"}                       | 422 | Object is not valid
                    PATCH | /v2/apps          | [{"cmd":"x"}]                     | 422 | No id given for the app at (0)
                    POST  | /v2/tasks/delete  | {"ids":["x y"]}                   | 400 | Invalid task id 'x y'. [a task id is <app>.instance-<uuid>.<container>.<number>]
                    POST  | /v2/apps/a        | {}                                | 405 | Method Not Allowed
                    DELETE | /v2/leader       | ''                                | 405 | There is no leader to abdicate: every gateway serves everything, and planners take over from one another by themselves.
                    PUT   | /v2/nothing       | {}                                | 404 | URI not found
                    """)
    void badRequestsAreRefusedWithoutThePlanner(
            String method, String path, String body, int status, String message) {
        int seen = cluster.planner().seen().size();

        var reply = http.send(method, path, body);

        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.message()).isEqualTo(message);
        assertThat(cluster.planner().seen()).hasSize(seen);
    }

    @Test
    void anUnparsableBodysDetailsAreText() {
        assertThat(http.send("POST", "/v2/apps", "{").json().path("details").isTextual()).isTrue();
    }

    @Test
    void aDeepBodyIsRefused() {
        var reply = http.send("POST", "/v2/apps", "[".repeat(10_000));

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.message()).isEqualTo("Invalid JSON");
    }

    @Test
    void aBodyMayBeAsLargeAsTheLimitAndNoLarger() {
        var most = " ".repeat(BODY_LIMIT);

        assertThat(http.send("POST", "/v2/apps", most).status()).isEqualTo(400);
        assertThat(http.send("POST", "/v2/apps", most + " ").status()).isEqualTo(413);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    application/json                   | 400
                    application/json; charset=utf-8    | 400
                    application/merge-patch+json       | 400
                    */*                                | 400
                    text/plain                         | 415
                    application/x-www-form-urlencoded  | 415
                    multipart/form-data; boundary=x    | 415
                    """)
    void onlyJsonIsTaken(String type, int status) {
        var request =
                http.request("/v2/apps")
                        .header("Content-Type", type)
                        .POST(BodyPublishers.ofString("{"));

        assertThat(http.send(request).status()).isEqualTo(status);
    }

    @Test
    void optionsAndHeadWork() {
        var options = http.send("OPTIONS", "/v2/apps/x");
        var head = http.send("HEAD", "/v2/apps/shop/web");
        var get = http.get("/v2/apps/shop/web");

        assertThat(options.status()).isEqualTo(200);
        assertThat(options.header("Allow")).isEqualTo("GET, HEAD, PUT, PATCH, DELETE, OPTIONS");
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.text()).isEmpty();
        assertThat(head.header("Content-Length"))
                .isEqualTo(Integer.toString(get.text().getBytes(StandardCharsets.UTF_8).length));
        assertThat(http.send("POST", "/ping", "").header("Allow")).isEqualTo("GET, HEAD, OPTIONS");
    }

    @ParameterizedTest
    @CsvSource({
        "localhost:8080, 200",
        "127.0.0.1, 200",
        "[::1]:8080, 200",
        "gateway.example, 200",
        "GATEWAY.example:1, 200",
        "evil.example, 421",
        "localhost.evil.example, 421",
        "127.0.0.1.evil.example, 421"
    })
    void onlyItsOwnNamesAreAnswered(String host, int status) {
        var answer =
                http.raw("GET /ping HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
    }

    @Test
    void pagesOfOtherOriginsChangeNothing() {
        int seen = cluster.planner().seen().size();
        var foreign =
                http.request("/v2/apps/shop/web/restart")
                        .header("Origin", "http://evil.example")
                        .POST(BodyPublishers.noBody());
        var sandboxed = http.request("/v2/apps/shop/web").header("Origin", "null").DELETE();

        assertThat(http.send(foreign).status()).isEqualTo(403);
        assertThat(http.send(sandboxed).status()).isEqualTo(403);
        assertThat(cluster.planner().seen()).hasSize(seen);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v2/apps/%",
                "/v2/apps/%zz",
                "/v2/apps/%00",
                "/v2/apps/%c0%ae%c0%ae",
                "/v2/apps?label=%"
            })
    void aBrokenUriIsNoServerError(String uri) {
        var answer =
                http.raw(
                        "GET " + uri + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 4");
    }

    @Test
    void pingSpeaksTheClientsLanguage() {
        assertThat(ping("*/*")).isEqualTo("text/plain pong");
        assertThat(ping("application/json")).isEqualTo("application/json \"pong\"");
        assertThat(ping("text/html")).isEqualTo("text/html pong");
        assertThat(http.send(http.request("/ping").header("Accept", "image/png").GET()).status())
                .isEqualTo(204);
    }

    private static String ping(String accept) {
        var reply = http.send(http.request("/ping").header("Accept", accept).GET());
        return reply.header("Content-Type") + " " + reply.text();
    }

    @Test
    void scriptsReadTasksAsText() {
        var request = http.request("/v2/apps/shop/web/tasks").header("Accept", "text/plain").GET();

        assertThat(http.send(request).text()).isEqualTo("shop_web\t10000\t10.0.0.1:31001\t\n");
    }

    @Test
    void prometheusReadsFigures() {
        assertThat(http.get("/metrics/prometheus").text().lines().toList())
                .contains("ekiden_gateway_sequence 1", "ekiden_gateway_following 1");
    }

    @Test
    void largeAnswersAreCompressedForWhoWantsIt() {
        var request = http.request("/v2/apps?embed=apps.tasks").header("Accept-Encoding", "gzip");

        assertThat(http.send(request.GET()).header("Content-Encoding")).isEqualTo("gzip");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    /ui/                               | 200 | text/html; charset=utf-8
                    /ui/index.html                     | 200 | text/html; charset=utf-8
                    /ui/views/a.js                     | 200 | text/javascript; charset=utf-8
                    /ui/webjars/thing/1.0.0/thing.js   | 200 | text/javascript; charset=utf-8
                    /ui/none.js                        | 404 | application/json
                    /ui/views                          | 404 | application/json
                    /ui/.secret.txt                    | 404 | application/json
                    /ui/../logback.xml                 | 404 | application/json
                    /ui/%2e%2e/io/ekiden               | 404 | application/json
                    /ui/webjars/../../MANIFEST.MF      | 404 | application/json
                    """)
    void theUiIsServedAndNothingElse(String path, int status, String type) {
        var answer =
                http.raw(
                        "GET "
                                + path
                                + " HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.0 " + status + " ");
        assertThat(answer.toLowerCase(Locale.ROOT))
                .contains("content-type: " + type)
                .contains("x-content-type-options: nosniff");
        if (status == 200) {
            assertThat(answer.toLowerCase(Locale.ROOT))
                    .contains("content-security-policy: default-src 'self'");
        }
    }

    @Test
    void theRootLeadsToTheUi() {
        for (var path : List.of("/", "/ui")) {
            assertThat(http.get(path).status()).isEqualTo(302);
            assertThat(http.get(path).header("Location")).isEqualTo("/ui/");
        }
    }
}

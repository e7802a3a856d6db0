package io.ekiden.e2e.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URLEncoder;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Conventions of every request and answer, and the routes about the system itself: tables a.0 and
/// a.7.
final class SystemContractIT extends ContractTest {

    @ParameterizedTest(name = "Accept: {0}")
    @DisplayName("/ping answers in the media type that the client prefers")
    @CsvSource({
        "*/*,              200, pong",
        "text/plain,       200, pong",
        "text/html,        200, pong",
        "application/json, 200, '\"pong\"'",
        "image/png,        204, ''"
    })
    void ping(String accept, int status, String text) {
        var reply = api.get("/ping", "Accept", accept);

        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.text()).isEqualTo(text);
    }

    @Test
    @DisplayName("no answer may be cached or framed, and each names the gateway")
    void headersOfEveryAnswer() {
        for (var path : List.of("/ping", "/v2/apps", "/v2/apps/none", "/v2/nothing")) {
            var reply = api.get(path);
            assertThat(reply.header("Cache-Control"))
                    .isEqualTo("no-cache, no-store, must-revalidate");
            assertThat(reply.header("Pragma")).isEqualTo("no-cache");
            assertThat(reply.header("Expires")).isEqualTo("0");
            assertThat(reply.header("X-Frame-Options")).isEqualTo("DENY");
            assertThat(reply.header("X-XSS-Protection")).isEqualTo("1; mode=block");
            assertThat(reply.header("X-Marathon-Leader")).isEqualTo(EKIDEN.api());
        }
    }

    @Test
    @DisplayName("/v2/info has all keys of Marathon's")
    void info() {
        var info = api.get("/v2/info").json();

        for (var key : List.of("name", "version", "buildref", "elected", "leader", "frameworkId")) {
            assertThat(info.hasNonNull(key)).as(key).isTrue();
        }
        assertThat(info.at("/http_config/http_port").asInt()).isPositive();
        assertThat(info.path("http_config").has("https_port")).isTrue();
        assertThat(info.path("zookeeper_config").has("zk")).isTrue();
        assertThat(info.at("/marathon_config/features").isArray()).isTrue();
        for (var key : List.of("framework_name", "hostname", "mesos_role", "webui_url")) {
            assertThat(info.path("marathon_config").hasNonNull(key)).as(key).isTrue();
        }
        assertThat(info.path("marathon_config").fieldNames())
                .toIterable()
                .contains(
                        """
                        access_control_allow_origin checkpoint decline_offer_duration
                        default_network_name env_vars_prefix executor failover_timeout features
                        framework_name ha hostname launch_token launch_token_refresh_interval
                        leader_proxy_connection_timeout_ms leader_proxy_read_timeout_ms
                        local_port_max local_port_min maintenance_mode master
                        max_instances_per_offer mesos_bridge_name
                        mesos_heartbeat_failure_threshold mesos_heartbeat_interval
                        mesos_leader_ui_url mesos_role mesos_user min_revive_offers_interval
                        new_group_enforce_role offer_matching_timeout on_elected_prepare_timeout
                        reconciliation_initial_delay reconciliation_interval
                        scale_apps_initial_delay scale_apps_interval store_cache
                        task_launch_confirm_timeout task_launch_timeout
                        task_lost_expunge_initial_delay task_lost_expunge_interval
                        task_reservation_timeout webui_url\
                        """
                                .split("\\s+"));
        assertThat(info.path("zookeeper_config").fieldNames())
                .toIterable()
                .contains(
                        """
                        zk zk_compression zk_compression_threshold zk_connection_timeout
                        zk_max_node_size zk_max_versions zk_session_timeout zk_timeout\
                        """
                                .split("\\s+"));
    }

    @Test
    @DisplayName("/v2/leader is host and port of the gateway; there is nobody to abdicate")
    void leader() {
        assertThat("http://" + api.get("/v2/leader").at("/leader").asText())
                .isEqualTo(EKIDEN.api());
        var refused = api.delete("/v2/leader?backup=file:///tmp/x");
        assertThat(refused.status()).isEqualTo(405);
        assertThat(refused.message()).startsWith("There is no leader to abdicate");
        assertThat(api.get("/ping").status()).isEqualTo(200);
    }

    @Test
    @DisplayName("there are no plugins, and nothing below them")
    void plugins() {
        assertThat(api.get("/v2/plugins").json()).isEqualTo(Api.parse("{\"plugins\":[]}"));
        assertThat(api.get("/v2/plugins/any/path").status()).isEqualTo(404);
        assertThat(api.post("/v2/plugins/any/path", "{}").status()).isEqualTo(404);
    }

    @Test
    @DisplayName("/metrics is JSON, /metrics/prometheus text")
    void metrics() {
        assertThat(api.get("/metrics").at("/gauges").isObject()).isTrue();
        assertThat(api.get("/metrics/prometheus").header("Content-Type")).startsWith("text/plain");
    }

    @Test
    @DisplayName("/config is JSON")
    void config() {
        assertThat(api.get("/config").at("/bind").asText()).isEqualTo("127.0.0.1");
    }

    @Test
    @DisplayName("/logging maps loggers to levels, and sets one for some seconds")
    void logging() {
        var change = "{'level': 'debug', 'logger': 'a.b', 'durationSeconds': 1}";

        var changed = api.post("/logging", change);

        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.json()).isEqualTo(Api.parse(Api.json(change)));
        assertThat(api.get("/logging").json().path("a.b").asText()).isEqualTo("DEBUG");
        await().atMost(PATIENCE)
                .until(() ->
                        api.get("/logging").json().path("a.b").asText().endsWith(" (inherited)"));
        assertThat(api.post("/logging", "{'level': 'debug', 'logger': ''}").status())
                .isEqualTo(422);
    }

    @Test
    @DisplayName("/ leads to /ui/, which is a page")
    void ui() {
        assertThat(api.get("/").status()).isEqualTo(302);
        assertThat(api.get("/").header("Location")).isEqualTo("/ui/");
        assertThat(api.get("/ui/").header("Content-Type")).startsWith("text/html");
    }

    @Test
    @DisplayName("the API describes itself")
    void openApi() {
        assertThat(api.get("/openapi.json").at("/openapi").asText()).startsWith("3.1");
    }

    @ParameterizedTest
    @DisplayName("a path that nobody serves is 404")
    @ValueSource(
            strings = {"/v2", "/v2/nothing", "/v1/apps", "/v2/schemas", "/v2/artifacts", "/none"})
    void unknownPaths(String path) {
        assertThat(api.get(path).refusal()).isEqualTo("404 URI not found");
    }

    @ParameterizedTest
    @DisplayName("what is not there is 404 with a message and empty details")
    @ValueSource(
            strings = {
                "/v2/apps/no/such",
                "/v2/apps/no/such/*",
                "/v2/apps/no/such/tasks",
                "/v2/apps/no/such/versions/2020-01-01T00:00:00.000Z",
                "/v2/groups/no/such",
                "/v2/groups/no/such/versions",
                "/v2/pods/no/such",
                "/v2/pods/no/such::status",
                "/v2/agents/none",
                "/v2/tasks/none/logs/stdout",
                "/v2/nothing"
            })
    void notFound(String path) {
        var reply = api.get(path);

        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.message()).isNotEmpty();
        assertThat(reply.at("/details").isArray()).isTrue();
        assertThat(reply.at("/details")).isEmpty();
    }

    @Test
    @DisplayName("another method is 405 and told which there are, by OPTIONS too")
    void otherMethods() {
        var refused = api.send("POST", "/v2/apps/x", "{}");
        var options = api.send("OPTIONS", "/v2/apps", "");

        assertThat(refused.refusal()).isEqualTo("405 Method Not Allowed");
        assertThat(refused.header("Allow")).contains("GET", "HEAD", "PUT", "PATCH", "DELETE");
        assertThat(options.status()).isEqualTo(200);
        assertThat(options.header("Allow")).isEqualTo("GET, HEAD, POST, PUT, PATCH, OPTIONS");
    }

    @Test
    @DisplayName("HEAD is a GET without its body")
    void head() {
        var head = api.send("HEAD", "/v2/pods", "");

        assertThat(head.status()).isEqualTo(200);
        assertThat(head.text()).isEmpty();
        assertThat(api.send("HEAD", "/v2/apps/none", "").status()).isEqualTo(404);
    }

    @Test
    @DisplayName("a body that is no JSON is 400, and its details are a text")
    void unparsable() {
        var reply = api.send("POST", "/v2/apps", "{\"id\": oops}");

        assertThat(reply.refusal()).isEqualTo("400 Invalid JSON");
        assertThat(reply.at("/details").isTextual()).isTrue();
    }

    @Test
    @DisplayName("no body is 400")
    void noBody() {
        var reply = api.send("POST", "/v2/apps", "");

        assertThat(reply.refusal()).isEqualTo("400 Please specify data in JSON format");
        assertThat(reply.at("/details").isTextual()).isTrue();
    }

    @Test
    @DisplayName("a body of another media type is 415")
    void mediaType() {
        var reply = api.send("POST", "/v2/apps", "{}", "Content-Type", "text/plain");

        assertThat(reply.refusal()).isEqualTo("415 Unsupported Media Type");
    }

    @Test
    @DisplayName("a body of more than 4 MiB is 413")
    void tooLarge() {
        assertThat(api.send("POST", "/v2/apps", " ".repeat((4 << 20) + 1)).status()).isEqualTo(413);
    }

    @ParameterizedTest
    @DisplayName("slashes too many and dots in paths are resolved")
    @ValueSource(
            strings = {"//v2//apps/%s", "/v2/apps//%s/", "/v2/apps/x/../%s", "/v2/apps/%%2F%s"})
    void slashes(String path) {
        var id = app();

        assertThat(api.get(path.formatted(id.substring(1))).at("/app/id").asText()).isEqualTo(id);
    }

    @Test
    @DisplayName("flags may be written True and False")
    void flagsOfAnyCase() {
        var id = fresh();
        api.post("/v2/apps", HUGE, id);

        assertThat(api.put("/v2/apps" + id + "?force=False", "{'mem': 1}").status()).isEqualTo(409);
        assertThat(api.put("/v2/apps" + id + "?force=True", "{'mem': 1}").status()).isEqualTo(200);
    }

    @Test
    @DisplayName("answers are compressed for who wants it")
    void gzip() {
        app();
        var reply = api.get("/v2/info", "Accept-Encoding", "gzip");

        assertThat(reply.header("Content-Encoding")).isEqualTo("gzip");
    }

    @Test
    @DisplayName("times are UTC with three digits of milliseconds")
    void timestamps() {
        assertThat(appOf(app()).path("version").asText())
                .matches("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z");
    }

    @Test
    @DisplayName("times of any offset are understood")
    void offsets() {
        var id = app();
        var version = appOf(id).path("version").asText();
        var elsewhere =
                OffsetDateTime.parse(version)
                        .withOffsetSameInstant(ZoneOffset.ofHours(2))
                        .toString();

        var was =
                api.get(
                        "/v2/apps%s/versions/%s"
                                .formatted(id, URLEncoder.encode(elsewhere, UTF_8)));

        assertThat(was.at("/version").asText()).isEqualTo(version);
    }

    @Test
    @DisplayName("a GET after an answered write sees it")
    void readsSeeWrites() {
        for (int n = 0; n < 20; n++) {
            var id = fresh();
            api.post("/v2/apps", NONE, id);
            assertThat(api.get("/v2/apps" + id).status()).isEqualTo(200);
        }
    }

    @Test
    @DisplayName("/v2/services pages, sorts and searches apps and pods")
    void services() {
        var group = fresh();
        app(group + "/b");
        app(group + "/a");
        api.post("/v2/pods", POD, group + "/c", 0);

        var page = api.get("/v2/services?q=%s/&sort=-id&offset=1&limit=2".formatted(group)).json();

        assertThat(page.path("total").asInt()).isEqualTo(3);
        assertThat(page.at("/services/0/id").asText()).isEqualTo(group + "/b");
        assertThat(page.at("/services/0/status").asText()).isEqualTo("Suspended");
        assertThat(page.at("/services/1/id").asText()).isEqualTo(group + "/a");
        assertThat(api.get("/v2/services?sort=x").status()).isEqualTo(422);
    }
}

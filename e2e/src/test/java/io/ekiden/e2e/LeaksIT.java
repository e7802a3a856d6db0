package io.ekiden.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.ekiden.testkit.NeedsDocker;
import io.ekiden.testkit.TestBroker;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/// Tokens and values of secrets, in requests that are accepted, refused and broken: nothing that
/// Ekiden answers, tells its listeners or writes has them.
final class LeaksIT extends EkidenTest {
    private static final String JSON = "application/json";

    private final HttpClient http = HttpClient.newHttpClient();
    private final String value = canary();
    private final String wrongToken = "ekt_" + canary();
    private final Canaries canaries = new Canaries(List.of(value, wrongToken));
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private RunningEkiden ekiden;

    private static String canary() {
        return "CANARY" + UUID.randomUUID().toString().replace("-", "");
    }

    private String newToken(String user, String... grant) throws Exception {
        var command = new ArrayList<>(List.of("token", "add", user));
        command.addAll(List.of(grant));
        command.addAll(List.of("--file", directory.resolve("tokens").toString()));
        var token = Launcher.run(directory, command).results().getFirst();
        canaries.add(token);
        return token;
    }

    private HttpRequest.Builder request(String path, String token) {
        return HttpRequest.newBuilder(URI.create(ekiden.api() + path))
                .header("Authorization", "token=" + token)
                .header("Content-Type", JSON);
    }

    private HttpResponse<String> send(String method, String path, String token, String body)
            throws Exception {
        var request =
                request(path, token).method(method, HttpRequest.BodyPublishers.ofString(body));
        var answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        canaries.assertNotIn(answer.headers() + answer.body());
        return answer;
    }

    private int status(String method, String path, String token, String body) throws Exception {
        return send(method, path, token, body).statusCode();
    }

    @Test
    void whatIsSaidToItInConfidenceIsNowhereToBeFound() throws Exception {
        var admin = newToken("root", "--role", "admin", "--path", "/");
        var viewer = newToken("ann", "--role", "viewer", "--path", "/");
        ekiden = up("--token-file", directory.resolve("tokens").toString());
        listen(admin);

        accepted(admin);
        refused(viewer);
        broken(admin);
        for (var path :
                List.of(
                        "/v2/apps",
                        "/v2/tasks",
                        "/v2/audit?limit=100",
                        "/v2/secrets",
                        "/v2/info",
                        "/config",
                        "/metrics",
                        "/v2/queue",
                        "/logging",
                        "/openapi.json")) {
            assertThat(send("GET", path, admin, "").body()).as(path).isNotEmpty();
        }

        await().atMost(RunningEkiden.PATIENCE)
                .until(() -> String.join("\n", heard).contains("deployment_success"));
        canaries.assertNotIn(String.join("\n", heard));
        canaries.assertNotIn(
                String.join("\n", ekiden.launcher().results()) + ekiden.launcher().remarks());
        canaries.assertNotBelow(directory);
    }

    /// The registry is not there: the longest way of an image that does not come to anything.
    @Test
    @NeedsDocker
    void theCredentialsOfARegistryAreNowhereToBeFound() throws Exception {
        var admin = newToken("root", "--role", "admin", "--path", "/");
        ekiden = up("--token-file", directory.resolve("tokens").toString());
        listen(admin);
        var registry = "127.0.0.1:" + TestBroker.freePort();
        var pair = ("somebody:" + value).getBytes(StandardCharsets.UTF_8);
        var config =
                "{\"auths\": {\"%s\": {\"auth\": \"%s\"}}}"
                        .formatted(registry, Base64.getEncoder().encodeToString(pair));
        assertThat(
                        status(
                                "PUT",
                                "/v2/secrets/shop/registry",
                                admin,
                                JsonNodeFactory.instance
                                        .objectNode()
                                        .put("value", config)
                                        .toString()))
                .isBetween(200, 201);
        assertThat(
                        status(
                                "PUT",
                                "/v2/apps/pulled",
                                admin,
                                """
                                {"cpus": 0.1, "mem": 32, "secrets": {"r": {"source": "shop/registry"}},
                                 "container": {"docker": {"image": "%s/web:1", "pullConfig": {"secret": "r"}}}}\
                                """
                                        .formatted(registry)))
                .isEqualTo(201);

        await().atMost(RunningEkiden.PATIENCE)
                .until(() -> String.join("\n", heard).contains("cannot be pulled"));
        for (var path : List.of("/v2/apps/pulled", "/v2/queue", "/v2/tasks")) {
            assertThat(send("GET", path, admin, "").body()).as(path).isNotEmpty();
        }
        canaries.assertNotIn(String.join("\n", heard));
        canaries.assertNotIn(
                String.join("\n", ekiden.launcher().results()) + ekiden.launcher().remarks());
        canaries.assertNotBelow(directory);
    }

    private void listen(String token) {
        var events = request("/v2/events", token).header("Accept", "text/event-stream").build();
        var _ =
                http.sendAsync(events, HttpResponse.BodyHandlers.ofLines())
                        .thenAcceptAsync(answer -> answer.body().forEach(heard::add));
    }

    private void accepted(String admin) throws Exception {
        assertThat(status("PUT", "/v2/secrets/shop/db", admin, secret())).isBetween(200, 201);
        assertThat(
                        status(
                                "PUT",
                                "/v2/apps/reader",
                                admin,
                                """
                                {"cmd": "sleep 7654321", "cpus": 0.1, "mem": 16, "portDefinitions": [],
                                 "secrets": {"db": {"source": "shop/db"}}, "env": {"PASSWORD": {"secret": "db"}}}\
                                """))
                .isEqualTo(201);
    }

    private String secret() {
        return "{\"value\": \"%s\"}".formatted(value);
    }

    private void refused(String viewer) throws Exception {
        assertThat(status("PUT", "/v2/secrets/shop/db", viewer, secret())).isEqualTo(403);
        assertThat(status("GET", "/v2/apps", wrongToken, "")).isEqualTo(401);
        assertThat(status("GET", "/v2/apps?token=" + wrongToken, "", "")).isEqualTo(401);
    }

    /// A value in a body that nobody can read, or that is not where it should be.
    private void broken(String admin) throws Exception {
        for (var body :
                List.of(
                        "{\"value\": \"%s\"".formatted(value),
                        "{\"value\": %s}".formatted(value),
                        "{\"value\": {\"%s\": 1}}".formatted(value),
                        "{\"base64\": \"%s!\"}".formatted(value),
                        "{\"value\": \"%s\", \"base64\": \"x\"}".formatted(value),
                        "[\"%s\"]".formatted(value),
                        value)) {
            assertThat(status("PUT", "/v2/secrets/shop/db", admin, body))
                    .as(body)
                    .isBetween(400, 422);
        }
    }
}

package io.ekiden.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Requests that were made to break the servers of others: each is refused, nothing is changed, and
/// the next request works.
final class HostileRequestsIT extends EkidenTest {
    private static final String APP = "\"id\": \"/x\", \"cmd\": \"true\", \"instances\": 0";

    /// The status of an answer to a request line that no client of Java's would send.
    private static int status(RunningEkiden ekiden, String target) throws IOException {
        var api = URI.create(ekiden.api());
        try (var socket = new Socket(api.getHost(), api.getPort())) {
            var request =
                    "GET %s HTTP/1.1\r\nHost: %s:%d\r\nConnection: close\r\n\r\n"
                            .formatted(target, api.getHost(), api.getPort());
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            var answer = socket.getInputStream().readAllBytes();
            var line = new String(answer, StandardCharsets.UTF_8).lines().findFirst();
            return Integer.parseInt(line.orElse("none 0").split(" ", -1)[1]);
        }
    }

    private static String app(String fields) {
        return "{%s, %s}".formatted(APP, fields);
    }

    private static String many(int count, String each) {
        return IntStream.range(0, count)
                .mapToObj(i -> each.replace("%d", Integer.toString(i)))
                .collect(Collectors.joining(","));
    }

    private static String nestedGroups(int depth) {
        return "{\"id\":\"g\",\"groups\":[".repeat(depth) + "]}".repeat(depth);
    }

    private static Map<String, String> apps() {
        var bodies = new LinkedHashMap<String, String>();
        bodies.put("deep arrays", "[".repeat(100_000));
        bodies.put("deep objects", "{\"a\":".repeat(50_000));
        bodies.put("a huge exponent", app("\"cpus\": 1e999999999"));
        bodies.put("a number of 2 MB", app("\"cpus\": " + "9".repeat(2_000_000)));
        bodies.put("no number", app("\"cpus\": NaN"));
        bodies.put("a million keys", "{%s}".formatted(many(1_000_000, "\"k%d\":1")));
        bodies.put("a key twice", "{%s, \"cmd\": \"false\"}".formatted(APP));
        bodies.put("half a surrogate", app("\"env\": {\"A\": \"\\ud800\"}"));
        bodies.put(
                "too many instances",
                "{\"id\": \"/x\", \"cmd\": \"true\", \"instances\": 2147483648}");
        bodies.put("fewer than none", "{\"id\": \"/x\", \"cmd\": \"true\", \"instances\": -1}");
        bodies.put(
                "a text of more than 1 MiB",
                app("\"user\": \"" + "u".repeat((1 << 20) + 1) + "\""));
        bodies.put(
                "a million constraints",
                app("\"constraints\": [%s]".formatted(many(400_000, "[\"a\"]"))));
        bodies.put("a long expression", constraint("a".repeat(257)));
        bodies.put("a reference back", constraint("(a)\\\\1"));
        bodies.put("a look ahead", constraint("(?=a)b"));
        return bodies;
    }

    private static Map<String, String> groups() {
        var bodies = new LinkedHashMap<String, String>();
        bodies.put("1,000 groups in one another", nestedGroups(1_000));
        bodies.put(
                "100,000 apps",
                "{\"apps\": [%s]}"
                        .formatted(
                                many(
                                        100_000,
                                        "{\"id\": \"a%d\", \"cmd\": \"true\", \"instances\": 0}")));
        bodies.put(
                "a circle",
                """
                {"apps": [{"id": "a", "cmd": "true", "instances": 0, "dependencies": ["/g/b"]},
                          {"id": "b", "cmd": "true", "instances": 0, "dependencies": ["/g/a"]}]}\
                """);
        return bodies;
    }

    private static String constraint(String expression) {
        return app("\"constraints\": [[\"rack\", \"LIKE\", \"%s\"]]".formatted(expression));
    }

    @Test
    void eachIsRefusedAndTheNextRequestWorks() throws Exception {
        var ekiden = up();
        for (var target :
                new String[] {"/v2/apps/%", "/v2/apps/%zz", "/v2/apps/%00", "/v2/apps/%c0%ae"}) {
            assertThat(status(ekiden, target)).as(target).isIn(400, 404);
        }
        apps().forEach((name, body) ->
                assertThat(ekiden.post("/v2/apps", body).status()).as(name).isIn(400, 413, 422));
        groups().forEach((name, body) ->
                assertThat(ekiden.put("/v2/groups/g", body).status()).as(name).isIn(400, 413, 422));

        assertThat(ekiden.get("/v2/apps").body().path("apps")).isEmpty();
        assertThat(ekiden.get("/v2/groups").body().path("groups")).isEmpty();
        assertThat(ekiden.post("/v2/apps", app("\"cpus\": 0.1")).status()).isEqualTo(201);
    }

    /// The expression takes Java's own engine seconds and more on this attribute, and with it every
    /// decision of the planner.
    @Test
    void anExpressionThatWouldTakeForEverHoldsNobodyUp() throws Exception {
        var ekiden =
                up(
                        "--agent=name=other;hostname=other;cpus=1;mem=64;attributes=rack:"
                                + "a".repeat(36)
                                + "!;ports=29000-29009");
        var answer =
                ekiden.post(
                        "/v2/apps",
                        constraint("(.*a){12}$").replace("\"instances\": 0", "\"instances\": 1"));
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        BadInputIT.awaitReason(ekiden, "/x", "UnfulfilledConstraint");
        assertThat(ekiden.get("/ping").text()).isEqualTo("pong");
        assertThat(ekiden.delete("/v2/apps/x").status()).isEqualTo(200);
    }
}

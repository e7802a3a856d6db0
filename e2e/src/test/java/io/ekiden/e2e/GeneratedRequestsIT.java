package io.ekiden.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Whatever is asked, sound or not: no answer is a server's error (but a deliberate 503, which says
/// when to come back), what is refused has changed nothing, and the heap does not grow.
///
/// CI makes 5,000 requests from one seed. Others, and more:
///
/// ```
/// mvn verify -Dtest=TidyTest -Dit.test=GeneratedRequestsIT -Dsurefire.failIfNoSpecifiedTests=false
///     -Dfailsafe.failIfNoSpecifiedTests=false -Dekiden.requests=100000 -Dekiden.seed=7
/// ```
final class GeneratedRequestsIT extends EkidenTest {
    private static final int REQUESTS = Integer.getInteger("ekiden.requests", 5_000);
    private static final long SEED = Long.getLong("ekiden.seed", 1);

    /// What a heap may have grown by when nothing leaks: caches fill, versions are kept.
    private static final long SLACK = 64L << 20;

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Test
    void noneBreaksAnythingAndWhatIsRefusedChangesNothing() throws Exception {
        var ekiden = up();
        var generator = new RequestGenerator(ekiden.get("/openapi.json").body(), SEED);
        var versions = versions(ekiden);
        var statuses = new TreeMap<Integer, Integer>();
        long heap = 0;
        for (int i = 0; i < REQUESTS; i++) {
            if (i == REQUESTS / 5) {
                heap = heap(ekiden);
            }
            var request = generator.next();
            var answer = send(ekiden, request);
            int status = answer.statusCode();
            statuses.merge(status, 1, Integer::sum);
            var what =
                    "request %d of seed %d: %s%n%d %s"
                            .formatted(i, SEED, request, status, answer.body());
            boolean deliberate =
                    status == 503 && answer.headers().firstValue("Retry-After").isPresent();
            assertThat(status < 500 || deliberate).as(what).isTrue();
            if (request.changes()) {
                var now = versions(ekiden);
                if (status >= 400) {
                    assertThat(now).as(what).isEqualTo(versions);
                }
                versions = now;
            }
        }
        System.out.printf("requests=%d seed=%d statuses=%s%n", REQUESTS, SEED, statuses);
        assertThat(statuses)
                .as("both what succeeds and what is refused")
                .containsKeys(200, 201, 404, 422);
        assertThat(heap(ekiden)).isLessThan(heap + SLACK);
    }

    private static HttpResponse<String> send(RunningEkiden ekiden, RequestGenerator.Request request)
            throws Exception {
        var body =
                request.body()
                        .map(text -> BodyPublishers.ofString(text, StandardCharsets.UTF_8))
                        .orElseGet(BodyPublishers::noBody);
        return HTTP.send(
                HttpRequest.newBuilder(URI.create(ekiden.api() + request.target()))
                        .header("Content-Type", "application/json")
                        .method(request.method(), body)
                        .build(),
                BodyHandlers.ofString());
    }

    /// Of every app, pod and group, its version.
    private static Map<String, String> versions(RunningEkiden ekiden) {
        var versions = new TreeMap<String, String>();
        collect(ekiden.get("/v2/groups").body(), versions);
        assertThat(versions).containsKey("/");
        return versions;
    }

    private static void collect(JsonNode group, Map<String, String> versions) {
        versions.put(group.path("id").asText(), group.path("version").asText());
        group.path("apps")
                .forEach(
                        app -> versions.put(app.path("id").asText(), app.path("version").asText()));
        group.path("pods")
                .forEach(pod ->
                        versions.put(
                                pod.path("id").asText(),
                                pod.path("spec").path("version").asText()));
        group.path("groups").forEach(child -> collect(child, versions));
    }

    /// Bytes that are used after a collection.
    private static long heap(RunningEkiden ekiden) throws Exception {
        var pid =
                new ObjectMapper()
                        .readTree(ekiden.data().resolve("ekiden.json").toFile())
                        .path("pid")
                        .asText();
        jcmd(pid, "GC.run");
        var used = Pattern.compile("used (\\d+)K").matcher(jcmd(pid, "GC.heap_info"));
        long bytes = 0;
        // Generations first, metaspace last.
        while (used.find()) {
            bytes += Long.parseLong(used.group(1)) * 1024;
        }
        assertThat(bytes).isPositive();
        return bytes;
    }

    private static String jcmd(String pid, String command) throws Exception {
        var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        var process = new ProcessBuilder(jcmd, pid, command).redirectErrorStream(true).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}

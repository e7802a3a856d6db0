package io.ekiden.agent.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.ekiden.agent.Given;
import io.ekiden.agent.exec.Execs;
import io.ekiden.agent.secrets.SecretKeeper;
import io.ekiden.model.Sorted;
import io.ekiden.model.TaskId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The data plane over real HTTP.
@EnabledOnOs(OS.LINUX)
final class FilesServerTest {
    private static final String TOKEN = "a-token";
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final TaskId TASK = Given.taskId();
    private static final Execs NOTHING_RUNS = (_, _, _) -> new Execs.Begun.Refused(409, "no");

    @TempDir Path dir;
    private final Set<TaskId> ended = ConcurrentHashMap.newKeySet();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private Path sandbox;
    private FilesServer server;
    private SecretKeeper keeper;

    private final Sandboxes sandboxes =
            new Sandboxes() {
                @Override
                public Optional<Sandbox> find(TaskId taskId) {
                    return taskId.equals(TASK)
                            ? Optional.of(
                                    new Sandbox(sandbox, Sorted.copyOf(Map.<String, Path>of())))
                            : Optional.empty();
                }

                @Override
                public boolean ended(TaskId taskId) {
                    return ended.contains(taskId);
                }
            };

    @BeforeEach
    void start() throws IOException {
        sandbox = Files.createDirectory(dir.resolve("sandbox"));
        Files.writeString(dir.resolve("secret"), "secret");
        keeper = new SecretKeeper(dir, Optional.empty());
        server =
                FilesServer.start(
                        Optional.empty(),
                        "127.0.0.1",
                        0,
                        TOKEN,
                        sandboxes,
                        _ -> Optional.empty(),
                        NOTHING_RUNS,
                        keeper);
    }

    @AfterEach
    void stop() {
        client.shutdownNow();
        server.close();
    }

    private HttpRequest.Builder request(String action) {
        return HttpRequest.newBuilder(
                        URI.create(
                                "http://127.0.0.1:%d/tasks/%s/%s"
                                        .formatted(server.port(), TASK, action)))
                .timeout(Duration.ofSeconds(20))
                .header("Authorization", "Bearer " + TOKEN);
    }

    private HttpResponse<String> get(String action, String... headers) throws Exception {
        var request = request(action);
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static void append(Path file, String text) throws IOException {
        Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Bearer",
                "Bearer ",
                "Bearer b-token",
                "Bearer a-token2",
                "Basic YTpi",
                "a-token"
            })
    void withoutTheTokenNothingIsTold(String authorization) throws Exception {
        Files.writeString(sandbox.resolve("stdout"), "text");
        var request =
                HttpRequest.newBuilder(
                        URI.create(
                                "http://127.0.0.1:%d/tasks/%s/logs/stdout"
                                        .formatted(server.port(), TASK)));
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        var answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).doesNotContain("text");
    }

    @Test
    void browseHasMesosShape() throws Exception {
        Files.createDirectory(sandbox.resolve("data"));
        Files.writeString(sandbox.resolve("data/date"), "today");
        Files.writeString(sandbox.resolve("stdout"), "");

        var all = get("files/browse?path=");
        var data = JSON.readTree(get("files/browse?path=data").body());

        assertThat(all.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(all.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(JSON.readTree(all.body()).findValuesAsText("path"))
                .containsExactly("data", "stdout");
        assertThat(data.get(0).fieldNames())
                .toIterable()
                .containsExactly("path", "size", "mode", "mtime", "uid", "gid", "nlink");
        assertThat(data.get(0).path("path").asText()).isEqualTo("data/date");
        assertThat(data.get(0).path("mode").asText()).startsWith("-rw");
        assertThat(data.get(0).path("size").asInt()).isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    path=f                       | ''     | 6
                    path=f&offset=-1             | ''     | 6
                    path=f&offset=0              | 0駅45  | 0
                    path=f&offset=4              | 45     | 4
                    path=f&offset=4&length=1     | 4      | 4
                    path=f&offset=0&length=3     | 0      | 0
                    path=f&offset=0&length=-1    | 0駅45  | 0
                    path=f&offset=6              | ''     | 6
                    path=f&offset=99             | ''     | 6
                    path=f&offset=0&length=0     | ''     | 0
                    """)
    void readHasMesosMeaning(String query, String data, long offset) throws Exception {
        Files.writeString(sandbox.resolve("f"), "0駅45");

        var answer = JSON.readTree(get("files/read?" + query).body());

        assertThat(answer.path("data").asText()).isEqualTo(data);
        assertThat(answer.path("offset").asLong()).isEqualTo(offset);
    }

    @Test
    void aReadIsBounded() throws Exception {
        Files.write(sandbox.resolve("big"), new byte[3 << 20]);

        var usual = JSON.readTree(get("files/read?path=big&offset=0").body());
        var most = JSON.readTree(get("files/read?path=big&offset=0&length=9999999").body());

        assertThat(usual.path("data").asText()).hasSize(64 << 10);
        assertThat(most.path("data").asText()).hasSize(1 << 20);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "offset=x",
                "offset=-2",
                "offset=0&length=1e3",
                "offset=99999999999999999999"
            })
    void aNumberThatIsNoneIsSaid(String query) throws Exception {
        Files.writeString(sandbox.resolve("f"), "x");

        assertThat(get("files/read?path=f&" + query).statusCode()).isEqualTo(400);
    }

    @Test
    void aDownloadIsAnAttachmentThatNoBrowserRuns() throws Exception {
        var bytes = new byte[5 << 20];
        new Random(1).nextBytes(bytes);
        Files.write(sandbox.resolve("a \"b\" é.html"), bytes);

        var answer =
                client.send(
                        request("files/download?path=a%20%22b%22%20%C3%A9.html").build(),
                        HttpResponse.BodyHandlers.ofByteArray());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(bytes);
        assertThat(answer.headers().firstValue("Content-Type"))
                .contains("application/octet-stream");
        assertThat(answer.headers().firstValue("Content-Disposition"))
                .contains(
                        "attachment; filename=\"a _b_ _.html\";"
                                + " filename*=UTF-8''a%20%22b%22%20%C3%A9.html");
        assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    bytes=2-4      | 206 | bytes 2-4/10 | 234
                    bytes=8-       | 206 | bytes 8-9/10 | 89
                    bytes=8-99     | 206 | bytes 8-9/10 | 89
                    bytes=-3       | 206 | bytes 7-9/10 | 789
                    bytes=-99      | 206 | bytes 0-9/10 | 0123456789
                    bytes=10-      | 416 | bytes */10   | ''
                    bytes=-0       | 416 | bytes */10   | ''
                    bytes=0-1,4-5  | 200 | ''           | 0123456789
                    lines=0-1      | 200 | ''           | 0123456789
                    bytes=-        | 200 | ''           | 0123456789
                    """)
    void aPartCanBeAskedFor(String range, int status, String contentRange, String body)
            throws Exception {
        Files.writeString(sandbox.resolve("f"), "0123456789");

        var answer = get("files/download?path=f", "Range", range);

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Range").orElse("")).isEqualTo(contentRange);
        assertThat(answer.body()).isEqualTo(body);
    }

    @Test
    void headTellsTheLengthOnly() throws Exception {
        Files.writeString(sandbox.resolve("f"), "0123456789");
        var head =
                request("files/download?path=f")
                        .method("HEAD", HttpRequest.BodyPublishers.noBody());

        var answer = client.send(head.build(), HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Length")).contains("10");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../secret",
                "..%2Fsecret",
                "%2e%2e%2fsecret",
                "%2e%2e/secret",
                "..%5csecret",
                "%252e%252e%252fsecret",
                "/etc/passwd",
                "%2Fetc%2Fpasswd",
                "f%00.txt",
                "link",
                "folder/secret",
                "fifo",
                "none"
            })
    void noPathLeadsOut(String path) throws Exception {
        Files.writeString(sandbox.resolve("f"), "x");
        Files.createSymbolicLink(sandbox.resolve("link"), dir.resolve("secret"));
        Files.createSymbolicLink(sandbox.resolve("folder"), dir);
        new ProcessBuilder("mkfifo", sandbox.resolve("fifo").toString()).start().waitFor();

        for (var action : new String[] {"browse", "read", "download"}) {
            var answer = get("files/" + action + "?offset=0&path=" + path);
            assertThat(answer.statusCode()).as(action).isEqualTo(404);
            assertThat(answer.body()).doesNotContain("root:").startsWith("{\"message\":");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "logs/syslog",
                "logs/..%2Fsecret",
                "logs/stdout/x",
                "files/delete",
                "files",
                "../../secret"
            })
    void whatIsNoRouteDoesNotExist(String action) throws Exception {
        assertThat(get(action).statusCode()).isEqualTo(404);
    }

    @Test
    void anotherTaskIsNotKnown() {
        var answer =
                raw(
                        "GET /tasks/%s/logs/stdout HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\nConnection: close\r\n\r\n"
                                .formatted(Given.taskId(), TOKEN));

        assertThat(answer).startsWith("HTTP/1.1 404").contains("is not on this agent");
        assertThat(
                        raw(
                                "GET /tasks/..%2f..%2f/logs/stdout HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer "
                                        + TOKEN
                                        + "\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 404");
    }

    private String raw(String request) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aLogIsToldFromAnOffsetOrFromItsEnd() throws Exception {
        Files.writeString(sandbox.resolve("stdout"), "one\ntwo\n");

        assertThat(get("logs/stdout").body()).isEqualTo("one\ntwo\n");
        assertThat(get("logs/stdout?offset=4").body()).isEqualTo("two\n");
        assertThat(get("logs/stdout?offset=-4").body()).isEqualTo("two\n");
        assertThat(get("logs/stdout?offset=-99").body()).isEqualTo("one\ntwo\n");
        assertThat(get("logs/stdout?offset=99").body()).isEmpty();
        assertThat(get("logs/stdout").headers().firstValue("Content-Type"))
                .contains("text/plain; charset=utf-8");
        assertThat(get("logs/stderr").statusCode()).isEqualTo(404);
    }

    @Test
    void aFollowedLogEndsWithItsTaskAndLosesNothing() throws Exception {
        var log = sandbox.resolve("stdout");
        try (var follower = new LogClient(request("logs/stdout?follow=true"))) {
            append(log, "one\n");
            follower.await("one\n");
            append(log, "two\n");
            follower.await("one\ntwo\n");
            append(log, "last");
            ended.add(TASK);

            follower.awaitEnd();
            assertThat(follower.text()).isEqualTo("one\ntwo\nlast");
        }
        assertThat(server.followers()).isZero();
    }

    @Test
    void eventsAreResumedWhereTheyBrokeOff() throws Exception {
        var log = sandbox.resolve("stdout");
        append(log, "one\n");
        var events = request("logs/stdout?follow=true").header("Accept", "text/event-stream");
        try (var follower = new LogClient(events)) {
            follower.await("event: begin\nid: 0\ndata: 0\n\nid: 4\ndata: one\ndata: \n\n");
        }
        append(log, "two\n");
        ended.add(TASK);
        try (var follower = new LogClient(events.header("Last-Event-ID", "4"))) {
            follower.awaitEnd();
            assertThat(follower.text())
                    .isEqualTo(
                            """
                            event: begin
                            id: 4
                            data: 4

                            id: 8
                            data: two
                            data:\s

                            event: end
                            id: 8
                            data: the task has ended

                            """);
        }
    }

    @Test
    void aLogThatIsRotatedOrTruncatedBeginsAnewAndSaysSo() throws Exception {
        var log = sandbox.resolve("stdout");
        append(log, "before\n");
        var events = request("logs/stdout?follow=true").header("Accept", "text/event-stream");
        try (var follower = new LogClient(events)) {
            follower.await("data: before\n");
            Files.move(log, sandbox.resolve("stdout.1"));
            append(log, "rotated\n");
            follower.await("event: rotated\nid: 0\n");
            follower.await("id: 8\ndata: rotated\n");
            Files.writeString(log, "cut\n");
            follower.await("event: truncated\nid: 0\n");
            follower.await("id: 4\ndata: cut\n");
        }
    }

    @Test
    void aLogThatBecomesALinkOrAFifoIsNotFollowedOut() throws Exception {
        var log = sandbox.resolve("stdout");
        append(log, "before\n");
        try (var follower = new LogClient(request("logs/stdout?follow=true"))) {
            follower.await("before\n");
            var link = Files.createSymbolicLink(sandbox.resolve("l"), dir.resolve("secret"));
            Files.move(link, log, StandardCopyOption.ATOMIC_MOVE);
            assertThat(get("logs/stdout").statusCode()).isEqualTo(404);
            Files.delete(log);
            new ProcessBuilder("mkfifo", log.toString()).start().waitFor();
            assertThat(get("logs/stdout").statusCode()).isEqualTo(404);
            Files.delete(log);
            append(log, "after\n");

            follower.await("before\nafter\n");
            assertThat(follower.text()).isEqualTo("before\nafter\n");
        }
    }

    @Test
    void whoFollowsBeforeTheFirstLineWaitsForIt() throws Exception {
        try (var follower = new LogClient(request("logs/stderr?follow=true"))) {
            assertThat(follower.status()).isEqualTo(200);
            append(sandbox.resolve("stderr"), "at last\n");
            follower.await("at last\n");
        }
    }

    @Test
    void aFollowerThatLeavesIsForgottenAndTheirNumberIsBounded() throws Exception {
        var all = new ArrayList<Socket>();
        try {
            for (int i = 0; i < FilesHandler.MAX_FOLLOWERS; i++) {
                var socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
                all.add(socket);
                var request =
                        "GET /tasks/%s/logs/stdout?follow=true HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\n\r\n"
                                .formatted(TASK, TOKEN);
                socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            }
            await().until(() -> server.followers() == FilesHandler.MAX_FOLLOWERS);

            var refused = get("logs/stdout?follow=true");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).contains("followed by 256 already");
        } finally {
            for (var socket : all) {
                socket.close();
            }
        }
        await().until(() -> server.followers() == 0);
    }

    @Test
    void anAddressThatIsTakenIsSaid() {
        assertThatThrownBy(() ->
                        FilesServer.start(
                                Optional.empty(),
                                "127.0.0.1",
                                server.port(),
                                TOKEN,
                                sandboxes,
                                _ -> Optional.empty(),
                                NOTHING_RUNS,
                                keeper))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot bind 127.0.0.1:" + server.port());
    }
}

package io.ekiden.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// What the command asks an API for, and what it says of the answers; `SecretsIT` has the real one.
class SecretCommandTest {
    private static final String LIST =
            """
            {"secrets": [{"path": "a", "time": "2026-11-27T10:00:00.000Z", "by": "ann"},
                         {"path": "b/c", "time": "2026-11-27T10:00:01.000Z", "by": "ci"}]}
            """;

    @TempDir Path folder;
    private final List<String> asked = new ArrayList<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private HttpServer api;

    @BeforeEach
    void serve() throws IOException {
        api = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        api.createContext("/", this::answer);
        api.start();
    }

    @AfterEach
    void stop() {
        api.stop(0);
    }

    private void answer(HttpExchange http) throws IOException {
        var body = new String(http.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        var path = http.getRequestURI().getPath();
        asked.add((http.getRequestMethod() + " " + path + " " + body).strip());
        int status = path.endsWith("/none") ? 404 : 200;
        var answer = (status == 404 ? "{\"message\": \"Secret 'none' does not exist\"}" : LIST);
        try (http) {
            var bytes = answer.getBytes(StandardCharsets.UTF_8);
            http.sendResponseHeaders(status, bytes.length);
            http.getResponseBody().write(bytes);
        }
    }

    private int run(String stdin, String line) {
        var terminal = new Terminal(print(out), print(err), false);
        var in = new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8));
        return new CommandLine(new SecretCommand(terminal, in))
                .setExecutionExceptionHandler((e, _, _) -> {
                    terminal.say(e.getMessage());
                    return e instanceof CommandFailure failure ? failure.exitCode() : -1;
                })
                .execute(
                        line.replace("API", "http://127.0.0.1:" + api.getAddress().getPort())
                                .split(" ", -1));
    }

    private static PrintStream print(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aValueIsTheBytesOfStdinOrOfAFile() throws IOException {
        var file = Files.write(folder.resolve("key"), new byte[] {0, (byte) 0xff});

        assertThat(run("s3cret\n", "set team-a/db --api API/")).isZero();
        assertThat(run("", "--api API set key --file " + file)).isZero();

        assertThat(asked)
                .containsExactly(
                        "PUT /v2/secrets/team-a/db {\"base64\":\"czNjcmV0Cg==\"}",
                        "PUT /v2/secrets/key {\"base64\":\"AP8=\"}");
        assertThat(text(err)).isEqualTo("ekiden: set team-a/db\nekiden: set key\n");
    }

    @Test
    void eachIsALineOfTheList() {
        assertThat(run("", "list --api API")).isZero();

        assertThat(text(out))
                .isEqualTo("a 2026-11-27T10:00:00.000Z ann\nb/c 2026-11-27T10:00:01.000Z ci\n");
    }

    @Test
    void whatTheApiRefusesIsSaid() {
        assertThat(run("", "remove a --api API")).isZero();
        assertThat(run("", "remove none --api API")).isEqualTo(ExitCode.FAILED);

        assertThat(asked).containsExactly("DELETE /v2/secrets/a", "DELETE /v2/secrets/none");
        assertThat(text(err)).endsWith("ekiden: Secret 'none' does not exist\n");
    }

    @Test
    void whatCannotBeAskedIsSaidInALine() {
        assertThat(run("x", "set a%20b --api API")).isEqualTo(ExitCode.USAGE);
        assertThat(run("x", "list --api nowhere")).isEqualTo(ExitCode.FAILED);
        assertThat(run("x", "list --api http://127.0.0.1:1")).isEqualTo(ExitCode.FAILED);

        assertThat(asked).isEmpty();
        assertThat(text(err))
                .contains("'a%20b' is no path such as team-a/db")
                .contains("nowhere cannot be asked: ")
                .contains("http://127.0.0.1:1 cannot be asked: ");
    }

    @Test
    void withoutAnythingThatRunsNothingIsAsked() {
        assertThat(run("x", "set a --data-dir " + folder)).isEqualTo(ExitCode.FAILED);
        assertThat(run("x", "set a --file " + folder.resolve("none") + " --api API"))
                .isEqualTo(ExitCode.USAGE);

        assertThat(text(err))
                .contains("nothing runs in " + folder + "; --data-dir or --api says where")
                .contains("none cannot be read");
        assertThat(asked).isEmpty();
    }
}

package io.ekiden.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoggingTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static TestCluster cluster;
    private static Http http;

    @BeforeAll
    static void start() {
        cluster = new TestCluster();
        http = cluster.start();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static String level(String logger) {
        return http.get("/logging").json().path(logger).asText();
    }

    private static int set(String logger, String level, int seconds) {
        var body = "{\"logger\": \"%s\", \"level\": \"%s\", \"durationSeconds\": %d}";
        var reply = http.send("POST", "/logging", body.formatted(logger, level, seconds));
        assertThat(reply.json()).isEqualTo(Http.parse(body.formatted(logger, level, seconds)));
        return reply.status();
    }

    @Test
    void aLevelIsSetForAWhileAndThenItIsAsBefore() {
        assertThat(set("some.parent", "WARN", 100)).isEqualTo(200);
        assertThat(set("some.parent.child", "debug", 1)).isEqualTo(200);

        assertThat(level("some.parent.child")).isEqualTo("DEBUG");
        await().atMost(PATIENCE).until(() -> level("some.parent.child").equals("WARN (inherited)"));
    }

    @Test
    void whatComesBackIsTheLevelFromBeforeTheFirstChange() {
        var before = level("ROOT");
        set("ROOT", "error", 100);
        set("ROOT", "off", 1);

        assertThat(level("ROOT")).isEqualTo("OFF");
        await().atMost(PATIENCE).until(() -> level("ROOT").equals(before));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"level": "info"}                                            | /logger          | error.path.missing
                    {"level": "info", "logger": ""}                              | /logger          | error.minLength
                    {"level": "info", "logger": 7}                               | /logger          | error.expected.jsstring
                    {"logger": "x"}                                              | /level           | error.path.missing
                    {"level": "loud", "logger": "x"}                             | /level           | error.unknown.enum.literal
                    {"level": "info", "logger": "x", "durationSeconds": 0}       | /durationSeconds | error.min
                    {"level": "info", "logger": "x", "durationSeconds": 86401}   | /durationSeconds | error.max
                    {"level": "info", "logger": "x", "durationSeconds": "1"}     | /durationSeconds | error.expected.int
                    []                                                           | /                | error.expected.jsobject
                    """)
    void whatIsNoChangeIsRefused(String body, String path, String error) {
        var reply = http.send("POST", "/logging", body);

        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.message()).isEqualTo("Invalid JSON");
        assertThat(reply.json().at("/details/0/path").asText()).isEqualTo(path);
        assertThat(reply.json().at("/details/0/errors/0").asText()).isEqualTo(error);
    }

    @Test
    void itTakesJsonAlone() {
        assertThat(http.send("POST", "/logging", "oops").status()).isEqualTo(400);
        assertThat(http.send("POST", "/logging", "").status()).isEqualTo(400);
        var form =
                http.request("/logging")
                        .header("Content-Type", "text/plain")
                        .POST(BodyPublishers.ofString("{}"));
        assertThat(http.send(form).status()).isEqualTo(415);
    }
}

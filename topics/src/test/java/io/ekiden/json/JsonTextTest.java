package io.ekiden.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.log.Actor;
import io.ekiden.log.Change;
import io.ekiden.log.Codec;
import io.ekiden.log.Input;
import io.ekiden.log.JournalEntry;
import io.ekiden.log.WantedChange;
import io.ekiden.model.Given;
import io.ekiden.model.PathId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTextTest {
    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n\t "})
    void nothingIsNotMalformed(String body) {
        assertThat(parse(body)).isEqualTo(new JsonText.Empty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "}",
                "{\"a\":1,\"a\":2}",
                "{} {}",
                "[1,]",
                "{'a':1}",
                "// comment\n{}",
                "NaN",
                "01",
                "nul",
                "{\"a\":\"\\ud800\"}",
                "{\"\\udc00\":1}",
                "[[\"a\", {\"b\": \"x\\ud83d\"}]]"
            })
    void whatIsNotOneStrictValueIsMalformed(String body) {
        assertThat(parse(body)).isInstanceOf(JsonText.Malformed.class);
    }

    @Test
    void theParserSaysWhere() {
        assertThat(parse("{\n  \"id\" 5}"))
                .isInstanceOfSatisfying(
                        JsonText.Malformed.class,
                        malformed ->
                                assertThat(malformed.message())
                                        .contains("at line 2, column")
                                        .doesNotContain("Source"));
    }

    @Test
    void aMessageIsShortHoweverLongTheText() {
        var body = "{\"" + "n".repeat(40_000) + "\":1,\"" + "n".repeat(40_000) + "\":1}";

        assertThat(parse(body))
                .isInstanceOfSatisfying(
                        JsonText.Malformed.class,
                        malformed -> assertThat(malformed.message()).hasSizeBetween(100, 1_100));
    }

    @Test
    void pairsOfSurrogatesAreText() {
        assertThat(parse("{\"a\":\"\\ud83d\\ude00\"}")).isEqualTo(parse("{\"a\":\"😀\"}"));
    }

    @Test
    void depthIsLimited() {
        assertThat(parse(nested(JsonText.MAX_DEPTH))).isInstanceOf(JsonText.Tree.class);
        assertThat(parse(nested(JsonText.MAX_DEPTH + 1))).isInstanceOf(JsonText.Malformed.class);
    }

    /// A body that is accepted but cannot be read back from the log would be a dead letter.
    @Test
    void theDeepestBodyFitsOnTheLog() throws Codec.Unreadable {
        var body = "{\"x\":" + nested(JsonText.MAX_DEPTH - 1) + "}";
        var change =
                new Change.UpdateApps(
                        List.of(new Change.AppUpdate(PathId.of("/web"), Json.object(body))),
                        true,
                        true);
        var wanted =
                new WantedChange(
                        "c-1",
                        new Actor(Actor.Kind.USER, "anna", Optional.empty()),
                        Optional.empty(),
                        Optional.empty(),
                        "/v2/apps",
                        false,
                        change);
        var entry =
                new JournalEntry(
                        1,
                        Given.NOON,
                        "",
                        "0.1",
                        "abc",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        wanted.actor(),
                        new Input.Changed(wanted),
                        List.of());

        assertThat(Codec.decode(JournalEntry.class, Codec.encode(JournalEntry.class, entry)))
                .isEqualTo(entry);
    }

    @Test
    void noBytesThrow() {
        var random = new Random(1);
        var alphabet = "{}[]\",:0e-.\\ud8tn \u00e9\u0000";
        for (int i = 0; i < 20_000; i++) {
            var bytes = new byte[random.nextInt(20)];
            random.nextBytes(bytes);
            assertThat(JsonText.parse(bytes)).isNotNull();
            var text = new StringBuilder();
            for (int n = random.nextInt(20); n > 0; n--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            assertThat(parse(text.toString())).isNotNull();
        }
    }

    private static String nested(int depth) {
        return "[".repeat(depth) + "]".repeat(depth);
    }

    private static JsonText parse(String body) {
        return JsonText.parse(body.getBytes(StandardCharsets.UTF_8));
    }
}

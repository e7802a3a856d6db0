package io.ekiden.agent.runtime.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LogMessagesTest {
    private static final String AT = "2026-11-27T12:00:00.000000001Z ";
    private static final String LATER = "2026-11-27T12:00:00.000000002Z ";

    private final List<String> told = new ArrayList<>();
    private final LogMessages messages =
            new LogMessages(
                    (at, text) -> told.add(at + " " + new String(text, StandardCharsets.UTF_8)));

    private void take(String text) {
        messages.take(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aLineIsAMessageHoweverItComes() {
        var log = AT + "a b\r\n" + LATER + "2026-11-27T12:00:00Z c\r\n" + AT + "\n" + AT + "no end";
        for (int piece : new int[] {1, 7, 200}) {
            told.clear();
            for (int at = 0; at < log.length(); at += piece) {
                take(log.substring(at, Math.min(log.length(), at + piece)));
            }
            assertThat(told).hasSize(3);
            messages.end();
            assertThat(told).hasSize(4);
            assertThat(String.join("", told)).isEqualTo(log);
        }
    }

    @Test
    void aLongLineIsSeveralMessages() {
        var full = "x".repeat(LogMessages.ENGINES_BUFFER);

        take(AT + full + LATER + "y\n" + AT + full);
        take(LATER + "\n");

        assertThat(told).containsExactly(AT + full, LATER + "y\n", AT + full, LATER + "\n");
    }

    @Test
    void whatTellsNoTimeIsTakenAsItIs() {
        take("no time here\n");
        take("none");
        messages.end();
        messages.end();

        assertThat(told).hasSize(2);
        assertThat(told.getFirst()).endsWith(" no time here\n");
        assertThat(told.getLast()).endsWith(" none");
    }
}

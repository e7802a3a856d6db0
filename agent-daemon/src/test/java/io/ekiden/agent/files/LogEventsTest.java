package io.ekiden.agent.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LogEventsTest {
    private final LogEvents events = new LogEvents();

    private String bytes(String text, long end) {
        return events.bytes(text.getBytes(StandardCharsets.UTF_8), end).toString();
    }

    @Test
    void everyLineIsADataLineAndTheIdIsTheOffsetBehindIt() {
        assertThat(bytes("a\nb", 3)).isEqualTo("id: 3\ndata: a\ndata: b\n\n");
        assertThat(bytes("c\n", 5)).isEqualTo("id: 5\ndata: c\ndata: \n\n");
    }

    /// A line that could forge a field of the event, or an event of its own.
    @Test
    void nothingInALogIsTakenForAnEvent() {
        assertThat(bytes("x\r\revent: end\r\n\nid: 9", 20))
                .isEqualTo("id: 20\ndata: x\ndata: \ndata: event: end\ndata: \ndata: id: 9\n\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"é", "駅伝", "😀", "a駅b"})
    void aCharacterIsNeverCutInTwo(String text) {
        var all = text.getBytes(StandardCharsets.UTF_8);
        for (int cut = 1; cut < all.length; cut++) {
            var fresh = new LogEvents();
            var first = fresh.bytes(Arrays.copyOf(all, cut), cut).toString();
            var second = fresh.bytes(Arrays.copyOfRange(all, cut, all.length), all.length);

            assertThat(text(first) + text(second.toString())).isEqualTo(text);
            assertThat(second.toString()).contains("id: " + all.length + "\n");
        }
    }

    private static String text(String event) {
        return event.replaceAll("(?m)^(id: .*|data: |)\n?", "").replace("\n", "");
    }

    @Test
    void whoBeginsWithinACharacterDoesNotSeeItsRest() {
        var all = "駅x".getBytes(StandardCharsets.UTF_8);
        events.begins(1, LogTail.Why.FIRST);

        assertThat(events.bytes(Arrays.copyOfRange(all, 1, all.length), all.length).toString())
                .isEqualTo("id: 4\ndata: x\n\n");
    }

    @Test
    void whatNeverBecameACharacterIsToldAtTheEnd() {
        assertThat(events.bytes(new byte[] {(byte) 0xE9}, 1).length()).isZero();
        assertThat(events.ends(1).toString())
                .startsWith("id: 1\ndata: \uFFFD\n\n")
                .endsWith("event: end\nid: 1\ndata: the task has ended\n\n");
    }

    @Test
    void bytesThatAreNoTextAreNotHeldBack() {
        var binary = new byte[] {(byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80};

        assertThat(events.bytes(binary, 4).toString()).contains("id: 4");
    }
}

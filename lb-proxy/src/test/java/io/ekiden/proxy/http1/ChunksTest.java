package io.ekiden.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.proxy.http1.Chunks.State;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ChunksTest {
    private static final String BODY =
            "5\r\nhello\r\n00a;x=\"y\"\r\n0123456789\r\n0\r\nX: y\r\nHost: b\r\n\r\n";

    private final StringBuilder data = new StringBuilder();

    private State read(Chunks chunks, ByteBuf bytes) {
        return chunks.read(
                bytes,
                piece -> {
                    data.append(piece.toString(StandardCharsets.ISO_8859_1));
                    piece.release();
                });
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    }

    @Test
    void endsWhereItEnds() {
        var chunks = new Chunks();
        var bytes = bytes(BODY + "GET");

        assertThat(read(chunks, bytes)).isEqualTo(State.ENDED);

        assertThat(data).hasToString("hello0123456789");
        assertThat(bytes.toString(StandardCharsets.US_ASCII)).isEqualTo("GET");
        var trailers = Unpooled.buffer();
        chunks.writeTrailers(trailers);
        assertThat(trailers.toString(StandardCharsets.US_ASCII)).isEqualTo("X: y\r\n");
    }

    @Test
    void comesInWhateverPieces() {
        var random = new Random(7);
        for (int round = 0; round < 500; round++) {
            data.setLength(0);
            var chunks = new Chunks();
            int at = 0;
            while (at < BODY.length()) {
                int to = Math.min(BODY.length(), at + 1 + random.nextInt(6));
                var state = read(chunks, bytes(BODY.substring(at, to)));
                assertThat(state == State.ENDED).isEqualTo(to == BODY.length());
                assertThat(state).isNotEqualTo(State.MALFORMED);
                at = to;
            }
            assertThat(data).hasToString("hello0123456789");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "\r\n",
                "5 \r\nhello",
                "5\nhello",
                "5\r\nhello\n",
                "5\r\nhelloX",
                "5;\u0000\r\n",
                "5;x\n",
                "-1\r\n",
                "1234567890abcdef\r\n",
                "0\r\nX\r\n\r\n",
                "0\r\nX: y\n\r\n",
                "0\r\n X: y\r\n\r\n",
                "0\r\nX\n\r\n"
            })
    void takesNothingElse(String text) {
        assertThat(read(new Chunks(), bytes(text))).isEqualTo(State.MALFORMED);
    }

    @Test
    void takesNoTrailersWithoutEnd() {
        assertThat(read(new Chunks(), bytes("0\r\nX: " + "y".repeat(17_000))))
                .isEqualTo(State.MALFORMED);
        assertThat(read(new Chunks(), bytes("5;" + "y".repeat(17_000)))).isEqualTo(State.MALFORMED);
    }
}

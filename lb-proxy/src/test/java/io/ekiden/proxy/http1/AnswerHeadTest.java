package io.ekiden.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.proxy.http1.AnswerHead.Body;
import io.ekiden.proxy.http1.AnswerHead.Reading;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AnswerHeadTest {
    private final AnswerHead head = new AnswerHead();

    private Reading read(String text) {
        return head.read(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1), false);
    }

    private String written(boolean close) {
        var out = Unpooled.buffer();
        head.write(out, close);
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    void passesWhatIsNotOfTheConnection() {
        var text =
                """
                HTTP/1.1 200 OK\r
                Content-Length: 5\r
                Keep-Alive: timeout=5\r
                X-Hop: 1\r
                Set-Cookie: a\r
                Connection: keep-alive, X-Hop, Content-Length\r
                Set-Cookie: b\r
                \r
                """;
        for (int i = 0; i < text.length(); i++) {
            assertThat(read(text.substring(0, i))).isEqualTo(Reading.UNFINISHED);
        }

        assertThat(read(text + "hello")).isEqualTo(Reading.FINAL);

        assertThat(head.length()).isEqualTo(text.length());
        assertThat(head.body()).isEqualTo(Body.LENGTH);
        assertThat(head.contentLength()).isEqualTo(5);
        assertThat(head.isLast()).isFalse();
        assertThat(written(true))
                .isEqualTo(
                        """
                        HTTP/1.1 200 OK\r
                        Content-Length: 5\r
                        Set-Cookie: a\r
                        Set-Cookie: b\r
                        Connection: close\r
                        \r
                        """);
    }

    @Test
    void aFoldedFieldBecomesOneLineAndAReasonlessStatusHasItsBlank() {
        assertThat(read("HTTP/1.0 299\r\nX: y\r\n\t z\r\nContent-Length: 0\r\n\r\n"))
                .isEqualTo(Reading.FINAL);

        assertThat(written(false))
                .isEqualTo("HTTP/1.1 299 \r\nX: y  \t z\r\nContent-Length: 0\r\n\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "200, X: y, UNTIL_CLOSE, true",
        "200, Content-Length: 0, LENGTH, false",
        "200, transfer-encoding: CHUNKED, CHUNKED, false",
        "204, Transfer-Encoding: chunked, NONE, false",
        "304, Content-Length: 5, NONE, false",
        "200, 'Connection: foo, close\r\nContent-Length: 1', LENGTH, true"
    })
    void knowsWhereTheBodyEnds(int status, String fields, Body body, boolean last) {
        assertThat(read("HTTP/1.1 " + status + " X\r\n" + fields + "\r\n\r\n"))
                .isEqualTo(Reading.FINAL);
        assertThat(head.body()).isEqualTo(body);
        assertThat(head.isLast()).isEqualTo(last);
    }

    @Test
    void afterHeadThereIsNone() {
        var bytes =
                Unpooled.copiedBuffer(
                        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", StandardCharsets.US_ASCII);

        assertThat(head.read(bytes, true)).isEqualTo(Reading.FINAL);
        assertThat(head.body()).isEqualTo(Body.NONE);
        assertThat(written(false)).contains("Content-Length: 5\r\n");
    }

    @Test
    void whatIsOfHttp10IsTheLastOfItsConnection() {
        assertThat(read("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n")).isEqualTo(Reading.FINAL);
        assertThat(head.isLast()).isTrue();
    }

    @Test
    void newsAreNoAnswer() {
        assertThat(read("HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n"))
                .isEqualTo(Reading.INTERIM);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "XTTP/1.1 200 OK\r\n\r\n",
                "HTTP/1.2 200 OK\r\n\r\n",
                "HTTP/1.1 20 OK\r\n\r\n",
                "HTTP/1.1 2000 OK\r\n\r\n",
                "HTTP/1.1 099 OK\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\n\r\n",
                "HTTP/1.1 200 O\u0000K\r\n\r\n",
                "HTTP/1.1 200 OK\n\n",
                "HTTP/1.1 200 OK\r\nX : y\r\n\r\n",
                "HTTP/1.1 200 OK\r\n X: y\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n"
            })
    void refusesWhatCouldBeReadInTwoWays(String text) {
        assertThat(read(text)).isEqualTo(Reading.MALFORMED);
    }

    @Test
    void refusesWhatHasNoEnd() {
        assertThat(read("HTTP/1.1 200 OK\r\nX: " + "y".repeat(17_000)))
                .isEqualTo(Reading.MALFORMED);
    }
}

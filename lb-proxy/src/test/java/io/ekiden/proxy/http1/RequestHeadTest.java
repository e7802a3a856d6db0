package io.ekiden.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.proxy.http1.RequestHead.Reading;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RequestHeadTest {
    private static final String PLAIN =
            """
            POST /a?b=c HTTP/1.1\r
            Host: shop.test:80\r
            Content-Length: 12\r
            X-Forwarded-Proto: https\r
            Accept: */*\r
            Connection: Keep-Alive\r
            Keep-Alive: 5\r
            X-Forwarded-For: 10.0.0.1\r
            TE: trailers\r
            \r
            """;

    private final RequestHead head = new RequestHead();

    private Reading read(String text) {
        return head.read(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
    }

    private static String get(String field) {
        return "GET / HTTP/1.1\r\nHost: a\r\n" + field + "\r\n\r\n";
    }

    @Test
    void tellsWhatAPlainRequestAsksFor() {
        assertThat(read(PLAIN + "what follows")).isEqualTo(Reading.PLAIN);

        assertThat(head.length()).isEqualTo(PLAIN.length());
        assertThat(head.target()).isEqualTo("/a?b=c");
        assertThat(head.field("host")).isEqualTo("shop.test:80");
        assertThat(head.field("x-none")).isNull();
        assertThat(head.contentLength()).isEqualTo(12);
        assertThat(head.isIdempotent()).isFalse();
        assertThat(head.isHead()).isFalse();
        assertThat(head.isLast()).isFalse();
    }

    @Test
    void eachBeginningOfOneIsUnfinished() {
        for (int i = 0; i < PLAIN.length(); i++) {
            assertThat(read(PLAIN.substring(0, i))).isEqualTo(Reading.UNFINISHED);
        }
    }

    @Test
    void forwardsWhatIsNotOfTheConnectionAndSaysWhereItComesFrom() {
        read(PLAIN);

        var out = head.forwarded(UnpooledByteBufAllocator.DEFAULT, new Origin("::1", "http", 8080));

        assertThat(out.toString(StandardCharsets.ISO_8859_1))
                .isEqualTo(
                        """
                        POST /a?b=c HTTP/1.1\r
                        Host: shop.test:80\r
                        Content-Length: 12\r
                        Accept: */*\r
                        X-Forwarded-For: 10.0.0.1\r
                        Forwarded: for="[::1]";host="shop.test:80";proto=http\r
                        X-Forwarded-For: ::1\r
                        X-Forwarded-Proto: http\r
                        X-Forwarded-Port: 8080\r
                        X-Forwarded-Host: shop.test:80\r
                        \r
                        """);
    }

    @Test
    void aHostIsQuotedWhereItMust() {
        read("GET / HTTP/1.1\r\nHost: a\"b\\c\r\n\r\n");

        var out =
                head.forwarded(UnpooledByteBufAllocator.DEFAULT, new Origin("1.2.3.4", "https", 1));

        assertThat(out.toString(StandardCharsets.ISO_8859_1))
                .contains(";host=\"a\\\"b\\\\c\";proto=https\r\n", "X-Forwarded-Host: a\"b\\c\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection: close",
                "Content-Length: 0",
                "X:y",
                "X: \u00e4\t",
                "Proxy-Connection: x",
                "Accept: a\r\nAccept: b"
            })
    void takesWhatIsPlain(String field) {
        assertThat(read(get(field))).isEqualTo(Reading.PLAIN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: b",
                "Content-Length: +1",
                "Content-Length: 1\r\nContent-Length: 1",
                "Content-Length: 1234567890123456789",
                "Transfer-Encoding: chunked",
                "Expect: 100-continue",
                "Upgrade: websocket",
                "Connection: X",
                "Connection: close\r\nConnection: close",
                "X : y",
                "X: y\r\n z",
                "X: y\rz",
                "X: \u0000",
                "X: y\nZ: z",
                ": y"
            })
    void leavesTheRestAlone(String field) {
        assertThat(read(get(field))).isEqualTo(Reading.OTHER);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.0\r\n",
                "GET / HTTP/1.1\n",
                "GET  / HTTP/1.1\r\n",
                "GET * HTTP/1.1\r\n",
                "GET http://a/ HTTP/1.1\r\n",
                "GET /# HTTP/1.1\r\n",
                "GET /\u00e4 HTTP/1.1\r\n",
                "CONNECT / HTTP/1.1\r\n",
                "PRI * HTTP/2.0\r\n",
                "\r\nGET / HTTP/1.1\r\n",
                "\u0016\u0003\u0001"
            })
    void leavesOtherRequestLinesAlone(String line) {
        assertThat(read(line + "Host: a\r\n\r\n")).isEqualTo(Reading.OTHER);
    }

    @ParameterizedTest
    @ValueSource(strings = {" GET / HTTP/1.1\r\n", "\rGET / HTTP/1.1\r\n"})
    void noRequestBeginsWithABlank(String line) {
        assertThat(read(line + "Host: a\r\n\r\n")).isEqualTo(Reading.MALFORMED);
    }

    @Test
    void whatIsTooLongIsLeftAlone() {
        assertThat(read(get("X: " + "y".repeat(17_000)))).isEqualTo(Reading.OTHER);
        assertThat(read("G".repeat(40))).isEqualTo(Reading.OTHER);
        assertThat(read(get("X: y\r\n".repeat(101) + "Z: z"))).isEqualTo(Reading.OTHER);
    }
}

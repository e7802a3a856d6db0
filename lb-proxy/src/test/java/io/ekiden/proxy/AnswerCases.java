package io.ekiden.proxy;

import io.ekiden.proxy.FramingCase.Expected;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// What backends answer that two parties could read differently. Each case asks twice over one
/// connection: an answer that is misread would be taken for that to the other question.
final class AnswerCases {
    private static final String EVIL = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";
    private static final String CHUNKED = "5\r\nhello\r\n0\r\n\r\n";

    /// A line that ends without CR, a chunk's size with a blank, a control character, and a body
    /// that ends when HAProxy's patience does; a length said twice, or beside a coding; versions
    /// that are none; an empty line before the status, and other blanks around it than one.
    private static final Pattern STRICTER =
            Pattern.compile(
                    "(?<!\\r)\\n|\\r\\n5 \\r|[\\x00-\\x08\\x0b\\x1f\\x7f]"
                            + "|X: y(\\r\\n Content-Length: 5)?\\r\\n\\r\\n5"
                            + "|Content-Length: 5(, 5|\\r\\nContent-Length: 5)\\r"
                            + "|: chunked\\r\\nContent-Length|: 5\\r\\nTransfer-Encoding: chunked"
                            + "|^HTTP/(1\\.2|2\\.0)|^XTTP|^\\r\\n|^HTTP/1\\.1(  |\\t)");

    private final List<FramingCase> cases = new ArrayList<>();

    private AnswerCases() {}

    static List<FramingCase> all() {
        var all = new AnswerCases();
        all.lengthsAndCodings();
        all.heads();
        all.chunks();
        all.statuses();
        all.bytes();
        return List.copyOf(all.cases);
    }

    private void add(String method, String answer) {
        var sent =
                method
                        + " /1 HTTP/1.1\r\nHost: a\r\n\r\n"
                        + "GET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        cases.add(
                new FramingCase(
                        cases.size() + " " + method + " " + FramingCase.shown(answer),
                        sent,
                        List.of(method, "GET"),
                        answer,
                        expected(answer)));
    }

    private static Expected expected(String answer) {
        return STRICTER.matcher(answer).find() ? Expected.STRICTER : Expected.ALIKE;
    }

    private static String ok(String fields, String body) {
        return "HTTP/1.1 200 OK\r\n" + fields + "\r\n\r\n" + body;
    }

    private void lengthsAndCodings() {
        for (var fields :
                List.of(
                        "Content-Length: 5",
                        "Content-Length:5",
                        "Content-Length: 05",
                        "Content-Length: 5\r\nContent-Length: 5",
                        "Content-Length: 5\r\nContent-Length: 6",
                        "Content-Length: 5, 5",
                        "Content-Length: 5, 6",
                        "Content-Length: +5",
                        "Content-Length: -5",
                        "Content-Length: 0x5",
                        "Content-Length: x",
                        "Content-Length:",
                        "Content-Length: 99999999999999999999",
                        "Content-Length : 5",
                        " Content-Length: 5",
                        "Content-Length: 5\0",
                        "X: y\r\n Content-Length: 5",
                        "X: y\nContent-Length: 5",
                        "X: y\rContent-Length: 5",
                        "Transfer-Encoding: chunked",
                        "transfer-encoding:CHUNKED",
                        "Transfer-Encoding: chunked, chunked",
                        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                        "Transfer-Encoding: gzip, chunked",
                        "Transfer-Encoding: chunked, gzip",
                        "Transfer-Encoding: identity",
                        "Transfer-Encoding: xchunked",
                        "Transfer-Encoding: \u000bchunked",
                        "Transfer-Encoding : chunked",
                        "Transfer-Encoding: chunked\r\nContent-Length: 5",
                        "Content-Length: 5\r\nTransfer-Encoding: chunked",
                        "Content-Length: 5\r\nTransfer-Encoding: identity",
                        "Connection: Content-Length\r\nContent-Length: 5",
                        "X: y")) {
            add("GET", ok(fields + "\r\nConnection: close", "hello"));
            add("GET", ok(fields + "\r\nConnection: close", CHUNKED));
            add("GET", ok(fields, CHUNKED) + EVIL);
        }
        add("GET", ok("Content-Length: 5\r\nConnection: close", "hel"));
        add("GET", ok("Content-Length: 5", "hello") + EVIL);
        add("GET", ok("Content-Length: 5\r\nConnection: close", "hello" + EVIL));
        add("GET", ok("Content-Length: 0", "") + EVIL);
        add("GET", ok("Content-Length: 5", "hello") + "\r\n\r\n");
        add("GET", ok("Content-Length: 5", "hello") + "\0");
    }

    private void heads() {
        for (var start :
                List.of(
                        "HTTP/1.1 200 OK",
                        "HTTP/1.1 200 ",
                        "HTTP/1.1 200",
                        "HTTP/1.0 200 OK",
                        "HTTP/1.2 200 OK",
                        "HTTP/2.0 200 OK",
                        "HTTP/0.9 200 OK",
                        "HTTP/1.1 20 OK",
                        "HTTP/1.1 2000 OK",
                        "HTTP/1.1 099 OK",
                        "HTTP/1.1 600 OK",
                        "HTTP/1.1 999 OK",
                        "HTTP/1.1 abc OK",
                        "HTTP/1.1 -20 OK",
                        "HTTP/1.1  200 OK",
                        " HTTP/1.1 200 OK",
                        "\r\nHTTP/1.1 200 OK",
                        "\nHTTP/1.1 200 OK",
                        "http/1.1 200 OK",
                        "XTTP/1.1 200 OK",
                        "RTSP/1.0 200 OK",
                        "HTTP/1.1\t200\tOK",
                        "HTTP/1.1 200 O\0K",
                        "HTTP/1.1 200 O\rK",
                        "HTTP/1.1 200 OK\r\nX: y\r\n z",
                        "HTTP/1.1 200 OK\r\nX : y",
                        "HTTP/1.1 200 OK\r\n: y",
                        "HTTP/1.1 200 OK\r\nX",
                        "HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d",
                        "HTTP/1.1 200 OK\r\nX: " + "y".repeat(40_000),
                        "garbage",
                        "200 OK",
                        "SSH-2.0-x")) {
            add("GET", start + "\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");
        }
        add("GET", "HTTP/1.1 200 OK\nContent-Length: 5\nConnection: close\n\nhello");
        add("GET", "HTTP/1.1 200 OK\rContent-Length: 5\rConnection: close\r\rhello");
        add("GET", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Le");
        add("GET", "hello Connection: close");
    }

    private void chunks() {
        for (var body :
                List.of(
                        "0\r\n\r\n",
                        "05\r\nhello\r\n0\r\n\r\n",
                        "5;x=y\r\nhello\r\n0\r\n\r\n",
                        "5 \r\nhello\r\n0\r\n\r\n",
                        " 5\r\nhello\r\n0\r\n\r\n",
                        "+5\r\nhello\r\n0\r\n\r\n",
                        "-5\r\nhello\r\n0\r\n\r\n",
                        "0x5\r\nhello\r\n0\r\n\r\n",
                        "5_\r\nhello\r\n0\r\n\r\n",
                        "g\r\nhello\r\n0\r\n\r\n",
                        "5\nhello\r\n0\r\n\r\n",
                        "5\rhello\r\n0\r\n\r\n",
                        "5;x\nhello\r\n0\r\n\r\n",
                        "5\r\nhello\n0\r\n\r\n",
                        "5\r\nhelloX\r\n0\r\n\r\n",
                        "5\r\nhello0\r\n\r\n",
                        "5\r\nhello\r\n0\n\n",
                        "5\r\nhello\r\n0\r\n",
                        "5\r\nhello\r\n",
                        "5\r\nhel",
                        "fffffffffffffffff\r\nhello\r\n0\r\n\r\n",
                        "5\r\nhello\r\n0\r\nX: y\r\n\r\n",
                        "5\r\nhello\r\n0\r\nContent-Length: 9\r\n\r\n",
                        "5\r\nhello\r\n0\r\nX\r\n\r\n")) {
            add("GET", ok("Transfer-Encoding: chunked\r\nConnection: close", body));
        }
    }

    private void statuses() {
        for (var status : List.of("204 No Content", "304 Not Modified")) {
            var head = "HTTP/1.1 " + status + "\r\n";
            add("GET", head + "\r\n" + EVIL);
            add("GET", head + "Content-Length: 0\r\n\r\n" + EVIL);
            add("GET", head + "Content-Length: 5\r\nConnection: close\r\n\r\nhello");
            add("GET", head + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + CHUNKED);
        }
        add("HEAD", ok("Content-Length: 5", ""));
        add("HEAD", ok("Content-Length: 5\r\nConnection: close", "hello"));
        add("HEAD", ok("Transfer-Encoding: chunked", ""));
        add("HEAD", ok("Transfer-Encoding: chunked\r\nConnection: close", CHUNKED));
        add("HEAD", ok("Content-Length: 45", EVIL));
        for (var first :
                List.of(
                        "HTTP/1.1 100 Continue\r\n\r\n",
                        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n",
                        "HTTP/1.1 100 Continue\r\nContent-Length: 5\r\n\r\n",
                        "HTTP/1.1 102 Processing\r\n\r\n",
                        "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n",
                        "HTTP/1.1 103 Early Hints\r\nTransfer-Encoding: chunked\r\n\r\n",
                        "HTTP/1.1 199 X\r\n\r\n")) {
            add("GET", first + ok("Content-Length: 5\r\nConnection: close", "hello"));
        }
        add("GET", "HTTP/1.1 101 Switching Protocols\r\nConnection: close\r\n\r\n" + EVIL);
        add(
                "GET",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n"
                        + EVIL);
        add("GET", "HTTP/1.1 100 Continue\r\nConnection: close\r\n\r\n");
    }

    private void bytes() {
        for (char c : "\0\u0001\u0008\t\u000b\u001f\u007f\u0080\u00ff".toCharArray()) {
            add("GET", ok("X" + c + "Y: z\r\nContent-Length: 5\r\nConnection: close", "hello"));
            add("GET", ok("X: y" + c + "z\r\nContent-Length: 5\r\nConnection: close", "hello"));
        }
    }
}

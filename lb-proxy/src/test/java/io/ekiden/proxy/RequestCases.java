package io.ekiden.proxy;

import io.ekiden.proxy.FramingCase.Expected;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// What clients send that two parties could read differently, and what only looks so. Each case
/// carries a second request behind the first, which a party that misreads the first would see.
final class RequestCases {
    private static final String NEXT = "GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    private static final String PLAIN = "hello";
    private static final String CHUNKED = "5\r\nhello\r\n0\r\n\r\n";

    /// What HAProxy mends or passes on and Ekiden refuses.
    private static final Map<String, Pattern> STRICTER =
            Map.ofEntries(
                    reason("a folded field", "\\r\\n[ \\t]"),
                    reason("a line that ends without CR", "(?<!\\r)\\n"),
                    reason("a chunk that ends without CR", "hell\\r\\n"),
                    reason("a blank in the name of a trailer", "0\\r\\nX :"),
                    reason("a control character", "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f]"),
                    reason("blanks behind a chunk's size", "\\r\\n\\d+[ \\t]+\\r\\n"),
                    reason("two lengths", "(?i)(content-length:[^\\r]*\\r\\n){2}"),
                    reason("a list of lengths", "Content-Length:[^\\r]*,"),
                    reason("a length of chunks", "(?s)Content-Length.*Transfer-Encoding"),
                    reason("chunks with a length", "(?s)Transfer-Encoding.*Content-Length"),
                    reason("chunks by HTTP/1.0", "(?s)HTTP/1\\.0\\r.*Transfer-Encoding"),
                    reason("an empty coding", "chunked,\\r"),
                    reason("another version", "HTTP/(?!1\\.[01]\\r)"),
                    reason("a target that is no path", "^[A-Z]+ [^/ ]"),
                    reason("no host", "(?s)^(?:(?!\\r\\nHost:).)*?\\r\\n\\r\\n"),
                    reason("an empty host", "Host: *\\r"),
                    reason("a host with blanks", "Host: a[ \\t]"),
                    reason("two hosts", "Host: a\\r\\nHost:"));

    private final List<FramingCase> cases = new ArrayList<>();

    private RequestCases() {}

    private static Expected expected(String sent) {
        return STRICTER.values().stream().anyMatch(reason -> reason.matcher(sent).find())
                ? Expected.STRICTER
                : Expected.ALIKE;
    }

    private static Map.Entry<String, Pattern> reason(String what, String pattern) {
        return Map.entry(what, Pattern.compile(pattern));
    }

    static List<FramingCase> all() {
        var all = new RequestCases();
        all.lengthsAndCodings();
        all.otherFields();
        all.requestLines();
        all.hosts();
        all.chunks();
        all.trailers();
        all.bytes();
        all.sizes();
        all.pipelines();
        return List.copyOf(all.cases);
    }

    private void add(String sent) {
        cases.add(
                new FramingCase(
                        cases.size() + " " + FramingCase.shown(sent),
                        sent,
                        List.of(),
                        FramingCase.OK,
                        expected(sent)));
    }

    private void add(String... sent) {
        for (var one : sent) {
            add(one);
        }
    }

    private static String post(String field, String body) {
        return "POST /first HTTP/1.1\r\nHost: a\r\n" + field + "\r\n\r\n" + body + NEXT;
    }

    private static String get(String field) {
        return "GET /first HTTP/1.1\r\nHost: a\r\n" + field + "\r\n\r\n" + NEXT;
    }

    private static String chunked(String body) {
        return post("Transfer-Encoding: chunked", body);
    }

    private void lengthsAndCodings() {
        for (var field : LengthFields.ALL) {
            add(post(field, PLAIN));
            add(post(field, CHUNKED));
        }
    }

    private void otherFields() {
        for (var field :
                List.of(
                        "X: y",
                        "X:y",
                        "X:",
                        "X: y\r\nX: z",
                        "X : y",
                        ": y",
                        " : y",
                        "X",
                        "X\r\nY: z",
                        "X: y\r\n z",
                        "X: y\r\n\tz",
                        "X: y\r\n \r\n z",
                        " X: y",
                        "X: y\n\nGET /smuggled HTTP/1.1\nHost: a\n",
                        "X: y\r\rGET /smuggled HTTP/1.1\r\rHost: a",
                        "X: y\r\n\rGET /smuggled HTTP/1.1",
                        "Connection: close, X\r\nX: y",
                        "Connection: Host",
                        "Connection: keep-alive, Host, X-Forwarded-For",
                        "Connection: Cookie\r\nCookie: a=b",
                        "Connection: \0",
                        "Keep-Alive: timeout=1",
                        "Proxy-Connection: keep-alive",
                        "TE: trailers",
                        "TE: chunked",
                        "Trailer: X",
                        "Upgrade: h2c",
                        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA",
                        "Connection: Upgrade\r\nUpgrade: h2c",
                        "Connection: Upgrade\r\nUpgrade: websocket, h2c",
                        "Connection: Upgrade\r\nUpgrade: TLS/1.0",
                        "Expect: 100-continue",
                        "Expect: 200-ok",
                        "Expect: 100-continue, x",
                        "Expect: 100-continue\r\nContent-Length: 0",
                        "Cookie: a=b\r\nCookie: c=d",
                        "X-Forwarded-For: 1.2.3.4",
                        "Authorization: Basic \r\n x",
                        "Max-Forwards: 0",
                        "Via: HTTP/2 x")) {
            add(get(field));
        }
        add(
                post("Expect: 100-continue\r\nContent-Length: 5", PLAIN),
                post("Expect: 100-continue\r\nTransfer-Encoding: chunked", CHUNKED),
                post("Upgrade: h2c\r\nContent-Length: 5", PLAIN),
                post("Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 5", PLAIN),
                get("Content-Length: 5") + PLAIN,
                "GET /first HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello" + NEXT,
                "HEAD /first HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello" + NEXT,
                "TRACE /first HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello" + NEXT,
                "GET /first HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + CHUNKED
                        + NEXT,
                "POST /first HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + CHUNKED
                        + NEXT,
                "POST /first HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + CHUNKED
                        + NEXT,
                "POST /first HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello"
                        + NEXT,
                "POST /first HTTP/1.1\r\nHost: a\r\n\r\nhello" + NEXT);
    }

    private void requestLines() {
        for (var line :
                List.of(
                        "GET / HTTP/1.1",
                        "GET /?a=b HTTP/1.1",
                        "GET /a%00b HTTP/1.1",
                        "GET /%0d%0aX:%20y HTTP/1.1",
                        "GET /../x HTTP/1.1",
                        "GET //x HTTP/1.1",
                        "GET /a#b HTTP/1.1",
                        "GET /\"<>\\^`{|} HTTP/1.1",
                        "GET  / HTTP/1.1",
                        "GET /  HTTP/1.1",
                        "GET\t/ HTTP/1.1",
                        "GET /\tHTTP/1.1",
                        " GET / HTTP/1.1",
                        "GET / HTTP/1.1 ",
                        "GET / HTTP/1.1\t",
                        "GET /a b HTTP/1.1",
                        "GET / x HTTP/1.1",
                        "GET /",
                        "GET / ",
                        "GET",
                        "/ HTTP/1.1",
                        "GET / HTTP/1.0",
                        "GET / HTTP/0.9",
                        "GET / HTTP/1.2",
                        "GET / HTTP/1.9",
                        "GET / HTTP/1.10",
                        "GET / HTTP/01.1",
                        "GET / HTTP/1.01",
                        "GET / HTTP/1",
                        "GET / HTTP/1.",
                        "GET / HTTP/.1",
                        "GET / HTTP/2.0",
                        "GET / HTTP/2",
                        "GET / HTTP/3.7",
                        "GET / HTTP/11.1",
                        "GET / HTTP/1.1x",
                        "GET / HTTP 1.1",
                        "GET / HTTP/-1.1",
                        "GET / HTTP/+1.1",
                        "GET / HTTP/A.B",
                        "GET / http/1.1",
                        "GET / HTTPS/1.1",
                        "GET / RTSP/1.0",
                        "GET / ICAP/1.0",
                        "GET / XTTP/1.1",
                        "get / HTTP/1.1",
                        "G=T / HTTP/1.1",
                        "G:T / HTTP/1.1",
                        "G(T / HTTP/1.1",
                        "G\"T / HTTP/1.1",
                        "G\u00e9T / HTTP/1.1",
                        "M-SEARCH / HTTP/1.1",
                        "GETGETGETGETGETGETGETGETGETGETGETGETGET / HTTP/1.1",
                        "PRI / HTTP/1.1",
                        "PRI * HTTP/2.0",
                        "CONNECT / HTTP/1.1",
                        "CONNECT a:443 HTTP/1.1",
                        "CONNECT a HTTP/1.1",
                        "GET a:443 HTTP/1.1",
                        "GET * HTTP/1.1",
                        "OPTIONS * HTTP/1.1",
                        "OPTIONS / HTTP/1.1",
                        "GET *x HTTP/1.1",
                        "GET index.html HTTP/1.1",
                        "GET ?x HTTP/1.1",
                        "GET http://a/ HTTP/1.1",
                        "GET http://a HTTP/1.1",
                        "GET http://b/ HTTP/1.1",
                        "GET HTTP://a/ HTTP/1.1",
                        "GET https://a/ HTTP/1.1",
                        "GET ftp://a/ HTTP/1.1",
                        "GET http:/a HTTP/1.1",
                        "GET http://u:p@a/ HTTP/1.1",
                        "GET http:// HTTP/1.1",
                        "GET @b/ HTTP/1.1",
                        "GET .b/ HTTP/1.1",
                        "GET :80/ HTTP/1.1",
                        "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1")) {
            add(line + "\r\nHost: a\r\n\r\n" + NEXT);
        }
        add(
                "\r\n" + get("X: y"),
                "\r\n\r\n" + get("X: y"),
                "\n" + get("X: y"),
                "\r" + get("X: y"),
                "\0" + get("X: y"),
                "\ufeff" + get("X: y"),
                "GET /first HTTP/1.1\nHost: a\n\n" + NEXT,
                "GET /first HTTP/1.1\nHost: a\r\n\r\n" + NEXT,
                "GET /first HTTP/1.1\r\nHost: a\n\r\n" + NEXT,
                "GET /first HTTP/1.1\r\nHost: a\r\n\n" + NEXT,
                "GET /first HTTP/1.1\rHost: a\r\r" + NEXT,
                "GET /first HTTP/1.1\r\n\r\n" + NEXT,
                "GET /first HTTP/1.0\r\n\r\n" + NEXT,
                "GET /first\r\n" + NEXT,
                "GET /first\r\n\r\n" + NEXT,
                "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003\r\n\r\n" + NEXT,
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + NEXT,
                "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n" + NEXT,
                "\r\n\r\n\0\r\nQUIT\n!\u0011\0\u000c\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\0\u0001\0\u0002"
                        + NEXT,
                "SSH-2.0-x\r\n" + NEXT);
    }

    private void hosts() {
        for (var fields :
                List.of(
                        "Host: a",
                        "host:a",
                        "HOST: A",
                        "Host: a:80",
                        "Host: a:",
                        "Host: a:99999",
                        "Host: a:x",
                        "Host: a:80:80",
                        "Host: [::1]",
                        "Host: [::1]:80",
                        "Host: [::1",
                        "Host: a.",
                        "Host:",
                        "Host: ",
                        "Host: a b",
                        "Host: a\tb",
                        "Host: a,b",
                        "Host: a/b",
                        "Host: a?b",
                        "Host: a#b",
                        "Host: a@b",
                        "Host: u:p@a",
                        "Host: a\\b",
                        "Host: http://a",
                        "Host: a\0",
                        "Host: \u00e4",
                        "Host: a\r\nHost: a",
                        "Host: a\r\nHost: b",
                        "Host: a\r\nhost: b",
                        "Host: a\r\nHost:",
                        "Host: a\r\n b",
                        "Host : a",
                        " Host: a",
                        "X: y\r\n Host: a",
                        "Host: a\r\nX-Host: b",
                        "X: y")) {
            add("GET /first HTTP/1.1\r\n" + fields + "\r\n\r\n" + NEXT);
        }
        add(
                "GET http://b/first HTTP/1.1\r\nHost: a\r\n\r\n" + NEXT,
                "GET http://a/first HTTP/1.1\r\n\r\n" + NEXT,
                "GET http://a/first HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + NEXT,
                "GET /first HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n" + NEXT);
    }

    private void chunks() {
        for (var body :
                List.of(
                        CHUNKED,
                        "0\r\n\r\n",
                        "05\r\nhello\r\n0\r\n\r\n",
                        "5\r\nhello\r\n00\r\n\r\n",
                        "5\r\nhello\r\n0000000000000000000\r\n\r\n",
                        "0000000005\r\nhello\r\n0\r\n\r\n",
                        "00000000000000005\r\nhello\r\n0\r\n\r\n",
                        "A\r\n0123456789\r\n0\r\n\r\n",
                        "a\r\n0123456789\r\n0\r\n\r\n",
                        "1\r\nh\r\n4\r\nello\r\n0\r\n\r\n",
                        "5;x\r\nhello\r\n0\r\n\r\n",
                        "5;x=y\r\nhello\r\n0\r\n\r\n",
                        "5;x=\"y\"\r\nhello\r\n0\r\n\r\n",
                        "5 ;x\r\nhello\r\n0\r\n\r\n",
                        "5;\r\nhello\r\n0\r\n\r\n",
                        "5;x=\"\r\n\"\r\nhello\r\n0\r\n\r\n",
                        "5;x=\"\nhello\r\n0\r\n\r\n",
                        "5;x\nhello\r\n0\r\n\r\n",
                        "5;x\rhello\r\n0\r\n\r\n",
                        "5;\0\r\nhello\r\n0\r\n\r\n",
                        "5 \r\nhello\r\n0\r\n\r\n",
                        "5\t\r\nhello\r\n0\r\n\r\n",
                        " 5\r\nhello\r\n0\r\n\r\n",
                        "\t5\r\nhello\r\n0\r\n\r\n",
                        "+5\r\nhello\r\n0\r\n\r\n",
                        "-5\r\nhello\r\n0\r\n\r\n",
                        "0x5\r\nhello\r\n0\r\n\r\n",
                        "0_5\r\nhello\r\n0\r\n\r\n",
                        "5_\r\nhello\r\n0\r\n\r\n",
                        "5 5\r\nhello\r\n0\r\n\r\n",
                        "5,5\r\nhello\r\n0\r\n\r\n",
                        "g\r\nhello\r\n0\r\n\r\n",
                        "\r\nhello\r\n0\r\n\r\n",
                        ";x\r\nhello\r\n0\r\n\r\n",
                        "\u00005\r\nhello\r\n0\r\n\r\n",
                        "5\0\r\nhello\r\n0\r\n\r\n",
                        "5\u000b\r\nhello\r\n0\r\n\r\n",
                        "\u0665\r\nhello\r\n0\r\n\r\n",
                        "5\nhello\r\n0\r\n\r\n",
                        "5\rhello\r\n0\r\n\r\n",
                        "5\r\r\nhello\r\n0\r\n\r\n",
                        "5\n\nhello\r\n0\r\n\r\n",
                        "5\r\nhello\n0\r\n\r\n",
                        "5\r\nhello\r0\r\n\r\n",
                        "5\r\nhello0\r\n\r\n",
                        "5\r\nhelloX\r\n0\r\n\r\n",
                        "5\r\nhello\r\n\r\n0\r\n\r\n",
                        "5\r\nhell\r\n0\r\n\r\n",
                        "5\r\nhello!\r\n0\r\n\r\n",
                        "5\r\nhello\r\n0\n\n",
                        "5\r\nhello\r\n0\r\n\n",
                        "5\r\nhello\r\n0\n\r\n",
                        "5\r\nhello\r\n0\r\r",
                        "5\r\nhello\r\n0\r\n",
                        "5\r\nhello\r\n0;x\r\n\r\n",
                        "5\r\nhello\r\n0 \r\n\r\n",
                        "5\r\nhello\r\n-0\r\n\r\n",
                        "5\r\nhello\r\n",
                        "5\r\nhel",
                        "",
                        "ffffffff\r\nhello\r\n0\r\n\r\n",
                        "100000005\r\nhello\r\n0\r\n\r\n",
                        "7fffffffffffffff\r\nhello\r\n0\r\n\r\n",
                        "ffffffffffffffff\r\nhello\r\n0\r\n\r\n",
                        "10000000000000005\r\nhello\r\n0\r\n\r\n",
                        "fffffffffffffffff\r\nhello\r\n0\r\n\r\n")) {
            add(chunked(body));
        }
    }

    private void trailers() {
        for (var trailer :
                List.of(
                        "X: y",
                        "X: y\r\nZ: z",
                        "Content-Length: 5",
                        "Transfer-Encoding: chunked",
                        "Host: b",
                        "X : y",
                        ": y",
                        "X",
                        " X: y",
                        "X: y\r\n z",
                        "X: y\nZ: z",
                        "X: y\rZ: z",
                        "X: \0",
                        "X\0: y",
                        "X: y\n\nGET /smuggled HTTP/1.1\nHost: a",
                        "Authorization: x",
                        "Connection: close",
                        "X: " + "y".repeat(20_000))) {
            add(chunked("5\r\nhello\r\n0\r\n" + trailer + "\r\n\r\n"));
        }
    }

    /// Each strange byte in each place.
    private void bytes() {
        for (char c :
                "\0\u0001\u0008\t\u000b\u000c\u001f \"(),/:;<=>?@[\\]{}\u007f\u0080\u00ff"
                        .toCharArray()) {
            add(get("X" + c + "Y: z"));
        }
        for (char c : "\0\u0001\u0008\t\u000b\u000c\u001f \u007f\u0080\u00ff\r\n".toCharArray()) {
            add(get(c + "XY: z"));
            add(get("XY" + c + ": z"));
            add(get("XY: z" + c + "z"));
            add(get("XY: z" + c));
            add("G" + c + "T / HTTP/1.1\r\nHost: a\r\n\r\n" + NEXT);
            add("GET /" + c + "x HTTP/1.1\r\nHost: a\r\n\r\n" + NEXT);
            add("GET / HTTP/1.1" + c + "\r\nHost: a\r\n\r\n" + NEXT);
            add("GET / HTTP/1.1\r\nHost: a" + c + "b\r\n\r\n" + NEXT);
        }
    }

    private void sizes() {
        add(
                get("X: " + "y".repeat(8_000)),
                get("X: " + "y".repeat(40_000)),
                get("X".repeat(40_000) + ": y"),
                get(fields(90)),
                get(fields(200)),
                get(fields(5_000)),
                "GET /" + "x".repeat(4_000) + " HTTP/1.1\r\nHost: a\r\n\r\n" + NEXT,
                "GET /" + "x".repeat(40_000) + " HTTP/1.1\r\nHost: a\r\n\r\n" + NEXT,
                "G".repeat(40_000) + " / HTTP/1.1\r\nHost: a\r\n\r\n" + NEXT,
                "\r\n".repeat(20_000) + NEXT,
                "GET / HTTP/1.1\r\nHost: " + "a".repeat(40_000) + "\r\n\r\n" + NEXT,
                chunked("5;" + "x".repeat(40_000) + "\r\nhello\r\n0\r\n\r\n"),
                chunked("0".repeat(40_000) + "5\r\nhello\r\n0\r\n\r\n"),
                post("Content-Length: 100000", "y".repeat(100_000)));
    }

    private static String fields(int count) {
        var fields = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            fields.add("X-" + i + ": y");
        }
        return String.join("\r\n", fields);
    }

    private void pipelines() {
        add(
                get("X: 1") + get("X: 2"),
                get("X: 1").repeat(5),
                post("Content-Length: 5", PLAIN).repeat(2),
                chunked(CHUNKED) + chunked(CHUNKED),
                post("Content-Length: 5", PLAIN) + "garbage\r\n\r\n",
                "GET /1 HTTP/1.1\r\nHost: a\r\n\r\ngarbage\r\n\r\n" + NEXT,
                "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n\r\n" + NEXT,
                "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n\0" + NEXT,
                "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n X: y\r\n" + NEXT,
                "GET /1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + NEXT,
                "GET /1 HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n" + NEXT,
                "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\nX",
                "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhello",
                "GET /1 HTTP/1.1\r\nHost: a\r\nX: y");
    }
}

package io.ekiden.proxy;

import io.ekiden.proxy.http1.Origin;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Which header fields pass through, by RFC 9110 section 7.6: those of one connection do not, and
/// the request is told whom it comes from. Also says which requests are not fit to be passed on.
final class Forwarding {
    private static final Set<String> OF_ONE_CONNECTION =
            caseless(
                    "connection",
                    "keep-alive",
                    "proxy-connection",
                    "te",
                    "transfer-encoding",
                    "upgrade",
                    "http2-settings");
    private static final CharSequence TE = HttpHeaders.createOptimized("te");
    private static final Set<String> OF_FRAMING =
            caseless("content-length", "transfer-encoding", "host", "trailer");
    private static final String DELIMITERS = "\"(),/:;<=>?@[\\]{}";

    /// As HAProxy has it.
    private static final int MAX_FIELDS = 100;

    private static final Set<String> COMMON = caseless("keep-alive", "close");
    private static final Set<HttpMethod> IDEMPOTENT =
            Set.of(
                    HttpMethod.GET,
                    HttpMethod.HEAD,
                    HttpMethod.OPTIONS,
                    HttpMethod.TRACE,
                    HttpMethod.PUT,
                    HttpMethod.DELETE);

    private static final String FORWARDED = "Forwarded";
    private static final String FOR = "X-Forwarded-For";
    private static final String HOST = "X-Forwarded-Host";
    private static final String PORT = "X-Forwarded-Port";
    private static final String PROTO = "X-Forwarded-Proto";

    private Forwarding() {}

    /// Why this request cannot be passed on to anybody; empty when it can.
    static Optional<Refusal> unfit(HttpServerRequest request) {
        var method = request.method();
        if (method.equals(HttpMethod.CONNECT) || method.name().equals("PRI")) {
            return Optional.of(new Refusal(400, method + " is not offered here."));
        }
        var hosts = request.headers().getAll(HttpHeaders.HOST);
        if (hosts.size() > 1 || (hosts.isEmpty() && request.version() == HttpVersion.HTTP_1_1)) {
            return Optional.of(new Refusal(400, "A request has exactly one Host header."));
        }
        if (!isTarget(request.uri()) || (!hosts.isEmpty() && !plain(hosts.getFirst()))) {
            return Optional.of(new Refusal(400, "The request target or Host is malformed."));
        }
        if (request.uri().charAt(0) != '/' && !request.uri().equals("*")) {
            return Optional.of(
                    new Refusal(400, "The request target is to be a path, such as /index.html."));
        }
        if (request.headers().contains("")) {
            return Optional.of(new Refusal(400, "A header field has a name."));
        }
        return unfitHeader(request).or(() -> unfitBody(request));
    }

    private static Optional<Refusal> unfitHeader(HttpServerRequest request) {
        int fields = 0;
        for (var _ : request.headers()) {
            fields++;
        }
        if (fields > MAX_FIELDS) {
            return Optional.of(
                    new Refusal(431, "A request has at most " + MAX_FIELDS + " header fields."));
        }
        var upgrade = request.headers().get(HttpHeaders.UPGRADE);
        boolean keyless =
                upgrade != null
                        && request.method().equals(HttpMethod.GET)
                        && upgrade.toLowerCase(Locale.ROOT).contains("websocket")
                        && names(request.headers()).contains("upgrade")
                        && !request.headers().contains("Sec-WebSocket-Key");
        return keyless
                ? Optional.of(new Refusal(400, "A WebSocket opens with a key."))
                : Optional.empty();
    }

    /// Whether the client says no more after this request, and Vert.x does not see it: it knows the
    /// field `Connection` with one word.
    static boolean isLastOfMany(HttpServerRequest request) {
        var connection = request.headers().get(HttpHeaders.CONNECTION);
        return connection != null
                && !COMMON.contains(connection)
                && options(request.headers()).contains("close");
    }

    private static Optional<Refusal> unfitBody(HttpServerRequest request) {
        var codings = request.headers().getAll(HttpHeaders.TRANSFER_ENCODING);
        if (codings.isEmpty()) {
            return Optional.empty();
        }
        boolean chunked = codings.size() == 1 && codings.getFirst().equalsIgnoreCase("chunked");
        if (!chunked || request.version() == HttpVersion.HTTP_1_0) {
            return Optional.of(new Refusal(400, "The transfer coding is not supported."));
        }
        return request.headers().contains(HttpHeaders.CONTENT_LENGTH)
                ? Optional.of(new Refusal(400, "Content-Length and Transfer-Encoding exclude."))
                : Optional.empty();
    }

    /// Visible ASCII without a fragment, which is of the client alone.
    private static boolean isTarget(String uri) {
        for (int i = 0; i < uri.length(); i++) {
            char c = uri.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '#') {
                return false;
            }
        }
        return !uri.isEmpty();
    }

    private static boolean plain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c == 0x7f) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    static boolean hasBody(HttpServerRequest request) {
        if (Http2.is(request)) {
            return Http2.hasBody(request);
        }
        var length = request.headers().get(HttpHeaders.CONTENT_LENGTH);
        return (length != null && !length.equals("0"))
                || request.headers().contains(HttpHeaders.TRANSFER_ENCODING);
    }

    static boolean idempotent(HttpServerRequest request) {
        return IDEMPOTENT.contains(request.method());
    }

    static boolean isWebSocket(HttpServerRequest request) {
        return request.method().equals(HttpMethod.GET)
                && request.version() == HttpVersion.HTTP_1_1
                && request.headers().contains(HttpHeaders.UPGRADE, HttpHeaders.WEBSOCKET, true)
                && names(request.headers()).contains("upgrade")
                && !hasBody(request);
    }

    /// Makes of the request's header one for HTTP/2, where `TE: trailers`, without which gRPC does
    /// not answer, is of the whole way.
    static void forHttp2(HttpServerRequest request, MultiMap headers) {
        headers.remove(HttpHeaders.HOST);
        if (request.headers().contains(TE, "trailers", true)) {
            headers.set(TE, "trailers");
        }
    }

    /// The header of the request to the backend.
    static MultiMap requestHeaders(HttpServerRequest request) {
        var named = names(request.headers());
        var headers = HttpHeaders.headers();
        for (var field : request.headers()) {
            var name = field.getKey();
            if (!OF_ONE_CONNECTION.contains(name) && !named.contains(name)) {
                headers.add(name, field.getValue());
            }
        }
        // A field that the sender has declared to be of one connection must not hide these.
        var host = request.headers().get(HttpHeaders.HOST);
        headers.set(HttpHeaders.HOST, host == null ? "" : host);
        var length = request.headers().get(HttpHeaders.CONTENT_LENGTH);
        if (length != null) {
            headers.set(HttpHeaders.CONTENT_LENGTH, length);
        }
        var client = request.remoteAddress().hostAddress();
        var proto = request.isSSL() ? "https" : "http";
        headers.add(FORWARDED, forwarded(client, host, proto));
        headers.add(FOR, client);
        headers.set(PROTO, proto);
        headers.set(HOST, host == null ? "" : host);
        headers.set(PORT, Integer.toString(request.localAddress().port()));
        if (isWebSocket(request)) {
            headers.set(HttpHeaders.CONNECTION, HttpHeaders.UPGRADE);
            headers.set(HttpHeaders.UPGRADE, HttpHeaders.WEBSOCKET);
        }
        return headers;
    }

    /// One element of the field `Forwarded` (RFC 7239), behind those that there are.
    ///
    /// @param host none by HTTP/1.0
    private static String forwarded(String client, String host, String proto) {
        var element = new StringBuilder("for=").append(Origin.node(client));
        if (host != null) {
            element.append(";host=\"")
                    .append(host.replace("\\", "\\\\").replace("\"", "\\\""))
                    .append('"');
        }
        return element.append(";proto=").append(proto).toString();
    }

    /// Whether an answer can be passed on: it says in one way only where it ends, does not switch
    /// to what nobody has asked for, and has a status, names and values that are some.
    static boolean isFit(HttpClientResponse inbound) {
        int status = inbound.statusCode();
        var message = inbound.statusMessage();
        if (status < 200 || status > 999 || (message != null && !isValue(message))) {
            return false;
        }
        for (var field : inbound.headers()) {
            if (!isName(field.getKey()) || !isValue(field.getValue())) {
                return false;
            }
        }
        var codings = inbound.headers().getAll(HttpHeaders.TRANSFER_ENCODING);
        return codings.isEmpty()
                || (codings.size() == 1 && codings.getFirst().equalsIgnoreCase("chunked"));
    }

    /// A token of RFC 9110.
    static boolean isName(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c <= ' ' || c >= 0x7f || DELIMITERS.indexOf(c) >= 0) {
                return false;
            }
        }
        return !name.isEmpty();
    }

    static boolean isValue(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7f) {
                return false;
            }
        }
        return true;
    }

    /// Whether the backend says that it closes the connection after this answer (RFC 9112 section
    /// 9.6).
    static boolean isLastOfConnection(HttpClientResponse inbound) {
        return options(inbound.headers()).contains("close");
    }

    /// Puts status and header of the backend's answer on ours.
    static void respond(HttpClientResponse from, HttpServerResponse to) {
        to.setStatusCode(from.statusCode());
        if (from.statusMessage() != null && !from.statusMessage().isEmpty()) {
            to.setStatusMessage(from.statusMessage());
        }
        copy(from.headers(), to.headers());
    }

    /// Answers as the backend did to a WebSocket's opening.
    static void respondUpgrade(HttpClientResponse from, HttpServerResponse to) {
        respond(from, to);
        to.headers().set(HttpHeaders.CONNECTION, HttpHeaders.UPGRADE);
        to.headers().set(HttpHeaders.UPGRADE, HttpHeaders.WEBSOCKET);
    }

    static void copyTrailers(MultiMap from, MultiMap to) {
        for (var field : from) {
            if (!OF_FRAMING.contains(field.getKey())) {
                to.add(field.getKey(), field.getValue());
            }
        }
    }

    private static void copy(MultiMap from, MultiMap to) {
        var named = names(from);
        for (var field : from) {
            var name = field.getKey();
            if (!OF_ONE_CONNECTION.contains(name) && !named.contains(name)) {
                to.add(name, field.getValue());
            }
        }
    }

    /// The names in the `Connection` field, none of which passes.
    private static Set<String> names(MultiMap headers) {
        var values = headers.getAll(HttpHeaders.CONNECTION);
        if (values.isEmpty() || (values.size() == 1 && COMMON.contains(values.getFirst()))) {
            return Set.of();
        }
        var names = options(headers);
        // They could hide how long a body is.
        names.removeAll(OF_FRAMING);
        return names;
    }

    /// The words in the `Connection` field.
    private static Set<String> options(MultiMap headers) {
        var options = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        for (var value : headers.getAll(HttpHeaders.CONNECTION)) {
            for (var option : value.split(",", -1)) {
                options.add(option.strip());
            }
        }
        return options;
    }

    private static Set<String> caseless(String... names) {
        var set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        set.addAll(Set.of(names));
        return set;
    }
}

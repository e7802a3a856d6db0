package io.ekiden.proxy;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.LinkedHashMap;
import java.util.Map;

/// An answer of the proxy's own: it could not, or would not, pass the request on.
///
/// @param headers beyond those that every such answer has
record Refusal(int status, String reason, Map<String, String> headers) {
    private static final String RETRY_AFTER_SECONDS = "1";

    Refusal(int status, String reason) {
        this(status, reason, Map.of());
    }

    static Refusal malformedRequest() {
        return new Refusal(400, "The request is malformed.");
    }

    static Refusal moved(String location) {
        return new Refusal(301, "It is at " + location, Map.of("Location", location));
    }

    static Refusal unauthorized(String realm) {
        return new Refusal(
                401,
                "A user and a password are needed.",
                Map.of("WWW-Authenticate", "Basic realm=\"" + realm + "\""));
    }

    static Refusal unknownHost(String host) {
        return new Refusal(
                404,
                "No app answers to the host '"
                        + Texts.printable(host)
                        + "' here. An app gets a virtual host by a label such as"
                        + " \"HAPROXY_0_VHOST\": \"shop.example.com\", 0 being the index of its port.");
    }

    static Refusal unknownApp(String id) {
        return new Refusal(
                404,
                "No app has the id '"
                        + Texts.printable(id)
                        + "' and a service port for HTTP. The header X-Marathon-App-Id names it, such"
                        + " as /shop/cart.");
    }

    static Refusal noRoute(int servicePort) {
        return new Refusal(503, "No app has the service port " + servicePort + " now.");
    }

    static Refusal busy() {
        return new Refusal(503, "Too many passwords are being checked.");
    }

    static Refusal noneReady(Route route) {
        return new Refusal(503, "No instance of " + route.runSpecId() + " is ready.");
    }

    static Refusal unreachable(Route route) {
        return new Refusal(502, "No instance of " + route.runSpecId() + " could be reached.");
    }

    static Refusal broken(Route route) {
        return new Refusal(
                502, "The instance of " + route.runSpecId() + " closed the connection unanswered.");
    }

    static Refusal malformed(Route route) {
        return new Refusal(
                502, "The instance of " + route.runSpecId() + " gave a malformed answer.");
    }

    static Refusal late(Route route) {
        return new Refusal(
                504, "The instance of " + route.runSpecId() + " did not answer in time.");
    }

    /// Whether the connection ends with it. What is malformed may not end where it seems to; what
    /// waits for a "continue" never ends. By HTTP/2 that is the concern of one stream only.
    boolean isLast(HttpServerRequest request) {
        return !Http2.is(request)
                && (status == 400
                        || status == 431
                        || request.headers().contains(HttpHeaders.EXPECT));
    }

    /// All that its head says but how long it is.
    Map<String, String> fields() {
        var fields = new LinkedHashMap<>(headers);
        fields.put("Content-Type", "text/plain");
        if (status == 503) {
            fields.put("Retry-After", RETRY_AFTER_SECONDS);
        }
        return fields;
    }

    void answer(HttpServerRequest request) {
        var response = request.response();
        response.setStatusCode(status);
        fields().forEach(response::putHeader);
        boolean last = isLast(request);
        if (last) {
            response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        discard(request);
        var sent = response.end(reason + "\n");
        if (last) {
            sent.onComplete(_ -> request.connection().close());
        }
    }

    /// Reads and forgets what is still to come of a request.
    static void discard(HttpServerRequest request) {
        if (!request.isEnded()) {
            request.handler(_ -> {});
            request.endHandler(_ -> {});
            request.resume();
        }
    }
}

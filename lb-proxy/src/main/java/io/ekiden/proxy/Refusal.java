package io.ekiden.proxy;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;

/// An answer of the proxy's own: it could not, or would not, pass the request on.
record Refusal(int status, String reason) {
    private static final String RETRY_AFTER_SECONDS = "1";

    static Refusal unknownHost(String host) {
        return new Refusal(
                404,
                "No app answers to the host '"
                        + Texts.printable(host)
                        + "' here. An app gets a virtual host by a label such as"
                        + " \"HAPROXY_0_VHOST\": \"shop.example.com\", 0 being the index of its port.");
    }

    static Refusal noRoute(int servicePort) {
        return new Refusal(503, "No app has the service port " + servicePort + " now.");
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

    static Refusal late(Route route) {
        return new Refusal(
                504, "The instance of " + route.runSpecId() + " did not answer in time.");
    }

    void answer(HttpServerRequest request) {
        var response = request.response();
        response.setStatusCode(status).putHeader(HttpHeaders.CONTENT_TYPE, "text/plain");
        if (status == 503) {
            response.putHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        // What is malformed may not end where it seems to; what waits for a "continue" never ends.
        boolean last = status == 400 || request.headers().contains(HttpHeaders.EXPECT);
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

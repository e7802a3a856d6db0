package io.ekiden.proxy;

import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.Optional;

/// A request by HTTP/2 as one by HTTP/1.1 would be, so that all that follows knows only that: with
/// a `Host`, and with one `Cookie` (RFC 9113 section 8.2.3). What HTTP/1.1 would read otherwise is
/// refused here.
final class Http2 {
    private static final Refusal MALFORMED = Refusal.malformedRequest();

    private Http2() {}

    static boolean is(HttpServerRequest request) {
        return request.version() == HttpVersion.HTTP_2;
    }

    /// Whether a body follows. By HTTP/1.1 the fields say so; here the stream does.
    static boolean hasBody(HttpServerRequest request) {
        if (!(request.connection() instanceof ConnectionBase connection)) {
            return true;
        }
        var http = connection.channel().pipeline().get(Http2ConnectionHandler.class);
        var stream = http == null ? null : http.connection().stream(request.streamId());
        return stream == null || stream.state().remoteSideOpen();
    }

    /// Changes the header; gives the answer to a request that cannot be passed on.
    static Optional<Refusal> translate(HttpServerRequest request) {
        var headers = request.headers();
        if (!Forwarding.isName(request.method().name())) {
            return Optional.of(MALFORMED);
        }
        for (var field : headers) {
            if (!Forwarding.isName(field.getKey()) || !Forwarding.isValue(field.getValue())) {
                return Optional.of(MALFORMED);
            }
        }
        var authority = request.authority();
        var hosts = headers.getAll(HttpHeaders.HOST);
        if (authority == null
                || hosts.size() > 1
                || headers.contains(HttpHeaders.TRANSFER_ENCODING)
                || headers.contains(HttpHeaders.CONNECTION)
                || headers.contains(HttpHeaders.UPGRADE)) {
            return Optional.of(MALFORMED);
        }
        headers.set(HttpHeaders.HOST, authority.toString());
        var crumbs = headers.getAll(HttpHeaders.COOKIE);
        if (crumbs.size() > 1) {
            headers.set(HttpHeaders.COOKIE, String.join("; ", crumbs));
        }
        return Optional.empty();
    }
}

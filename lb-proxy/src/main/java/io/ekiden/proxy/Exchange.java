package io.ekiden.proxy;

import io.ekiden.proxy.BackendConnections.Connection;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.HostAndPort;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One request on its way to a backend and the answer on its way back, all on one event loop.
///
/// A request that has not been sent goes on to the next backend when one cannot be reached. One
/// that was sent goes on once more if it may be repeated: an idempotent method without a body, and
/// nothing of an answer has come. Whatever happens, the backend is released exactly once for each
/// time it was acquired, and the client gets an answer or sees its connection closed.
final class Exchange implements Requester {
    /// HTTP/2's word for an answer that breaks off.
    private static final long INTERNAL_ERROR = 2;

    private enum Phase {
        CONNECTING,
        SENT,
        ANSWERING,
        TUNNEL,
        DONE
    }

    private final Lane lane;
    private final HttpServerRequest request;
    private Route route;
    private final boolean hasBody;
    private final long begun = System.nanoTime();
    private final List<Backend> tried = new ArrayList<>(1);
    private Phase phase = Phase.CONNECTING;
    private Backend backend;
    private Connection connection;
    private HttpClientRequest outbound;
    private boolean repeated;
    private boolean requestSent;
    private boolean fresh;
    private long lastMove;

    Exchange(Lane lane, HttpServerRequest request, Route route) {
        this.lane = lane;
        this.request = request;
        this.route = route;
        this.hasBody = Forwarding.hasBody(request);
        this.lastMove = lane.now();
    }

    /// @param lookup by which the route was found
    void start(Lookup lookup) {
        if (hasBody) {
            request.pause();
        }
        request.response().closeHandler(_ -> clientGone());
        request.exceptionHandler(_ -> clientGone());
        lane.begun(this);
        attempt(acquire(lookup));
    }

    @Override
    public String address() {
        return request.remoteAddress().hostAddress();
    }

    @Override
    public Optional<String> cookie(String name) {
        return StickyCookie.find(request.headers(), name);
    }

    /// Ends what has not moved for too long.
    void sweep(long now) {
        long still = now - lastMove;
        switch (phase) {
            case CONNECTING, DONE -> {}
            case SENT -> {
                if (still > route.responseNanos(lane.responseNanos())) {
                    drop();
                    backend.failed();
                    refuse(Refusal.late(route));
                }
            }
            case ANSWERING -> {
                if (still > silenceNanos()) {
                    abort();
                }
            }
            case TUNNEL -> {
                if (still > lane.tunnelNanos()) {
                    // Its close handler ends the rest.
                    connection.close();
                }
            }
        }
    }

    private Optional<Backend> acquire() {
        return route.acquire(tried, System.nanoTime(), this);
    }

    /// Of a newer route only if it asks no more of a request than the one whose questions this one
    /// has answered.
    private Optional<Backend> acquire(Lookup lookup) {
        var found = acquire();
        while (found.isEmpty()) {
            var newer = lookup.next().filter(now -> now.handling().equals(route.handling()));
            if (newer.isEmpty()) {
                break;
            }
            route = newer.get();
            found = acquire();
        }
        return found;
    }

    private void attempt(Optional<Backend> next) {
        if (next.isEmpty()) {
            refuse(tried.isEmpty() ? Refusal.noneReady(route) : Refusal.unreachable(route));
            return;
        }
        backend = next.get();
        tried.add(backend);
        phase = Phase.CONNECTING;
        // A request that met a closing connection once must not meet a second one.
        var idle =
                repeated
                        ? Optional.<Connection>empty()
                        : lane.connections().idle(backend, repeatable(), System.nanoTime());
        if (idle.isPresent()) {
            fresh = false;
            connected(idle.get());
        } else {
            fresh = true;
            lane.connections()
                    .connect(backend)
                    .onComplete(this::connected, failure -> unreachable());
        }
    }

    private void unreachable() {
        backend.eject(System.nanoTime());
        backend.release();
        if (phase == Phase.DONE) {
            return;
        }
        if (tried.size() <= route.retries()) {
            attempt(acquire());
        } else {
            refuse(Refusal.unreachable(route));
        }
    }

    private void connected(Connection connection) {
        this.connection = connection;
        if (phase == Phase.DONE) {
            lane.connections().release(connection, System.nanoTime());
            backend.release();
            return;
        }
        backend.reached();
        var headers = Forwarding.requestHeaders(request);
        route.toBackend(headers);
        if (backend.upstream().http2()) {
            Forwarding.forHttp2(request, headers);
        }
        var options =
                new RequestOptions()
                        .setMethod(request.method())
                        .setURI(route.target(request.uri()))
                        .setHeaders(headers);
        connection.http().request(options).onComplete(this::send, failure -> closedUnsent());
    }

    /// The connection was closed before anything was sent: as good as not having had it.
    private void closedUnsent() {
        connection.discard();
        if (phase == Phase.DONE) {
            backend.release();
        } else if (fresh) {
            unreachable();
        } else {
            backend.release();
            tried.remove(backend);
            attempt(acquire());
        }
    }

    private void send(HttpClientRequest outbound) {
        this.outbound = outbound;
        if (phase == Phase.DONE) {
            drop();
            return;
        }
        phase = Phase.SENT;
        moved();
        outbound.exceptionHandler(_ -> {});
        if (backend.upstream().http2()) {
            authority().ifPresent(outbound::authority);
        } else if (Forwarding.isWebSocket(request)) {
            outbound.connect().onComplete(this::upgraded, failure -> broken());
            return;
        }
        outbound.response().onComplete(this::answer, failure -> broken());
        if (hasBody) {
            sendBody();
        } else {
            requestSent = true;
            outbound.end();
        }
    }

    private void sendBody() {
        if (!request.headers().contains(HttpHeaders.CONTENT_LENGTH)) {
            outbound.setChunked(true);
        }
        boolean waits = request.headers().contains(HttpHeaders.EXPECT, HttpHeaders.CONTINUE, true);
        if (waits) {
            outbound.continueHandler(_ -> request.response().writeContinue());
        }
        if (waits || backend.upstream().http2()) {
            // By HTTP/2, who has the head may speak before the client does.
            outbound.sendHead();
        }
        Pump.start(request, outbound, this::moved);
        request.endHandler(_ -> {
            requestSent = true;
            outbound.end();
        });
        request.resume();
    }

    private void broken() {
        if (phase != Phase.SENT) {
            return;
        }
        drop();
        backend.failed();
        if (repeatable() && !repeated && route.retries() > 0) {
            repeated = true;
            if (!fresh) {
                tried.remove(backend);
            }
            attempt(acquire());
        } else {
            refuse(Refusal.broken(route));
        }
    }

    private void answer(HttpClientResponse inbound) {
        if (phase != Phase.SENT) {
            return;
        }
        if (!Forwarding.isFit(inbound)) {
            drop();
            backend.failed();
            refuse(Refusal.malformed(route));
            return;
        }
        phase = Phase.ANSWERING;
        moved();
        backend.answered(inbound.statusCode());
        var response = request.response();
        Forwarding.respond(inbound, response);
        route.toClient(request, backend, response.headers());
        if (mayHaveBody(inbound) && !response.headers().contains(HttpHeaders.CONTENT_LENGTH)) {
            unmeasured(response);
        }
        Pump.start(inbound, response, this::moved);
        inbound.exceptionHandler(_ -> abort());
        inbound.endHandler(_ -> answered(inbound));
        if (Http2.is(request)) {
            lane.later(this::sendHead);
        }
    }

    /// A client that speaks on once it has the head of the answer gets it before the body comes;
    /// one that needs no body gets all at once.
    private void sendHead() {
        if (phase == Phase.ANSWERING && !request.response().headWritten()) {
            request.response().writeHead();
        }
    }

    /// A body of unknown length: in chunks, or to the end of an HTTP/1.0 client's connection.
    private void unmeasured(HttpServerResponse response) {
        if (request.version() == HttpVersion.HTTP_1_0) {
            response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
            response.endHandler(_ -> request.connection().close());
        } else {
            response.setChunked(true);
        }
    }

    private boolean mayHaveBody(HttpClientResponse inbound) {
        int status = inbound.statusCode();
        return !request.method().equals(HttpMethod.HEAD) && status != 204 && status != 304;
    }

    private void answered(HttpClientResponse inbound) {
        if (phase != Phase.ANSWERING) {
            return;
        }
        var response = request.response();
        MultiMap trailers = inbound.trailers();
        if ((response.isChunked() || Http2.is(request)) && !trailers.isEmpty()) {
            Forwarding.copyTrailers(trailers, response.trailers());
        }
        if (!requestSent) {
            // The backend has heard enough; what the client still sends is read and forgotten.
            Refusal.discard(request);
        }
        done();
        // Before the client knows, whose next request may depend on it.
        backend.release();
        response.end();
        lane.log().ifPresent(log -> log.answered(request, way()));
        // Only now: a pipelined request begins in there, and would be answered by whatever else the
        // backend has said unasked.
        if (requestSent && !Forwarding.isLastOfConnection(inbound)) {
            giveBack();
        } else {
            connection.abandon(outbound, System.nanoTime());
        }
    }

    /// After an answer of HTTP/1.0 Vert.x closes the connection, and tells neither that version nor
    /// at once that it is closed. All of that stands in the event loop's queue when this is called,
    /// and is done when what is queued behind it runs.
    private void giveBack() {
        lane.later(
                () -> lane.later(() -> lane.connections().release(connection, System.nanoTime())));
    }

    private void upgraded(HttpClientResponse inbound) {
        if (phase != Phase.SENT) {
            return;
        }
        if (inbound.statusCode() != 101) {
            answer(inbound);
            return;
        }
        phase = Phase.TUNNEL;
        moved();
        var far = inbound.netSocket();
        far.pause();
        Forwarding.respondUpgrade(inbound, request.response());
        route.toClient(request, backend, request.response().headers());
        request.toNetSocket()
                .onComplete(
                        near -> {
                            near.closeHandler(_ -> abort());
                            far.closeHandler(_ -> {
                                near.end();
                                abort();
                            });
                            Pump.start(near, far, this::moved);
                            Pump.start(far, near, this::moved);
                            far.resume();
                        },
                        failure -> abort());
    }

    private void clientGone() {
        switch (phase) {
            case DONE -> {}
            // The attempt under way sees that it is over and gives back what it holds.
            case CONNECTING -> {
                done();
                lane.log().ifPresent(log -> log.abandoned(request, way()));
            }
            case SENT, ANSWERING -> {
                drop();
                done();
                lane.log().ifPresent(log -> log.abandoned(request, way()));
            }
            // Either side may end it.
            case TUNNEL -> abort();
        }
    }

    /// Ends both sides; the client sees that something is missing.
    private void abort() {
        if (phase == Phase.DONE) {
            return;
        }
        boolean tunnel = phase == Phase.TUNNEL;
        drop();
        done();
        if (tunnel) {
            lane.log().ifPresent(log -> log.answered(request, way()));
        } else {
            backend.failed();
            lane.log().ifPresent(log -> log.cut(request, way()));
            if (Http2.is(request)) {
                request.response().reset(INTERNAL_ERROR);
            } else {
                request.connection().close();
            }
        }
    }

    /// Gives the backend up, and what it was asked. That may be heard here at once as the end of an
    /// answer, which must not give it up again.
    private void drop() {
        phase = Phase.DONE;
        connection.abandon(outbound, System.nanoTime());
        backend.release();
    }

    /// A stream of gRPC may be as silent as a WebSocket.
    private long silenceNanos() {
        return backend.upstream().http2() ? lane.tunnelNanos() : lane.idleNanos();
    }

    private Optional<HostAndPort> authority() {
        return Optional.ofNullable(request.getHeader(HttpHeaders.HOST))
                .map(host -> HostAndPort.parseAuthority(host, -1));
    }

    private void refuse(Refusal refusal) {
        done();
        refusal.answer(request);
        var way = new AccessLog.Way(Optional.of(route), Optional.empty(), begun);
        lane.log().ifPresent(log -> log.answered(request, way));
    }

    private AccessLog.Way way() {
        return new AccessLog.Way(Optional.of(route), Optional.ofNullable(backend), begun);
    }

    private void done() {
        phase = Phase.DONE;
        lane.ended(this, request.connection());
    }

    private boolean repeatable() {
        return !hasBody && Forwarding.idempotent(request);
    }

    private void moved() {
        lastMove = lane.now();
    }
}

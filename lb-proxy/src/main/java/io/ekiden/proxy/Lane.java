package io.ekiden.proxy;

import io.ekiden.proxy.http1.AnswerHead;
import io.ekiden.proxy.http1.RequestHead;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/// One event loop's share of the HTTP work: every lane listens on every port, a client connection
/// stays on one lane, and so do the backend connections that serve it. Nothing is shared between
/// lanes but the routing table and the backends' counters.
final class Lane extends VerticleBase {
    private static final long SWEEP_MS = 250;

    /// Requests that one client may have in flight by HTTP/2.
    private static final int MAX_STREAMS = 100;

    /// What one side may send by HTTP/2 before the other has taken it, over all streams.
    private static final int CONNECTION_WINDOW_BYTES = 1 << 20;

    /// What Vert.x calls its decoder of HTTP/1.1.
    private static final String HTTP1_DECODER = "httpDecoder";

    private static final AtomicInteger ANY_PORT = new AtomicInteger();

    /// A sweep after a stall must not judge by time in which nobody was listened to.
    private static final long MAX_STEP_NANOS = 2 * SWEEP_MS * 1_000_000;

    private final ProxyConfig config;
    private final Optional<AccessLog> log;
    private final Routing routing;
    private final AtomicInteger clients;
    private final Arrivals arrivals;
    private final Map<Integer, HttpServer> servers = new HashMap<>();
    private final Map<HttpConnection, Client> connected = new HashMap<>();
    private final Map<Channel, Long> arrived = new HashMap<>();
    private final Set<Exchange> exchanges = new HashSet<>();
    private final Map<Integer, Frontend> plainPorts = new HashMap<>();
    private final Set<PlainClient> plainClients = new HashSet<>();
    private final RequestHead requestHead = new RequestHead();
    private final AnswerHead answerHead = new AnswerHead();
    private BackendConnections connections;
    private PlainBackends plainBackends;
    private long lastSweep = System.nanoTime();
    private long now = lastSweep;

    /// A client connection.
    private static final class Client {
        private long since;
        private boolean hasAsked;
        private boolean hasAskedAll;
        private int inFlight;

        Client(long since) {
            this.since = since;
        }
    }

    /// @param clients counts the client connections of all lanes
    /// @param arrivals tells of the connections on this lane's event loop
    Lane(ProxyConfig config, Routing routing, AtomicInteger clients, Arrivals arrivals) {
        this.config = config;
        this.log =
                config.frontends().accessLog()
                        ? Optional.of(new AccessLog(Clock.systemUTC()))
                        : Optional.empty();
        this.routing = routing;
        this.clients = clients;
        this.arrivals = arrivals;
    }

    @Override
    public Future<?> start() {
        var options =
                new HttpClientOptions()
                        .setConnectTimeout((int) config.timeouts().connect().toMillis())
                        // For a backend that takes nothing of what is still to be written to it.
                        .setIdleTimeout((int) config.timeouts().tunnel().toSeconds())
                        .setTcpNoDelay(true)
                        .setMaxHeaderSize(ProxyConfig.MAX_HEADER_BYTES);
        var http2 =
                new HttpClientOptions(options)
                        .setProtocolVersion(HttpVersion.HTTP_2)
                        .setHttp2ClearTextUpgrade(false)
                        .setHttp2ConnectionWindowSize(CONNECTION_WINDOW_BYTES);
        http2.getInitialSettings().setMaxHeaderListSize(ProxyConfig.MAX_HEADER_BYTES);
        connections =
                new BackendConnections(
                        vertx.createHttpClient(options), vertx.createHttpClient(http2));
        var loop = ((ContextInternal) context).nettyEventLoop();
        var netty = ((VertxInternal) vertx);
        plainBackends =
                new PlainBackends(
                        new Bootstrap()
                                .group(loop)
                                .channelFactory(netty.transport().channelFactory(false))
                                .resolver(netty.nameResolver().nettyAddressResolverGroup())
                                .option(
                                        ChannelOption.CONNECT_TIMEOUT_MILLIS,
                                        (int) config.timeouts().connect().toMillis()));
        vertx.setPeriodic(SWEEP_MS, _ -> sweep());
        arrivals.register(loop, this);
        return Future.succeededFuture();
    }

    /// Listens for HTTP on a port.
    ///
    /// @param port below 0 picks one, the same for all lanes that name the same
    /// @param tls none for plain HTTP
    /// @return the actual port
    Future<Integer> listen(String address, int port, Frontend frontend, Optional<Tls> tls) {
        return onLane(() -> {
            var server =
                    vertx.createHttpServer(serverOptions(tls))
                            .connectionHandler(connection -> connected(connection, frontend))
                            .requestHandler(request -> handle(request, frontend));
            return server.listen(port, address)
                    .map(bound -> {
                        servers.put(bound.actualPort(), bound);
                        if (tls.isEmpty()) {
                            plainPorts.put(bound.actualPort(), frontend);
                        }
                        return bound.actualPort();
                    });
        });
    }

    /// Listens on all lanes.
    ///
    /// @param wanted 0 picks a port
    /// @return the actual port
    static Future<Integer> listen(
            List<Lane> lanes, String address, int wanted, Frontend frontend, Optional<Tls> tls) {
        // Vert.x' way of saying: any port, but the same one for all who name this number.
        int port = wanted == 0 ? ANY_PORT.decrementAndGet() : wanted;
        var bound = lanes.stream().map(lane -> lane.listen(address, port, frontend, tls)).toList();
        return Future.all(bound).map(_ -> bound.getFirst().result());
    }

    /// Who connects to the port from now on is shown these certificates.
    Future<Void> renew(int port, Tls tls) {
        return onLane(() -> {
            var server = servers.get(port);
            return server == null
                    ? Future.succeededFuture()
                    : server.updateSSLOptions(tls.renewed(), true).mapEmpty();
        });
    }

    /// Accepts nothing more on a port, and gives what is in flight there some time.
    Future<Void> close(int port) {
        return onLane(() -> {
            var server = servers.remove(port);
            plainPorts.remove(port);
            return server == null ? Future.succeededFuture() : shutdown(server);
        });
    }

    /// Accepts nothing more at all.
    Future<Void> closeAll() {
        return onLane(() -> {
            var closing = new ArrayList<Future<Void>>();
            servers.values().forEach(server -> closing.add(shutdown(server)));
            servers.clear();
            return Future.join(closing).mapEmpty();
        });
    }

    BackendConnections connections() {
        return connections;
    }

    PlainBackends plainBackends() {
        return plainBackends;
    }

    /// Of whoever reads one next.
    RequestHead requestHead() {
        return requestHead;
    }

    /// Of whoever reads one next.
    AnswerHead answerHead() {
        return answerHead;
    }

    /// For the plain route of a plain request.
    Lookup lookup(Frontend frontend, RequestHead head) {
        return new Lookup(
                routing,
                table -> frontend.route(table, head.target(), head::field).filter(Route::isPlain));
    }

    /// What is to stand before Vert.x on a new connection to a port without TLS. What Vert.x is
    /// handed over later begins there like one that has just arrived.
    Optional<PlainClient> plain(Channel channel, int port) {
        return Optional.ofNullable(plainPorts.get(port))
                .filter(_ -> log.isEmpty())
                .map(frontend -> {
                    arrived.remove(channel);
                    return new PlainClient(this, frontend, () -> arrived.put(channel, now));
                });
    }

    /// Once a client has chosen HTTP/1.1 by TLS, what is to stand before Vert.x, for which the
    /// connection has a request in flight until it is handed over.
    private void plainByTls(Channel channel, Client client, Frontend frontend) {
        var decoder = channel.pipeline().context(HTTP1_DECODER);
        if (decoder == null
                || log.isPresent()
                || channel.pipeline().get(SslHandler.class) == null) {
            return;
        }
        client.inFlight++;
        channel.pipeline()
                .addBefore(
                        decoder.name(),
                        null,
                        new PlainClient(this, frontend, () -> answered(client)));
    }

    void began(PlainClient client) {
        plainClients.add(client);
    }

    void ended(PlainClient client) {
        plainClients.remove(client);
    }

    /// The lane's own time, in nanoseconds: that of the last sweep, which is precise enough for
    /// what a sweep looks at, and standing still while the lane does.
    long now() {
        return now;
    }

    long responseNanos() {
        return config.timeouts().response().toNanos();
    }

    long idleNanos() {
        return config.timeouts().idle().toNanos();
    }

    long tunnelNanos() {
        return config.timeouts().tunnel().toNanos();
    }

    /// After what is being read has been looked at.
    void later(Runnable action) {
        context.runOnContext(_ -> action.run());
    }

    Optional<AccessLog> log() {
        return log;
    }

    void begun(Exchange exchange) {
        exchanges.add(exchange);
    }

    void ended(Exchange exchange, HttpConnection client) {
        exchanges.remove(exchange);
        Optional.ofNullable(connected.get(client)).ifPresent(this::answered);
    }

    private void answered(Client client) {
        client.inFlight--;
        client.since = now;
    }

    private Future<Void> shutdown(HttpServer server) {
        return server.shutdown(config.timeouts().shutdown().toMillis(), TimeUnit.MILLISECONDS);
    }

    private void handle(HttpServerRequest request, Frontend frontend) {
        var client = connected.get(request.connection());
        if (client == null) {
            request.connection().close();
            return;
        }
        if (client.hasAskedAll) {
            return;
        }
        client.hasAsked = true;
        if (Http2.is(request)) {
            var malformed = Http2.translate(request);
            if (malformed.isPresent()) {
                refuse(client, request, malformed.get());
                return;
            }
        } else if (Forwarding.isLastOfMany(request)) {
            client.hasAskedAll = true;
            request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
            request.response().endHandler(_ -> request.connection().close());
        }
        var unfit = Forwarding.unfit(request);
        if (unfit.isPresent()) {
            refuse(client, request, unfit.get());
            return;
        }
        var lookup =
                new Lookup(
                        routing, table -> frontend.route(table, request.uri(), request::getHeader));
        var route = lookup.next();
        if (route.isEmpty()) {
            refuse(client, request, frontend.unknown(request));
            return;
        }
        var refusal = route.get().refusal(request);
        if (refusal.isPresent()) {
            refuse(client, request, refusal.get());
        } else if (route.get().auth().isPresent()) {
            authenticate(client, request, route.get(), lookup);
        } else {
            begin(client, request, route.get(), lookup);
        }
    }

    private void authenticate(
            Client client, HttpServerRequest request, Route route, Lookup lookup) {
        var auth = route.auth().orElseThrow();
        var authorization = Optional.ofNullable(request.getHeader(HttpHeaders.AUTHORIZATION));
        switch (auth.verdict(authorization)) {
            case ADMITTED -> begin(client, request, route, lookup);
            case DENIED -> refuse(client, request, unauthorized(auth));
            case BUSY -> refuse(client, request, Refusal.busy());
            case OPEN -> {
                client.inFlight++;
                request.pause();
                vertx.executeBlocking(() -> auth.admits(authorization.orElseThrow()), false)
                        .otherwise(false)
                        .onSuccess(admitted -> {
                            client.inFlight--;
                            request.resume();
                            if (admitted) {
                                begin(client, request, route, lookup);
                            } else {
                                refuse(client, request, unauthorized(auth));
                            }
                        });
            }
        }
    }

    private static Refusal unauthorized(BasicAuth auth) {
        return Refusal.unauthorized(auth.credentials().realm());
    }

    private void begin(Client client, HttpServerRequest request, Route route, Lookup lookup) {
        client.inFlight++;
        new Exchange(this, request, route).start(lookup);
    }

    private void refuse(Client client, HttpServerRequest request, Refusal refusal) {
        client.since = now;
        client.hasAskedAll |= refusal.isLast(request);
        refusal.answer(request);
        log.ifPresent(to -> to.answered(request, AccessLog.Way.none()));
    }

    /// A connection is there; whose request will come by it, and in which protocol, is open.
    // What the future says, its listener hears.
    @SuppressWarnings("FutureReturnValueIgnored")
    void arrived(Channel channel) {
        int all = clients.incrementAndGet();
        arrived.put(channel, now);
        channel.closeFuture()
                .addListener(_ -> {
                    arrived.remove(channel);
                    clients.decrementAndGet();
                });
        if (all > ProxyConfig.MAX_CONNECTIONS) {
            channel.close();
        }
    }

    private void connected(HttpConnection connection, Frontend frontend) {
        var channel = ((ConnectionBase) connection).channel();
        var client = new Client(Objects.requireNonNullElse(arrived.remove(channel), now));
        connected.put(connection, client);
        connection.closeHandler(_ -> connected.remove(connection));
        plainByTls(channel, client, frontend);
    }

    private void sweep() {
        long real = System.nanoTime();
        now += Math.min(real - lastSweep, MAX_STEP_NANOS);
        lastSweep = real;
        connections.sweep(real);
        plainBackends.sweep(real);
        List.copyOf(exchanges).forEach(exchange -> exchange.sweep(now));
        List.copyOf(plainClients).forEach(client -> client.sweep(now, config.timeouts()));
        var overdue = new ArrayList<HttpConnection>();
        connected.forEach((connection, client) -> {
            if (overdue(client)) {
                overdue.add(connection);
            }
        });
        overdue.forEach(Lane::cut);
        var silent = new ArrayList<Channel>();
        arrived.forEach((channel, since) -> {
            if (now - since > config.timeouts().header().toNanos()) {
                silent.add(channel);
            }
        });
        silent.forEach(Lane::cut);
    }

    /// Closes at once. Vert.x' own `close` first waits for all that was written to be taken, which
    /// a client that reads nothing never does.
    private static void cut(HttpConnection connection) {
        if (connection instanceof ConnectionBase base) {
            cut(base.channel());
        } else {
            connection.close();
        }
    }

    static void cut(Channel channel) {
        channel.pipeline()
                .firstContext()
                .close()
                .addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
    }

    private boolean overdue(Client client) {
        var timeouts = config.timeouts();
        var patience = client.hasAsked ? timeouts.idle() : timeouts.header();
        return client.inFlight == 0 && now - client.since > patience.toNanos();
    }

    private static HttpServerOptions serverOptions(Optional<Tls> tls) {
        var options =
                new HttpServerOptions()
                        .setHttp2ClearTextEnabled(true)
                        .setMaxHeaderSize(ProxyConfig.MAX_HEADER_BYTES)
                        .setMaxInitialLineLength(ProxyConfig.MAX_REQUEST_LINE_BYTES)
                        .setHttp2ConnectionWindowSize(CONNECTION_WINDOW_BYTES)
                        .setTcpNoDelay(true);
        options.getInitialSettings()
                .setMaxConcurrentStreams(MAX_STREAMS)
                .setMaxHeaderListSize(ProxyConfig.MAX_HEADER_BYTES);
        tls.ifPresent(keys -> keys.into(options));
        return options;
    }

    /// Runs on this lane's event loop, whoever asks.
    private <T> Future<T> onLane(Supplier<Future<T>> action) {
        if (context == null) {
            return Future.failedFuture("the lane was never started");
        }
        return Future.future(
                promise -> context.runOnContext(_ -> action.get().onComplete(promise)));
    }
}

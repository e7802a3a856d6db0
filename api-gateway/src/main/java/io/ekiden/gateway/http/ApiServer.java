package io.ekiden.gateway.http;

import ch.qos.logback.classic.LoggerContext;
import io.ekiden.exec.ExecFrames;
import io.ekiden.gateway.GatewayConfig;
import io.ekiden.gateway.Security;
import io.ekiden.gateway.core.About;
import io.ekiden.gateway.log.AuditLog;
import io.ekiden.gateway.log.ChangeWriter;
import io.ekiden.gateway.log.Follower;
import io.ekiden.gateway.log.JournalWalk;
import io.ekiden.gateway.log.LogPages;
import io.ekiden.gateway.log.ReadBarrier;
import io.ekiden.gateway.secrets.SecretStore;
import io.ekiden.gateway.users.Users;
import io.ekiden.log.RefusedCalls;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The HTTP server and everything behind it but the log.
public final class ApiServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);
    private static final Duration FLUSH = Duration.ofSeconds(1);
    private static final int MAX_LINE = 16 << 10;
    private static final int COMPRESSED_FROM = 1 << 10;
    private static final int SECONDS_TO_CLOSE = 5;

    private final Vertx vertx;
    private final HttpServer server;
    private final Optional<Security.Tls> tls;
    private volatile Handler<HttpServerRequest> handler =
            request -> request.response().setStatusCode(503).end();

    private ApiServer(GatewayConfig config) {
        this.vertx =
                Vertx.vertx(
                        new VertxOptions()
                                .setEventLoopPoolSize(1)
                                .setFileSystemOptions(
                                        new FileSystemOptions()
                                                .setFileCachingEnabled(false)
                                                .setClassPathResolvingEnabled(false)));
        this.tls = config.security().tls();
        this.server =
                vertx.createHttpServer(
                                secured(new HttpServerOptions())
                                        .setHost(config.host())
                                        .setPort(config.port())
                                        .setHttp2ClearTextEnabled(false)
                                        .setMaxInitialLineLength(MAX_LINE)
                                        .setWebSocketSubProtocols(List.of(ExecFrames.PROTOCOL))
                                        .setMaxWebSocketFrameSize(ExecFrames.MAX_MESSAGE)
                                        .setMaxWebSocketMessageSize(ExecFrames.MAX_MESSAGE)
                                        .setPerMessageWebSocketCompressionSupported(false)
                                        .setPerFrameWebSocketCompressionSupported(false)
                                        .setCompressionSupported(true)
                                        .setCompressionContentSizeThreshold(COMPRESSED_FROM)
                                        .setIdleTimeout((int) config.limits().idle().toMillis())
                                        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS))
                        .requestHandler(request -> handler.handle(request));
    }

    private HttpServerOptions secured(HttpServerOptions options) {
        tls.ifPresent(files -> Certificates.into(options, files));
        return options;
    }

    /// New connections are given what is in the files now. Files that cannot be used change
    /// nothing.
    public void reloadCertificate() {
        tls.ifPresent(files ->
                server.updateSSLOptions(Certificates.of(files), true)
                        .onSuccess(_ -> LOG.info("certificate=read"))
                        .onFailure(problem ->
                                LOG.error("certificate=not-read why={}", problem.toString())));
    }

    /// Serves from now on. Nothing is answered but errors until the follower has read the log.
    ///
    /// @throws IOException when the address cannot be bound
    public static ApiServer start(
            GatewayConfig config,
            Users users,
            Follower follower,
            ReadBarrier barrier,
            ChangeWriter writer,
            LogPages pages,
            SecretStore secrets,
            Consumer<RefusedCalls> refused)
            throws IOException {
        var api = new ApiServer(config);
        try {
            api.listen(config, users, follower, barrier, writer, pages, secrets, refused);
            return api;
        } catch (IOException | RuntimeException e) {
            api.close();
            throw e;
        }
    }

    private void listen(
            GatewayConfig config,
            Users users,
            Follower follower,
            ReadBarrier barrier,
            ChangeWriter writer,
            LogPages pages,
            SecretStore secrets,
            Consumer<RefusedCalls> refused)
            throws IOException {
        var limits = config.limits();
        var clock = InstantSource.system();
        LongFunction<JournalWalk> journal =
                sequence -> JournalWalk.from(pages, config.topics(), sequence);
        var events =
                new EventStreams(
                        vertx,
                        clock,
                        journal,
                        follower::sequence,
                        limits.streams(),
                        limits.outstandingEvents(),
                        limits.heartbeat());
        follower.listen(events);
        bind();
        var about =
                new About(
                        config.name(),
                        config.version(),
                        reachable(config.host()),
                        port(),
                        tls.isPresent());
        var refusals = new Refusals(refused);
        vertx.setPeriodic(FLUSH.toMillis(), _ -> refusals.flush());
        var traffic = new Traffic(limits.requests());
        var health = new Health(follower, writer, events, traffic, refusals);
        var relay = new AgentRelay(vertx, config.agentToken(), limits.streams());
        var execs = new ExecRelay(vertx, config.agentToken(), limits.streams(), limits.heartbeat());
        var logging = new Logging(vertx, (LoggerContext) LoggerFactory.getILoggerFactory());
        var audit = new Audit(new AuditLog(pages, config.topics(), Audit::about));
        var ui = new UiFiles(vertx, ApiServer.class.getClassLoader());
        var hosts = new TreeSet<>(config.allowedHosts());
        hosts.add(about.host());
        handler =
                new ApiHandler(
                                ApiRouter.routes(
                                        about,
                                        ConfigJson.of(config),
                                        health,
                                        events,
                                        audit,
                                        logging,
                                        new SecretApi(secrets),
                                        ui),
                                new Door(hosts),
                                new Guard(users),
                                refusals,
                                traffic,
                                new Shares(limits.requestsEach()),
                                new Shares(limits.streamsEach()),
                                new Dispatch(
                                        vertx,
                                        follower,
                                        barrier,
                                        writer,
                                        journal,
                                        relay,
                                        execs,
                                        limits.write()),
                                about,
                                clock,
                                limits.bodyBytes(),
                                limits.heartbeat())
                        .router(vertx);
    }

    private void bind() throws IOException {
        try {
            server.listen().toCompletionStage().toCompletableFuture().get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while binding", e);
        }
    }

    /// A name for clients when the gateway is bound to every address.
    private static String reachable(String host) throws IOException {
        return InetAddress.getByName(host).isAnyLocalAddress()
                ? InetAddress.getLocalHost().getHostName()
                : host;
    }

    /// Of which everything else that speaks HTTP here makes use.
    public Vertx vertx() {
        return vertx;
    }

    public int port() {
        return server.actualPort();
    }

    @Override
    public void close() {
        try {
            vertx.close()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(SECONDS_TO_CLOSE, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the HTTP server does not end", e);
        }
    }
}

package io.ekiden.agent.files;

import io.ekiden.agent.exec.Execs;
import io.ekiden.agent.secrets.SecretKeeper;
import io.ekiden.exec.ExecFrames;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The agent's data plane: the files and logs of its tasks, over HTTP, to who has the token.
///
/// `GET /tasks/{taskId}/files/{browse|read|download}?path=&offset=&length=` in the shapes of Mesos'
/// files API, and `GET /tasks/{taskId}/logs/{stdout|stderr}?follow=&offset=`; and what a task uses
/// by `GET /tasks/{taskId}/usage`. Commands are run in tasks over WebSockets, `GET
/// /tasks/{taskId}/exec?command=`. Gateways bring the secrets of a task that waits for them by `PUT
/// /tasks/{taskId}/secrets/sealed`.
public final class FilesServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FilesServer.class);
    private static final int MAX_LINE = 16 << 10;
    private static final int IDLE_SECONDS = 60;
    private static final int DISK_THREADS = 8;
    private static final int SECONDS_TO_CLOSE = 5;

    private final Vertx vertx;
    private final boolean ownVertx;
    private final WorkerExecutor disk;
    private final FilesHandler handler;
    private final HttpServer server;

    private FilesServer(
            Vertx vertx,
            boolean ownVertx,
            WorkerExecutor disk,
            FilesHandler handler,
            HttpServer server) {
        this.vertx = vertx;
        this.ownVertx = ownVertx;
        this.disk = disk;
        this.handler = handler;
        this.server = server;
    }

    /// Whether this machine's kernel is one on which files can be opened without following links.
    public static boolean isSupported() {
        return Native.isSupported();
    }

    /// Serves when it returns.
    ///
    /// @param shared to run on; one of its own is made, and closed, when absent
    /// @param port 0 for any that is free
    /// @param token to be shown by clients as `Authorization: Bearer <token>`
    /// @param execs begins commands
    /// @param secrets takes what gateways bring
    /// @throws IOException when the address cannot be bound
    public static FilesServer start(
            Optional<Vertx> shared,
            String host,
            int port,
            String token,
            Sandboxes sandboxes,
            Usages usages,
            Execs execs,
            SecretKeeper secrets)
            throws IOException {
        var vertx = shared.orElseGet(FilesServer::vertx);
        var disk = vertx.createSharedWorkerExecutor("sandbox-files", DISK_THREADS);
        var handler = new FilesHandler(vertx, disk, token, sandboxes, usages, execs, secrets);
        var server =
                vertx.createHttpServer(
                                new HttpServerOptions()
                                        .setHost(host)
                                        .setPort(port)
                                        .setHttp2ClearTextEnabled(false)
                                        .setMaxInitialLineLength(MAX_LINE)
                                        .setWebSocketSubProtocols(List.of(ExecFrames.PROTOCOL))
                                        .setMaxWebSocketFrameSize(ExecFrames.MAX_MESSAGE)
                                        .setMaxWebSocketMessageSize(ExecFrames.MAX_MESSAGE)
                                        .setIdleTimeout(IDLE_SECONDS))
                        .requestHandler(handler);
        var files = new FilesServer(vertx, shared.isEmpty(), disk, handler, server);
        try {
            await(server.listen().toCompletionStage());
        } catch (IOException e) {
            files.close();
            throw new IOException("cannot bind %s:%d: %s".formatted(host, port, e.getMessage()), e);
        }
        LOG.info("data-plane=started host={} port={}", host, server.actualPort());
        return files;
    }

    private static Vertx vertx() {
        return Vertx.vertx(
                new VertxOptions()
                        .setEventLoopPoolSize(1)
                        .setFileSystemOptions(
                                new FileSystemOptions()
                                        .setFileCachingEnabled(false)
                                        .setClassPathResolvingEnabled(false)));
    }

    /// Those who follow a log at the moment.
    int followers() {
        return handler.followers();
    }

    public int port() {
        return server.actualPort();
    }

    @Override
    public void close() {
        try {
            await(server.close().toCompletionStage());
            await(disk.close().toCompletionStage());
            if (ownVertx) {
                await(vertx.close().toCompletionStage());
            }
        } catch (IOException e) {
            LOG.warn("data-plane=not-closed why={}", e.getMessage());
        }
    }

    private static void await(CompletionStage<?> stage) throws IOException {
        try {
            stage.toCompletableFuture().get(SECONDS_TO_CLOSE, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("no end within " + SECONDS_TO_CLOSE + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}

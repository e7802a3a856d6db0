package io.ekiden.proxy;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.util.concurrent.TimeUnit;

/// A task that answers to WebSockets.
final class WebSocketTask implements AutoCloseable {
    private final Vertx vertx = Vertx.vertx();
    private final HttpServer server;

    WebSocketTask() throws Exception {
        server =
                vertx.createHttpServer()
                        .webSocketHandler(socket ->
                                socket.textMessageHandler(
                                        text -> socket.writeTextMessage("echo " + text)))
                        .listen(0, "127.0.0.1")
                        .await(10, TimeUnit.SECONDS);
    }

    int port() {
        return server.actualPort();
    }

    @Override
    public void close() {
        vertx.close().await();
    }
}

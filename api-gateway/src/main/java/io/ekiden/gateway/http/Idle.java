package io.ekiden.gateway.http;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/// Connections that may be silent for longer than the server else bears.
final class Idle {
    private Idle() {}

    /// It is not used for anything else afterwards.
    static void allow(HttpConnection connection) {
        if (connection instanceof ConnectionBase base) {
            var pipeline = base.channelHandlerContext().pipeline();
            if (pipeline.get("idle") != null) {
                pipeline.remove("idle");
            }
        }
    }
}

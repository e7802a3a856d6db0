package io.ekiden.proxy;

import io.vertx.core.Future;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnectOptions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One event loop's open HTTP connections to backends that Vert.x speaks on: by HTTP/1.1 those that
/// are not in use ([IdleConnections]), by HTTP/2 all, which requests share.
final class BackendConnections {
    /// HTTP/2's word for an answer that nobody waits for any more.
    private static final long CANCEL = 8;

    private final HttpClientAgent http1;
    private final HttpClientAgent http2;
    private final IdleConnections<Connection> idle = new IdleConnections<>();
    private final Map<Backend, List<Connection>> shared = new HashMap<>();

    BackendConnections(HttpClientAgent http1, HttpClientAgent http2) {
        this.http1 = http1;
        this.http2 = http2;
    }

    /// One connection, in use or idle. By HTTP/1.1 it is of one request at a time; by HTTP/2
    /// several share it.
    static final class Connection extends IdleConnections.Connection {
        private final HttpClientConnection http;
        private boolean closed;
        private int inUse = 1;

        private Connection(Backend backend, HttpClientConnection http) {
            super(backend);
            this.http = http;
            http.closeHandler(_ -> closed = true);
            if (isShared()) {
                http.goAwayHandler(_ -> closed = true);
            }
        }

        private boolean isShared() {
            return backend().upstream().http2();
        }

        @Override
        boolean isClosed() {
            return closed;
        }

        private boolean hasRoom() {
            return !closed && inUse < http.maxActiveStreams();
        }

        HttpClientConnection http() {
            return http;
        }

        /// Gives up a request on it, which the other side may still be at.
        void abandon(HttpClientRequest request, long now) {
            if (isShared()) {
                inUse--;
                idleSince(now);
                request.reset(CANCEL);
            } else {
                close();
            }
        }

        /// Is of no use: nothing can be sent any more.
        void discard() {
            if (isShared()) {
                inUse--;
                closed = true;
            } else {
                close();
            }
        }

        @Override
        void close() {
            closed = true;
            http.close();
        }
    }

    /// An idle connection, the most recently used first.
    ///
    /// @param repeatable whether the request may be sent again if the connection turns out to be
    ///   closed
    Optional<Connection> idle(Backend backend, boolean repeatable, long now) {
        if (backend.upstream().http2()) {
            return shared(backend);
        }
        var connection = idle.take(backend, repeatable, now);
        connection.ifPresent(taken -> taken.inUse++);
        return connection;
    }

    private Optional<Connection> shared(Backend backend) {
        for (var connection : shared.getOrDefault(backend, List.of())) {
            if (connection.hasRoom()) {
                connection.inUse++;
                return Optional.of(connection);
            }
        }
        return Optional.empty();
    }

    Future<Connection> connect(Backend backend) {
        var options =
                new HttpConnectOptions()
                        .setServer(backend.address())
                        .setHost(backend.host())
                        .setPort(backend.port());
        boolean shares = backend.upstream().http2();
        return (shares ? http2 : http1)
                .connect(options)
                .map(http -> {
                    var connection = new Connection(backend, http);
                    if (shares) {
                        shared.computeIfAbsent(backend, _ -> new ArrayList<>()).add(connection);
                    }
                    return connection;
                });
    }

    /// Gives a connection back on which request and answer are complete.
    void release(Connection connection, long now) {
        connection.inUse--;
        if (connection.isShared()) {
            connection.idleSince(now);
        } else {
            idle.give(connection, now);
        }
    }

    /// Closes what is of no more use.
    void sweep(long now) {
        idle.sweep(now);
        shared.values().removeIf(connections -> sweep(connections, now));
    }

    private static boolean sweep(Collection<Connection> connections, long now) {
        connections.removeIf(c -> {
            boolean useless =
                    c.closed || (c.inUse == 0 && (!c.backend().accepting() || c.isStale(now)));
            if (useless && !c.closed) {
                c.close();
            }
            return useless;
        });
        return connections.isEmpty();
    }
}

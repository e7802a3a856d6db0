package io.ekiden.proxy;

import io.vertx.core.Future;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpConnectOptions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// One event loop's open HTTP connections to backends that are not in use. They are kept by backend
/// and not by address, so that none outlives its task, and those of a backend that drains are
/// closed: a server that ends does not have to wait for them.
final class BackendConnections {
    /// Kept open for one backend by one event loop.
    private static final int MAX_IDLE = 256;

    /// Below the 5 s after which common servers (Node's) close what is idle.
    private static final long MAX_IDLE_NANOS = 4_000_000_000L;

    /// A request that must not be sent twice avoids connections that the other side may be closing.
    private static final long MAX_IDLE_NANOS_UNREPEATABLE = 1_000_000_000L;

    private final HttpClientAgent client;
    private final Map<Backend, Deque<Connection>> idle = new HashMap<>();

    BackendConnections(HttpClientAgent client) {
        this.client = client;
    }

    /// One connection, in use or idle.
    static final class Connection {
        private final Backend backend;
        private final HttpClientConnection http;
        private boolean closed;
        private long idleSince;

        private Connection(Backend backend, HttpClientConnection http) {
            this.backend = backend;
            this.http = http;
            http.closeHandler(_ -> closed = true);
        }

        HttpClientConnection http() {
            return http;
        }

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
        var connections = idle.get(backend);
        if (connections == null) {
            return Optional.empty();
        }
        long longest = repeatable ? MAX_IDLE_NANOS : MAX_IDLE_NANOS_UNREPEATABLE;
        for (var c = connections.peekLast(); c != null; c = connections.peekLast()) {
            if (!c.closed && now - c.idleSince > longest) {
                return Optional.empty();
            }
            connections.removeLast();
            if (!c.closed) {
                return Optional.of(c);
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
        return client.connect(options).map(http -> new Connection(backend, http));
    }

    /// Gives a connection back on which request and answer are complete.
    void release(Connection connection, long now) {
        if (connection.closed) {
            return;
        }
        var connections = idle.computeIfAbsent(connection.backend, _ -> new ArrayDeque<>());
        if (!connection.backend.accepting() || connections.size() >= MAX_IDLE) {
            connection.close();
            return;
        }
        connection.idleSince = now;
        connections.addLast(connection);
    }

    /// Closes what is of no more use.
    void sweep(long now) {
        idle.values().removeIf(connections -> sweep(connections, now));
    }

    private static boolean sweep(Deque<Connection> connections, long now) {
        connections.removeIf(c -> {
            boolean useless =
                    c.closed || !c.backend.accepting() || now - c.idleSince > MAX_IDLE_NANOS;
            if (useless && !c.closed) {
                c.close();
            }
            return useless;
        });
        return connections.isEmpty();
    }
}

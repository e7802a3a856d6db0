package io.ekiden.proxy;

import io.vertx.core.Future;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnectOptions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One event loop's open HTTP connections to backends that are not in use. They are kept by backend
/// and not by address, so that none outlives its task, and those of a backend that drains are
/// closed: a server that ends does not have to wait for them.
final class BackendConnections {
    /// Kept open for one backend by one event loop.
    private static final int MAX_IDLE = 256;

    /// HTTP/2's word for an answer that nobody waits for any more.
    private static final long CANCEL = 8;

    /// Below the 5 s after which common servers (Node's) close what is idle.
    private static final long MAX_IDLE_NANOS = 4_000_000_000L;

    /// A request that must not be sent twice avoids connections that the other side may be closing.
    private static final long MAX_IDLE_NANOS_UNREPEATABLE = 1_000_000_000L;

    private final HttpClientAgent http1;
    private final HttpClientAgent http2;
    private final Map<Backend, Deque<Connection>> idle = new HashMap<>();
    private final Map<Backend, List<Connection>> shared = new HashMap<>();

    BackendConnections(HttpClientAgent http1, HttpClientAgent http2) {
        this.http1 = http1;
        this.http2 = http2;
    }

    /// One connection, in use or idle. By HTTP/1.1 it is of one request at a time; by HTTP/2
    /// several share it.
    static final class Connection {
        private final Backend backend;
        private final HttpClientConnection http;
        private boolean closed;
        private int inUse = 1;
        private long idleSince;

        private Connection(Backend backend, HttpClientConnection http) {
            this.backend = backend;
            this.http = http;
            http.closeHandler(_ -> closed = true);
            if (isShared()) {
                http.goAwayHandler(_ -> closed = true);
            }
        }

        private boolean isShared() {
            return backend.upstream().http2();
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
                idleSince = now;
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
                c.inUse++;
                return Optional.of(c);
            }
        }
        return Optional.empty();
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
        connection.idleSince = now;
        if (connection.closed || connection.isShared()) {
            return;
        }
        var connections = idle.computeIfAbsent(connection.backend, _ -> new ArrayDeque<>());
        if (!connection.backend.accepting() || connections.size() >= MAX_IDLE) {
            connection.close();
            return;
        }
        connections.addLast(connection);
    }

    /// Closes what is of no more use.
    void sweep(long now) {
        idle.values().removeIf(connections -> sweep(connections, now));
        shared.values().removeIf(connections -> sweep(connections, now));
    }

    private static boolean sweep(Collection<Connection> connections, long now) {
        connections.removeIf(c -> {
            boolean useless =
                    c.closed
                            || (c.inUse == 0
                                    && (!c.backend.accepting()
                                            || now - c.idleSince > MAX_IDLE_NANOS));
            if (useless && !c.closed) {
                c.close();
            }
            return useless;
        });
        return connections.isEmpty();
    }
}

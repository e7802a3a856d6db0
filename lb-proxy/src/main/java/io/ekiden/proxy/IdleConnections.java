package io.ekiden.proxy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// One event loop's open HTTP/1.1 connections to backends that are not in use. They are kept by
/// backend and not by address, so that none outlives its task, and those of a backend that drains
/// are closed: a server that ends does not have to wait for them.
final class IdleConnections<C extends IdleConnections.Connection> {
    /// Kept open for one backend by one event loop.
    private static final int MAX_IDLE = 256;

    /// Below the 5 s after which common servers (Node's) close what is idle.
    private static final long MAX_IDLE_NANOS = 4_000_000_000L;

    /// A request that must not be sent twice avoids connections that the other side may be closing.
    private static final long MAX_IDLE_NANOS_UNREPEATABLE = 1_000_000_000L;

    private final Map<Backend, Deque<C>> idle = new HashMap<>();

    /// One connection, in use or idle.
    abstract static class Connection {
        private final Backend backend;
        private long idleSince;

        Connection(Backend backend) {
            this.backend = backend;
        }

        Backend backend() {
            return backend;
        }

        /// Whether nothing can be sent on it any more.
        abstract boolean isClosed();

        abstract void close();

        void idleSince(long now) {
            idleSince = now;
        }

        long idleFor(long now) {
            return now - idleSince;
        }

        /// Whether it has been idle for longer than is good.
        boolean isStale(long now) {
            return idleFor(now) > MAX_IDLE_NANOS;
        }
    }

    /// An idle connection, the most recently used first.
    ///
    /// @param repeatable whether the request may be sent again if the connection turns out to be
    ///   closed
    Optional<C> take(Backend backend, boolean repeatable, long now) {
        var connections = idle.get(backend);
        if (connections == null) {
            return Optional.empty();
        }
        long longest = repeatable ? MAX_IDLE_NANOS : MAX_IDLE_NANOS_UNREPEATABLE;
        for (var c = connections.peekLast(); c != null; c = connections.peekLast()) {
            if (!c.isClosed() && c.idleFor(now) > longest) {
                return Optional.empty();
            }
            connections.removeLast();
            if (!c.isClosed()) {
                return Optional.of(c);
            }
        }
        return Optional.empty();
    }

    /// Keeps a connection on which request and answer are complete.
    void give(C connection, long now) {
        if (connection.isClosed()) {
            return;
        }
        var connections = idle.computeIfAbsent(connection.backend(), _ -> new ArrayDeque<>());
        if (!connection.backend().accepting() || connections.size() >= MAX_IDLE) {
            connection.close();
            return;
        }
        connection.idleSince(now);
        connections.addLast(connection);
    }

    /// Closes what is of no more use.
    void sweep(long now) {
        idle.values()
                .removeIf(connections -> {
                    connections.removeIf(c -> {
                        boolean useless =
                                c.isClosed() || !c.backend().accepting() || c.isStale(now);
                        if (useless && !c.isClosed()) {
                            c.close();
                        }
                        return useless;
                    });
                    return connections.isEmpty();
                });
    }
}

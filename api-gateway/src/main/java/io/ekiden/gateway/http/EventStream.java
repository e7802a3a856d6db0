package io.ekiden.gateway.http;

import io.ekiden.gateway.core.access.Caller;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One client of `/v2/events`. Everything but [#send] and [#close] happens on its event loop.
final class EventStream {
    private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);

    private final Vertx vertx;
    private final Context context;
    private final HttpServerResponse response;
    private final HttpConnection connection;
    private final String client;
    private final Set<String> types;
    private final Caller caller;
    private final int maxOutstanding;
    private final Duration heartbeat;
    private final AtomicInteger outstanding = new AtomicInteger();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final ArrayDeque<String> waiting = new ArrayDeque<>();

    /// @param types events that the client wants to see; empty for all
    /// @param caller is sent what he may see of them
    EventStream(
            Vertx vertx,
            RoutingContext http,
            Set<String> types,
            Caller caller,
            int maxOutstanding,
            Duration heartbeat) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.response = http.response();
        this.connection = http.request().connection();
        this.client = http.request().remoteAddress().hostAddress();
        this.types = types;
        this.caller = caller;
        this.maxOutstanding = maxOutstanding;
        this.heartbeat = heartbeat;
    }

    /// Begins the answer, which ends with the connection.
    void open(Runnable closed) {
        response.putHeader("Content-Type", "text/event-stream");
        // Compressed, events would wait for each other.
        response.putHeader("Content-Encoding", "identity");
        response.setChunked(true);
        // Blank lines say nothing; they keep the connection, and find out when it is gone.
        long timer = vertx.setPeriodic(heartbeat.toMillis(), _ -> beat());
        response.closeHandler(_ -> {
            vertx.cancelTimer(timer);
            closed.run();
        });
        response.drainHandler(_ -> drain());
        response.write("\r\n");
    }

    private void beat() {
        if (!response.writeQueueFull()) {
            response.write("\r\n");
        }
    }

    /// From any thread; in the order of the calls.
    void send(EventStreams.Frame frame) {
        boolean wanted = types.isEmpty() || types.contains(frame.type());
        if (!closing.get() && wanted) {
            frame.seenBy(caller).ifPresent(this::enqueue);
        }
    }

    private void enqueue(EventStreams.Frame frame) {
        if (outstanding.incrementAndGet() > maxOutstanding) {
            LOG.warn("events=too-slow client={} outstanding={}", client, maxOutstanding);
            close();
            return;
        }
        context.runOnContext(_ -> {
            waiting.addLast(frame.text());
            drain();
        });
    }

    private void drain() {
        while (!waiting.isEmpty() && !response.writeQueueFull() && !response.closed()) {
            response.write(waiting.removeFirst());
            outstanding.decrementAndGet();
        }
    }

    void close() {
        if (closing.compareAndSet(false, true)) {
            context.runOnContext(_ -> {
                // Vert.x first waits for what was written to be read, which may be for ever.
                if (connection instanceof ConnectionBase base) {
                    var _ = base.channelHandlerContext().close();
                } else {
                    response.reset();
                }
            });
        }
    }
}

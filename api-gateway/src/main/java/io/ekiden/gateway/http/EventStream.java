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
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One client of `/v2/events`. Everything but [#give], [#send] and [#close] happens on its event
/// loop.
final class EventStream {
    private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);

    /// Of what a client missed, so much may wait for him to read it.
    private static final int GIVEN_AHEAD = 64;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Vertx vertx;
    private final Context context;
    private final HttpServerResponse response;
    private final HttpConnection connection;
    private final String client;
    private final Set<String> types;
    private final Caller caller;
    private final int maxOutstanding;
    private final Duration heartbeat;
    private final Semaphore room;
    private final AtomicBoolean closing = new AtomicBoolean();
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private volatile long known;

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
        this.room = new Semaphore(maxOutstanding);
    }

    /// @param room that it takes until it is written
    private record Waiting(String text, int room) {}

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
            closing.set(true);
            // Whoever waits to give it something shall see that.
            room.release(maxOutstanding);
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

    /// Of the journal's events, those of entries up to this one have been given.
    void knows(long sequence) {
        known = sequence;
    }

    /// What happens now. From any thread; in the order of the calls.
    void send(Frame frame) {
        boolean news = frame.id().map(id -> id.sequence() > known).orElse(true);
        if (news) {
            wanted(frame).ifPresent(this::sendOrClose);
        }
    }

    /// What he missed, as soon as he has read most of what he was given before. Who reads nothing
    /// for long is disconnected, since others wait.
    void give(Frame frame) throws InterruptedException {
        // A gap is told to everybody who has one.
        var shown = frame.id().isPresent() ? wanted(frame) : Optional.of(frame);
        if (shown.isPresent()) {
            int part = Math.max(1, maxOutstanding / GIVEN_AHEAD);
            if (room.tryAcquire(part, PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                enqueue(new Waiting(shown.get().text(), part));
            } else {
                LOG.warn("events=not-read client={} seconds={}", client, PATIENCE.toSeconds());
                close();
            }
        }
    }

    /// Whether he reads as fast as he is given.
    boolean hasRoom() {
        return room.availablePermits() >= maxOutstanding / 2;
    }

    boolean isClosed() {
        return closing.get();
    }

    private Optional<Frame> wanted(Frame frame) {
        boolean wanted = types.isEmpty() || types.contains(frame.type());
        return !closing.get() && wanted ? frame.seenBy(caller) : Optional.empty();
    }

    private void sendOrClose(Frame frame) {
        if (room.tryAcquire()) {
            enqueue(new Waiting(frame.text(), 1));
        } else {
            LOG.warn("events=too-slow client={} outstanding={}", client, maxOutstanding);
            close();
        }
    }

    private void enqueue(Waiting frame) {
        context.runOnContext(_ -> {
            waiting.addLast(frame);
            drain();
        });
    }

    private void drain() {
        while (!waiting.isEmpty() && !response.writeQueueFull() && !response.closed()) {
            var next = waiting.removeFirst();
            response.write(next.text());
            room.release(next.room());
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

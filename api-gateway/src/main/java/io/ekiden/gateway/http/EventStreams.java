package io.ekiden.gateway.http;

import io.ekiden.gateway.core.Accept;
import io.ekiden.gateway.core.Answer;
import io.ekiden.gateway.core.ApiRequest;
import io.ekiden.gateway.core.Applied;
import io.ekiden.gateway.core.Event;
import io.ekiden.gateway.core.EventId;
import io.ekiden.gateway.core.Failures;
import io.ekiden.gateway.log.EntryListener;
import io.ekiden.gateway.log.JournalWalk;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `GET /v2/events`: Marathon's events as they are decided, to everybody who listens, in the
/// journal's order. An event's id is `<sequence>.<n>`; who comes back with the last one that he saw
/// (`Last-Event-ID`), to this gateway or another, is first given what he missed from the journal.
///
/// Who reads too slowly is disconnected, never skipped over.
final class EventStreams implements EntryListener {
    private static final Logger LOG = LoggerFactory.getLogger(EventStreams.class);

    /// So many are given what they missed at a time, since each takes a page of the journal; others
    /// wait.
    private static final int CATCH_UPS = 64;

    private final Vertx vertx;
    private final InstantSource clock;
    private final LongFunction<JournalWalk> journal;
    private final LongSupplier newest;
    private final Semaphore catchUps = new Semaphore(CATCH_UPS, true);
    private final int maxStreams;
    private final int maxOutstanding;
    private final Duration heartbeat;

    /// Of these, `listening` have caught up.
    private final Set<EventStream> streams = new LinkedHashSet<>();

    private final Set<EventStream> listening = new LinkedHashSet<>();

    /// @param journal from the entry of a sequence on
    /// @param newest sequence of the newest entry that was, or is just being, [#applied]
    /// @param maxOutstanding events that wait for a slow reader before he is disconnected
    EventStreams(
            Vertx vertx,
            InstantSource clock,
            LongFunction<JournalWalk> journal,
            LongSupplier newest,
            int maxStreams,
            int maxOutstanding,
            Duration heartbeat) {
        this.vertx = vertx;
        this.clock = clock;
        this.journal = journal;
        this.newest = newest;
        this.maxStreams = maxStreams;
        this.maxOutstanding = maxOutstanding;
        this.heartbeat = heartbeat;
    }

    synchronized int size() {
        return streams.size();
    }

    void attach(RoutingContext http, ApiRequest request) {
        if (!Accept.of(request.accept()).names("text/event-stream")) {
            Replies.send(http, Failures.methodNotAllowed("GET, HEAD, OPTIONS"));
            return;
        }
        if (http.request().method().equals(HttpMethod.HEAD)) {
            Replies.send(http, Answer.empty(200));
            return;
        }
        var last = Optional.ofNullable(http.request().getHeader("Last-Event-ID"));
        if (last.filter(text -> EventId.parse(text).isEmpty()).isPresent()) {
            Replies.send(http, Answer.message(400, "Last-Event-ID is no id of an event"));
            return;
        }
        if (size() >= maxStreams) {
            Replies.send(http, Failures.tooManyRequests(maxStreams));
            return;
        }
        var address = http.request().remoteAddress().hostAddress();
        var types = Set.copyOf(request.all("event_type"));
        var stream =
                new EventStream(vertx, http, types, request.caller(), maxOutstanding, heartbeat);
        stream.open(() -> detach(stream, address));
        synchronized (this) {
            streams.add(stream);
        }
        last.flatMap(EventId::parse)
                .ifPresentOrElse(
                        id -> catchUp(stream, id, address), () -> listen(stream, 0, address));
    }

    private void catchUp(EventStream stream, EventId last, String address) {
        var way =
                new CatchUp(
                        stream,
                        last,
                        journal,
                        catchUps,
                        newest,
                        known -> join(stream, known, address),
                        clock);
        Thread.ofVirtual().name("events-catch-up").start(way);
    }

    /// Fails when something that the stream does not know has been told, or is just being told.
    private synchronized boolean join(EventStream stream, long known, String address) {
        if (newest.getAsLong() > known) {
            return false;
        }
        listen(stream, known, address);
        return true;
    }

    private synchronized void listen(EventStream stream, long known, String address) {
        if (!streams.contains(stream)) {
            return;
        }
        stream.knows(known);
        listening.add(stream);
        publish(List.of(Frame.of(Event.attached(address, clock.instant()))));
        LOG.info("events=attached client={} streams={}", address, streams.size());
    }

    private synchronized void detach(EventStream stream, String address) {
        streams.remove(stream);
        if (listening.remove(stream)) {
            publish(List.of(Frame.of(Event.detached(address, clock.instant()))));
            LOG.info("events=detached client={} streams={}", address, streams.size());
        }
    }

    @Override
    public void applied(Applied applied) {
        publish(Frame.of(applied.entry()));
    }

    /// One at a time, so that every stream has the same order.
    private synchronized void publish(List<Frame> frames) {
        frames.forEach(frame -> listening.forEach(stream -> stream.send(frame)));
    }

    /// Entries may have been passed over: who listened comes back and is given them.
    @Override
    public void restarted() {
        List<EventStream> all;
        synchronized (this) {
            all = List.copyOf(listening);
        }
        all.forEach(EventStream::close);
    }
}

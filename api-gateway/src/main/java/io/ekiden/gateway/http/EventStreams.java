package io.ekiden.gateway.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.gateway.core.Accept;
import io.ekiden.gateway.core.Answer;
import io.ekiden.gateway.core.ApiRequest;
import io.ekiden.gateway.core.Applied;
import io.ekiden.gateway.core.Event;
import io.ekiden.gateway.core.Events;
import io.ekiden.gateway.core.Failures;
import io.ekiden.gateway.core.access.Caller;
import io.ekiden.gateway.log.EntryListener;
import io.ekiden.json.JsonText;
import io.ekiden.model.PathId;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `GET /v2/events`: Marathon's events as they are decided, to everybody who listens, in the
/// journal's order. An event's id is `<sequence>.<n>`; who comes back with the last one that he saw
/// (`Last-Event-ID`) is first given what he missed, as far as it is remembered.
///
/// Who reads too slowly is disconnected, never skipped over.
final class EventStreams implements EntryListener {
    private static final Logger LOG = LoggerFactory.getLogger(EventStreams.class);

    /// Events that are kept for those who come back.
    static final int REMEMBERED = 2048;

    private final Vertx vertx;
    private final InstantSource clock;
    private final int maxStreams;
    private final int maxOutstanding;
    private final Duration heartbeat;
    private final Set<EventStream> streams = new LinkedHashSet<>();
    private final ArrayDeque<Frame> recent = new ArrayDeque<>();

    /// @param maxOutstanding events that wait for a slow reader before he is disconnected
    EventStreams(
            Vertx vertx,
            InstantSource clock,
            int maxStreams,
            int maxOutstanding,
            Duration heartbeat) {
        this.vertx = vertx;
        this.clock = clock;
        this.maxStreams = maxStreams;
        this.maxOutstanding = maxOutstanding;
        this.heartbeat = heartbeat;
    }

    /// One event as it is sent.
    ///
    /// @param sequence of its entry and `n` its place there; 0 for what is not in the journal
    /// @param about what it tells something of
    record Frame(long sequence, int n, String type, String data, Set<PathId> about) {
        static Frame of(long sequence, int n, Event event) {
            return new Frame(sequence, n, event.type(), event.json().toString(), event.about());
        }

        /// As far as the caller may see it; empty when that is not at all.
        Optional<Frame> seenBy(Caller caller) {
            if (caller.seesAll() || about.stream().allMatch(caller::sees)) {
                return Optional.of(this);
            }
            return about.stream().anyMatch(caller::sees) ? part(caller) : Optional.empty();
        }

        private Optional<Frame> part(Caller caller) {
            return JsonText.parse(data.getBytes(StandardCharsets.UTF_8))
                            instanceof JsonText.Tree(ObjectNode json)
                    ? Optional.of(
                            new Frame(
                                    sequence, n, type, Event.hide(json, caller).toString(), about))
                    : Optional.empty();
        }

        String text() {
            var id = sequence == 0 ? "" : "id: " + sequence + "." + n + "\n";
            return id + "event: " + type + "\ndata: " + data + "\n\n";
        }

        boolean isAfter(long sequence, int n) {
            return this.sequence > sequence || (this.sequence == sequence && this.n > n);
        }
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
        if (size() >= maxStreams) {
            Replies.send(http, Failures.tooManyRequests(maxStreams));
            return;
        }
        var address = http.request().remoteAddress().hostAddress();
        var types = Set.copyOf(request.all("event_type"));
        var stream =
                new EventStream(vertx, http, types, request.caller(), maxOutstanding, heartbeat);
        stream.open(() -> detach(stream, address));
        begin(stream, Optional.ofNullable(http.request().getHeader("Last-Event-ID")));
        publish(List.of(Frame.of(0, 0, Event.attached(address, clock.instant()))));
        LOG.info("events=attached client={} streams={}", address, size());
    }

    private synchronized void begin(EventStream stream, Optional<String> lastId) {
        lastId.flatMap(EventStreams::parse)
                .ifPresent(last -> {
                    for (var frame : recent) {
                        if (frame.isAfter(last.sequence(), last.n())) {
                            stream.send(frame);
                        }
                    }
                });
        streams.add(stream);
    }

    private record Id(long sequence, int n) {}

    private static Optional<Id> parse(String id) {
        return id.matches("[0-9]{1,18}\\.[0-9]{1,9}")
                ? Optional.of(
                        new Id(
                                Long.parseLong(id.substring(0, id.indexOf('.'))),
                                Integer.parseInt(id.substring(id.indexOf('.') + 1))))
                : Optional.empty();
    }

    private void detach(EventStream stream, String address) {
        boolean was;
        synchronized (this) {
            was = streams.remove(stream);
        }
        if (was) {
            publish(List.of(Frame.of(0, 0, Event.detached(address, clock.instant()))));
            LOG.info("events=detached client={} streams={}", address, size());
        }
    }

    @Override
    public void applied(Applied applied) {
        publish(frames(applied));
    }

    /// Nobody listened when it was decided, but somebody may come back who has not seen it.
    @Override
    public synchronized void known(Applied applied) {
        frames(applied).forEach(this::remember);
    }

    private static List<Frame> frames(Applied applied) {
        var frames = new ArrayList<Frame>();
        for (var event : Events.of(applied.entry())) {
            frames.add(Frame.of(applied.entry().sequence(), frames.size(), event));
        }
        return frames;
    }

    /// One at a time, so that every stream has the same order.
    private synchronized void publish(List<Frame> frames) {
        for (var frame : frames) {
            remember(frame);
            streams.forEach(stream -> stream.send(frame));
        }
    }

    private void remember(Frame frame) {
        if (frame.sequence() > 0) {
            recent.addLast(frame);
            if (recent.size() > REMEMBERED) {
                recent.removeFirst();
            }
        }
    }

    /// Entries may have been passed over: who listens must know that he has a gap.
    @Override
    public void restarted() {
        List<EventStream> all;
        synchronized (this) {
            all = List.copyOf(streams);
            recent.clear();
        }
        all.forEach(EventStream::close);
    }
}

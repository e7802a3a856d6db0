package io.ekiden.gateway.webhooks;

import io.ekiden.gateway.core.Event;
import io.ekiden.gateway.core.EventId;
import io.ekiden.gateway.core.Events;
import io.ekiden.gateway.log.Damaged;
import io.ekiden.gateway.log.JournalWalk;
import io.ekiden.log.JournalEntry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Posts the events after a position to one receiver, each until it is taken, in the journal's
/// order. Runs on a thread of its own until that is interrupted.
final class Delivery implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    private final Receiver receiver;
    private final LongFunction<JournalWalk> journal;
    private final News news;
    private final Consumer<EventId> done;
    private final InstantSource clock;
    private EventId last;
    private Duration pause = FIRST_PAUSE;

    /// @param last event that needs not be posted
    /// @param journal from the entry of a sequence on
    /// @param done is told of each event that has been taken
    Delivery(
            Receiver receiver,
            EventId last,
            LongFunction<JournalWalk> journal,
            News news,
            Consumer<EventId> done,
            InstantSource clock) {
        this.receiver = receiver;
        this.last = last;
        this.journal = journal;
        this.news = news;
        this.done = done;
        this.clock = clock;
    }

    @Override
    public void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    deliver();
                } catch (Damaged | RuntimeException e) {
                    LOG.warn("webhook={} state=waiting why={}", receiver.name(), e.toString());
                    Thread.sleep(FIRST_PAUSE);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void deliver() throws Damaged, InterruptedException {
        var walk = journal.apply(last.sequence());
        if (walk.hasGap()) {
            var earliest = walk.earliest();
            if (earliest.isEmpty()) {
                // What the gap leads to is told when it is known.
                Thread.sleep(FIRST_PAUSE);
                return;
            }
            tellGap(earliest.get());
        }
        while (true) {
            var entry = walk.next();
            if (entry.isPresent()) {
                if (walk.hasPassedOver()) {
                    LOG.error(
                            "webhook={} entry={} problem=entries-before-it-cannot-be-read",
                            receiver.name(),
                            entry.get().sequence());
                    tellGap(entry.get().sequence());
                }
                post(entry.get());
            } else if (walk.isAtEnd()) {
                news.await(last.sequence());
            }
        }
    }

    private void tellGap(long earliest) throws InterruptedException {
        var lastId = last.sequence() + "." + Math.max(0, last.n());
        post(Optional.empty(), Event.gap(lastId, earliest, clock.instant()));
        done(new EventId(earliest, -1));
    }

    private void post(JournalEntry entry) throws InterruptedException {
        int n = 0;
        for (var event : Events.of(entry)) {
            var id = new EventId(entry.sequence(), n++);
            if (id.compareTo(last) > 0) {
                post(Optional.of(id), event);
                done(id);
            }
        }
        var end = new EventId(entry.sequence(), n - 1);
        if (end.compareTo(last) > 0) {
            done(end);
        }
    }

    private void done(EventId id) {
        last = id;
        done.accept(id);
    }

    private void post(Optional<EventId> id, Event event) throws InterruptedException {
        var json = event.json().toString();
        for (var problem = receiver.post(id, json);
                problem.isPresent();
                problem = receiver.post(id, json)) {
            if (pause.equals(FIRST_PAUSE)) {
                LOG.warn("webhook={} state=failing why={}", receiver.name(), problem.get());
            }
            Thread.sleep(pause);
            pause = pause.multipliedBy(2);
            pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
        }
        if (!pause.equals(FIRST_PAUSE)) {
            LOG.info("webhook={} state=taking", receiver.name());
            pause = FIRST_PAUSE;
        }
    }
}

package io.ekiden.gateway.http;

import io.ekiden.gateway.core.Event;
import io.ekiden.gateway.core.EventId;
import io.ekiden.gateway.log.Damaged;
import io.ekiden.gateway.log.JournalWalk;
import io.ekiden.log.JournalEntry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;
import java.util.function.LongFunction;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives a client that comes back what he missed, from the journal and no faster than he reads,
/// until he can hear what is decided from then on. What the journal does not have any more is not
/// passed over in silence: the client is told with a `gap`.
///
/// Runs on a thread of its own, which may wait.
final class CatchUp implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(CatchUp.class);
    private static final Duration PAUSE = Duration.ofMillis(10);

    private final EventStream stream;
    private final EventId last;
    private final LongFunction<JournalWalk> journal;
    private final Semaphore places;
    private final LongSupplier newest;
    private final LongPredicate join;
    private final InstantSource clock;

    /// @param last event that the client has seen
    /// @param journal from the entry of a sequence on
    /// @param places one of which it takes while it reads
    /// @param newest sequence of the last entry that was told to those who listen
    /// @param join lets the client listen, who knows everything up to a sequence; fails when more
    ///   has been told
    CatchUp(
            EventStream stream,
            EventId last,
            LongFunction<JournalWalk> journal,
            Semaphore places,
            LongSupplier newest,
            LongPredicate join,
            InstantSource clock) {
        this.stream = stream;
        this.last = last;
        this.journal = journal;
        this.places = places;
        this.newest = newest;
        this.join = join;
        this.clock = clock;
    }

    @Override
    public void run() {
        try {
            places.acquire();
            try {
                catchUp();
            } finally {
                places.release();
            }
        } catch (Damaged | RuntimeException e) {
            LOG.warn("events=not-resumed last={} why={}", last, e.toString());
            stream.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stream.close();
        }
    }

    private void catchUp() throws Damaged, InterruptedException {
        if (stream.isClosed()) {
            return;
        }
        var walk = journal.apply(last.sequence());
        var from = last;
        if (walk.hasGap()) {
            tellGap(last, walk.earliest().orElse(newest.getAsLong() + 1));
            from = new EventId(0, 0);
        }
        while (!stream.isClosed()) {
            long told = newest.getAsLong();
            long before = walk.sequence();
            var entry = walk.next();
            if (entry.isPresent()) {
                if (walk.hasPassedOver()) {
                    tellGap(new EventId(before, 0), entry.get().sequence());
                }
                give(entry.get(), from);
            }
            // At the end, what was told before and did not come is not there any more.
            long known = walk.isAtEnd() ? Math.max(told, walk.sequence()) : walk.sequence();
            if (newest.getAsLong() <= known && stream.hasRoom() && join.test(known)) {
                return;
            }
            if (walk.isAtEnd()) {
                Thread.sleep(PAUSE);
            }
        }
    }

    private void give(JournalEntry entry, EventId from) throws InterruptedException {
        for (var frame : Frame.of(entry)) {
            if (frame.isAfter(from)) {
                stream.give(frame);
            }
        }
    }

    private void tellGap(EventId seen, long earliest) throws InterruptedException {
        stream.give(Frame.of(Event.gap(seen.toString(), earliest, clock.instant())));
    }
}

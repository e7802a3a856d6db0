package io.ekiden.gateway.http;

import io.ekiden.gateway.core.Event;
import io.ekiden.gateway.core.EventId;
import io.ekiden.gateway.log.Damaged;
import io.ekiden.gateway.log.JournalWalk;
import io.ekiden.log.JournalEntry;
import java.time.Duration;
import java.time.InstantSource;
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
    private static final int MAX_ID = 200;

    private final EventStream stream;
    private final String lastId;
    private final LongFunction<JournalWalk> journal;
    private final LongSupplier newest;
    private final LongPredicate join;
    private final InstantSource clock;

    /// @param lastId what the client sent
    /// @param journal from the entry of a sequence on
    /// @param newest sequence of the last entry that was told to those who listen
    /// @param join lets the client listen, who knows everything up to a sequence; fails when more
    ///   has been told
    CatchUp(
            EventStream stream,
            String lastId,
            LongFunction<JournalWalk> journal,
            LongSupplier newest,
            LongPredicate join,
            InstantSource clock) {
        this.stream = stream;
        this.lastId = lastId;
        this.journal = journal;
        this.newest = newest;
        this.join = join;
        this.clock = clock;
    }

    @Override
    public void run() {
        try {
            catchUp();
        } catch (Damaged | RuntimeException e) {
            LOG.warn("events=not-resumed last={} why={}", Refusals.printable(lastId), e.toString());
            stream.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stream.close();
        }
    }

    private void catchUp() throws Damaged, InterruptedException {
        // An id that nobody gave is of an entry that is nowhere.
        var last = EventId.parse(lastId).orElse(new EventId(0, 0));
        var walk = journal.apply(last.sequence());
        if (walk.hasGap()) {
            tellGap(walk);
        }
        while (!stream.isClosed()) {
            long told = newest.getAsLong();
            var entry = walk.next();
            if (entry.isPresent()) {
                give(entry.get(), walk.hasGap() ? new EventId(0, 0) : last);
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

    private void give(JournalEntry entry, EventId last) throws InterruptedException {
        for (var frame : Frame.of(entry)) {
            if (frame.isAfter(last)) {
                stream.give(frame);
            }
        }
    }

    private void tellGap(JournalWalk walk) throws InterruptedException {
        long earliest = walk.earliest().orElse(newest.getAsLong() + 1);
        var id = lastId.substring(0, Math.min(lastId.length(), MAX_ID));
        stream.give(Frame.of(Event.gap(id, earliest, clock.instant())));
    }
}

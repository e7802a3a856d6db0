package io.ekiden.gateway.webhooks;

import io.ekiden.gateway.core.Applied;
import io.ekiden.gateway.log.EntryListener;
import java.time.Duration;

/// Wakes those who wait for the journal's next entry.
final class News implements EntryListener {
    /// News of an entry that was passed over does not come.
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private long newest;

    @Override
    public synchronized void applied(Applied applied) {
        newest = applied.entry().sequence();
        notifyAll();
    }

    /// Returns when there may be an entry after this one.
    synchronized void await(long sequence) throws InterruptedException {
        long deadline = System.nanoTime() + LONGEST.toNanos();
        long left = LONGEST.toMillis();
        while (newest <= sequence && left > 0) {
            wait(left);
            left = (deadline - System.nanoTime()) / 1_000_000;
        }
    }
}

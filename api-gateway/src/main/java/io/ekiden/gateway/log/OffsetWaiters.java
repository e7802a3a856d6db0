package io.ekiden.gateway.log;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/// Who waits for the follower to reach an offset.
final class OffsetWaiters {
    private final TreeMap<Long, List<CompletableFuture<Void>>> waiting = new TreeMap<>();
    private long reached;

    synchronized long reached() {
        return reached;
    }

    synchronized CompletableFuture<Void> await(long offset) {
        if (offset <= reached) {
            return CompletableFuture.completedFuture(null);
        }
        var future = new CompletableFuture<Void>();
        waiting.computeIfAbsent(offset, _ -> new ArrayList<>()).add(future);
        // Who has given up must not be kept while the follower stands still.
        var _ = future.whenComplete((_, _) -> dropDone(offset));
        return future;
    }

    private synchronized void dropDone(long offset) {
        waiting.computeIfPresent(
                offset,
                (_, futures) -> {
                    futures.removeIf(CompletableFuture::isDone);
                    return futures.isEmpty() ? null : futures;
                });
    }

    synchronized int size() {
        return waiting.values().stream().mapToInt(List::size).sum();
    }

    /// The follower begins again, perhaps earlier than it was.
    synchronized void restart(long offset) {
        reached = offset;
    }

    void reach(long offset) {
        var due = new ArrayList<CompletableFuture<Void>>();
        synchronized (this) {
            reached = Math.max(reached, offset);
            var passed = waiting.headMap(reached, true);
            passed.values().forEach(due::addAll);
            passed.clear();
        }
        due.forEach(future -> future.complete(null));
    }
}

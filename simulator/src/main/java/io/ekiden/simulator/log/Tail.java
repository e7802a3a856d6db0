package io.ekiden.simulator.log;

import java.util.function.Consumer;

/// A reader of one partition from some offset on. It reads when there is something new and its
/// owner can; it never skips and never reads twice, unless it is told to begin elsewhere.
public final class Tail {
    private final Partition partition;
    private final Scheduler scheduler;
    private final Consumer<Slot> taker;
    private final Runnable watcher = this::wake;
    private final int batch;
    private long position;
    private boolean scheduled;
    private boolean closed;

    /// When the owner reads.
    public interface Scheduler {
        /// Runs `work` when a record that is there now would have come; later if the owner is
        /// stopped or cut off.
        void whenRead(Runnable work);

        /// Whether the owner can read at this moment.
        boolean readable();
    }

    public Tail(
            Partition partition, long from, int batch, Scheduler scheduler, Consumer<Slot> taker) {
        this.partition = partition;
        this.position = from;
        this.batch = batch;
        this.scheduler = scheduler;
        this.taker = taker;
        partition.watch(watcher);
        wake();
    }

    private void wake() {
        if (!scheduled && !closed && position < partition.stable()) {
            scheduled = true;
            scheduler.whenRead(this::poll);
        }
    }

    private void poll() {
        scheduled = false;
        if (closed) {
            return;
        }
        if (scheduler.readable()) {
            var read = partition.read(position, batch);
            position = read.next();
            for (var slot : read.slots()) {
                if (!closed) {
                    taker.accept(slot);
                }
            }
        }
        wake();
    }

    public long position() {
        return position;
    }

    public boolean caughtUp() {
        return position >= partition.stable();
    }

    public void close() {
        closed = true;
        partition.unwatch(watcher);
    }
}

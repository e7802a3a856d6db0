package io.ekiden.simulator;

import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// Runs seeds on several threads; each run stays on one.
public final class Batch {
    private final long from;
    private final long seeds;
    private final int threads;

    public Batch(long from, long seeds, int threads) {
        this.from = from;
        this.seeds = seeds;
        this.threads = threads;
    }

    /// @param taker is called by one thread at a time, in no certain order of the seeds
    public void run(Consumer<Outcome> taker) throws InterruptedException {
        var next = new AtomicLong(from);
        var workers = new ArrayList<Thread>();
        for (int i = 0; i < threads; i++) {
            workers.add(
                    Thread.ofPlatform()
                            .name("seeds-" + i)
                            .start(() -> {
                                for (long seed = next.getAndIncrement();
                                        seed < from + seeds;
                                        seed = next.getAndIncrement()) {
                                    var outcome = Simulation.run(seed);
                                    synchronized (this) {
                                        taker.accept(outcome);
                                    }
                                }
                            }));
        }
        for (var worker : workers) {
            worker.join();
        }
    }
}

package io.ekiden.agent.health;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Probes time and again, each an interval after its last one has ended, so that none overlaps
/// itself. One scheduler for all; the probes themselves wait on virtual threads.
final class Rounds implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);

    /// A probe of interval zero would never rest.
    private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(50);

    private final ScheduledExecutorService scheduler;

    /// @param name of the scheduler's thread
    Rounds(String name) {
        this.scheduler =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().name(name).daemon().factory());
    }

    /// @param delay before the first time
    /// @param probe answers whether there is to be a next time
    void begin(Duration delay, Duration interval, BooleanSupplier probe) {
        var rest = interval.compareTo(SHORTEST_INTERVAL) < 0 ? SHORTEST_INTERVAL : interval;
        schedule(delay, rest, probe);
    }

    private void schedule(Duration delay, Duration interval, BooleanSupplier probe) {
        try {
            var _ =
                    scheduler.schedule(
                            () -> Thread.ofVirtual().start(() -> round(interval, probe)),
                            delay.toMillis(),
                            TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("checks were stopped");
        }
    }

    private void round(Duration interval, BooleanSupplier probe) {
        if (probe.getAsBoolean()) {
            schedule(interval, interval, probe);
        }
    }

    @Override
    public void close() {
        scheduler.shutdownNow();
    }
}

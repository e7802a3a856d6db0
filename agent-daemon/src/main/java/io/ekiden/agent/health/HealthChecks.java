package io.ekiden.agent.health;

import io.ekiden.agent.core.Event;
import io.ekiden.agent.core.HealthLedger;
import io.ekiden.agent.core.HealthLedger.Outcome;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.core.PodParts;
import io.ekiden.agent.runtime.TaskRuntime;
import io.ekiden.model.HealthCheck;
import io.ekiden.model.TaskId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Probes running tasks: each check once at its task's start (or after its delay), then each
/// interval after its last probe has ended, so a check never overlaps itself. Tells changes only.
/// One scheduler for all checks; the probes themselves wait on virtual threads.
public final class HealthChecks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HealthChecks.class);

    /// A check of interval zero would never rest.
    private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(50);

    private final Prober prober;
    private final TaskRuntime runtime;
    private final Clock clock;
    private final Consumer<Event> listener;
    private final Map<TaskId, Checked> checked = new ConcurrentHashMap<>();
    private final ScheduledExecutorService scheduler;

    /// @param hostname at which tasks are reached
    /// @param listener is told `HealthSeen`
    public HealthChecks(
            String hostname, TaskRuntime runtime, Clock clock, Consumer<Event> listener) {
        this.prober = new Prober(hostname, runtime);
        this.runtime = runtime;
        this.clock = clock;
        this.listener = listener;
        this.scheduler =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().name("health").daemon().factory());
    }

    /// Begins; of a task that is checked already, tells the results again.
    public void begin(LocalTask task) {
        var checks = PodParts.probes(task);
        if (checks.isEmpty()) {
            return;
        }
        var since = runtime.runningSince(task.taskId()).orElseGet(clock::instant);
        var fresh = new Checked(task, checks, since);
        var known = checked.putIfAbsent(task.taskId(), fresh);
        if (known == null) {
            for (int i = 0; i < checks.size(); i++) {
                fresh.schedule(i, delay(checks.get(i).check()));
            }
        } else {
            known.repeat();
        }
    }

    /// Marathon honours it only for the checks that Mesos runs.
    private static Duration delay(HealthCheck check) {
        return switch (check.protocol()) {
            case COMMAND, MESOS_HTTP, MESOS_HTTPS, MESOS_TCP -> check.delay();
            case HTTP, HTTPS, TCP -> Duration.ZERO;
        };
    }

    public void end(TaskId taskId) {
        checked.remove(taskId);
    }

    @Override
    public void close() {
        checked.clear();
        scheduler.shutdownNow();
    }

    /// The checks of one task. Its ledger is guarded by itself.
    private final class Checked {
        private final LocalTask task;
        private final List<PodParts.Probe> checks;
        private final Instant since;
        private HealthLedger ledger;

        Checked(LocalTask task, List<PodParts.Probe> checks, Instant since) {
            this.task = task;
            this.checks = checks;
            this.since = since;
            this.ledger = HealthLedger.of(checks.size());
        }

        void schedule(int index, Duration delay) {
            try {
                var _ =
                        scheduler.schedule(
                                () -> Thread.ofVirtual().start(() -> probe(index)),
                                delay.toMillis(),
                                TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                LOG.debug("task={} checks were stopped", task.taskId());
            }
        }

        private boolean current() {
            return checked.get(task.taskId()) == this;
        }

        private void probe(int index) {
            if (!current()) {
                return;
            }
            var check = checks.get(index);
            enter(index, check.check(), outcome(check));
            var interval = check.check().interval();
            schedule(
                    index,
                    interval.compareTo(SHORTEST_INTERVAL) < 0 ? SHORTEST_INTERVAL : interval);
        }

        private Outcome outcome(PodParts.Probe probe) {
            try {
                return prober.probe(probe.task(), probe.check());
            } catch (RuntimeException e) {
                LOG.error("task={} health check failed to run", task.taskId(), e);
                return new Outcome.Unhealthy(e.toString());
            }
        }

        private synchronized void enter(int index, HealthCheck check, Outcome outcome) {
            var entry = ledger.with(index, check, outcome, clock.instant(), since);
            ledger = entry.ledger();
            if (entry.tell() && current()) {
                LOG.info(
                        "task={} check={} alive={} exhausted={} outcome={}",
                        task.taskId(),
                        index,
                        ledger.alive(),
                        entry.exhausted(),
                        outcome);
                tell(entry.exhausted());
            }
        }

        synchronized void repeat() {
            if (ledger.hasResults()) {
                tell(false);
            }
        }

        private void tell(boolean exhausted) {
            listener.accept(
                    new Event.HealthSeen(
                            task.taskId(), ledger.alive(), exhausted, ledger.results()));
        }
    }
}

package io.ekiden.agent.health;

import io.ekiden.agent.core.Event;
import io.ekiden.agent.core.HealthLedger;
import io.ekiden.agent.core.HealthLedger.Outcome;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.core.PodParts;
import io.ekiden.agent.core.PodParts.OnPart;
import io.ekiden.agent.runtime.TaskRuntime;
import io.ekiden.model.HealthCheck;
import io.ekiden.model.TaskId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries out the health checks of running tasks: each once at its task's start (or after its
/// delay), then each interval. Tells changes only.
public final class HealthChecks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HealthChecks.class);

    private final Prober prober;
    private final TaskRuntime runtime;
    private final Clock clock;
    private final Consumer<Event> listener;
    private final Map<TaskId, Checked> checked = new ConcurrentHashMap<>();
    private final Rounds rounds = new Rounds("health");

    /// @param hostname at which tasks are reached
    /// @param listener is told `HealthSeen`
    public HealthChecks(
            String hostname, TaskRuntime runtime, Clock clock, Consumer<Event> listener) {
        this.prober = new Prober(hostname, runtime);
        this.runtime = runtime;
        this.clock = clock;
        this.listener = listener;
    }

    /// Begins; of a task that is checked already, tells the results again.
    public void begin(LocalTask task) {
        var checks = PodParts.healthChecks(task);
        if (checks.isEmpty()) {
            return;
        }
        var since = runtime.runningSince(task.taskId()).orElseGet(clock::instant);
        var fresh = new Checked(task, checks, since);
        var known = checked.putIfAbsent(task.taskId(), fresh);
        if (known == null) {
            fresh.begin();
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
        rounds.close();
    }

    /// The checks of one task. Its ledger is guarded by itself.
    private final class Checked {
        private final LocalTask task;
        private final List<OnPart<HealthCheck>> checks;
        private final Instant since;
        private HealthLedger ledger;

        Checked(LocalTask task, List<OnPart<HealthCheck>> checks, Instant since) {
            this.task = task;
            this.checks = checks;
            this.since = since;
            this.ledger = HealthLedger.of(checks.size());
        }

        void begin() {
            for (int i = 0; i < checks.size(); i++) {
                int index = i;
                var check = checks.get(i).check();
                rounds.begin(delay(check), check.interval(), () -> probe(index));
            }
        }

        private boolean current() {
            return checked.get(task.taskId()) == this;
        }

        private boolean probe(int index) {
            if (!current()) {
                return false;
            }
            var check = checks.get(index);
            enter(index, check.check(), outcome(check.part(), check.check()));
            return true;
        }

        private Outcome outcome(LocalTask part, HealthCheck check) {
            try {
                return prober.probe(part, check).health(check.ignoreHttp1xx());
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

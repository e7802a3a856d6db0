package io.ekiden.agent.health;

import io.ekiden.agent.core.CheckLedger;
import io.ekiden.agent.core.Event;
import io.ekiden.agent.core.Finding;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.core.PodParts;
import io.ekiden.agent.core.PodParts.OnPart;
import io.ekiden.agent.runtime.TaskRuntime;
import io.ekiden.model.GenericCheck;
import io.ekiden.model.TaskId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries out the generic checks of running tasks, first after their delay and then each interval.
/// Tells changes only.
public final class GenericChecks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GenericChecks.class);

    private final Prober prober;
    private final Consumer<Event> listener;
    private final Map<TaskId, List<Checked>> checked = new ConcurrentHashMap<>();
    private final Rounds rounds = new Rounds("checks");

    /// @param hostname at which tasks are reached
    /// @param listener is told `CheckSeen`
    public GenericChecks(String hostname, TaskRuntime runtime, Consumer<Event> listener) {
        this.prober = new Prober(hostname, runtime);
        this.listener = listener;
    }

    /// Begins; of a task that is checked already, tells the results again.
    public void begin(LocalTask task) {
        var fresh = PodParts.checks(task).stream().map(Checked::new).toList();
        if (fresh.isEmpty()) {
            return;
        }
        var known = checked.putIfAbsent(task.taskId(), fresh);
        if (known == null) {
            fresh.forEach(Checked::begin);
        } else {
            known.forEach(Checked::repeat);
        }
    }

    public void end(TaskId taskId) {
        checked.remove(taskId);
    }

    @Override
    public void close() {
        checked.clear();
        rounds.close();
    }

    /// One check. Its ledger is guarded by itself.
    private final class Checked {
        private final LocalTask part;
        private final GenericCheck check;
        private CheckLedger ledger = CheckLedger.EMPTY;

        Checked(OnPart<GenericCheck> found) {
            this.part = found.part();
            this.check = found.check();
        }

        void begin() {
            rounds.begin(check.delay(), check.interval(), this::look);
        }

        private boolean current() {
            return checked.getOrDefault(part.taskId().unit(), List.of()).contains(this);
        }

        private boolean look() {
            if (!current()) {
                return false;
            }
            enter(finding());
            return true;
        }

        private Finding finding() {
            try {
                return prober.probe(part, check);
            } catch (RuntimeException e) {
                LOG.error("task={} check failed to run", part.taskId(), e);
                return new Finding.Failed(e.toString());
            }
        }

        private synchronized void enter(Finding finding) {
            var entry = ledger.with(check.probe(), finding);
            ledger = entry.ledger();
            if (entry.tell() && current()) {
                LOG.info("task={} check found={}", part.taskId(), finding);
                tell();
            }
        }

        synchronized void repeat() {
            if (ledger.looked()) {
                tell();
            }
        }

        private void tell() {
            listener.accept(new Event.CheckSeen(part.taskId(), ledger.result()));
        }
    }
}

package io.ekiden.agent.health;

import io.ekiden.agent.core.Event;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.core.ReadinessLedger;
import io.ekiden.agent.runtime.TaskRuntime;
import io.ekiden.model.App;
import io.ekiden.model.Instance.Readiness;
import io.ekiden.model.ReadinessCheck;
import io.ekiden.model.ReadinessResponse;
import io.ekiden.model.TaskId;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks running tasks whether they are ready: at once, then each interval, until the first answer
/// that means so; then never again. Tells changes only. One virtual thread for each task that is
/// not ready yet.
public final class ReadinessChecks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReadinessChecks.class);

    private final Prober prober;
    private final Consumer<Event> listener;
    private final Map<TaskId, Thread> asking = new ConcurrentHashMap<>();

    /// @param hostname at which tasks are reached
    /// @param listener is told `ReadinessSeen`
    public ReadinessChecks(String hostname, TaskRuntime runtime, Consumer<Event> listener) {
        this.prober = new Prober(hostname, runtime);
        this.listener = listener;
    }

    /// Begins, unless the task is asked already or was ready before.
    public void begin(LocalTask task) {
        var ledger = new ReadinessLedger(task.readiness());
        check(task)
                .filter(_ -> !ledger.done())
                .ifPresent(check ->
                        asking.computeIfAbsent(
                                task.taskId(),
                                _ ->
                                        Thread.ofVirtual()
                                                .name("readiness")
                                                .start(() -> ask(task, check, ledger))));
    }

    private static Optional<ReadinessCheck> check(LocalTask task) {
        return task.task()
                .map(known -> known.spec())
                .filter(App.class::isInstance)
                .flatMap(spec -> ((App) spec).readinessChecks().stream().findFirst());
    }

    public void end(TaskId taskId) {
        Optional.ofNullable(asking.remove(taskId)).ifPresent(Thread::interrupt);
    }

    /// Whether this task is still asked.
    boolean asks(TaskId taskId) {
        return Optional.ofNullable(asking.get(taskId)).filter(Thread::isAlive).isPresent();
    }

    @Override
    public void close() {
        asking.keySet().forEach(this::end);
    }

    private void ask(LocalTask task, ReadinessCheck check, ReadinessLedger before) {
        var ledger = before;
        try {
            while (!ledger.done()) {
                var entry = ledger.with(check, answer(task, check));
                ledger = entry.ledger();
                if (Thread.interrupted()) {
                    return;
                }
                if (entry.tell()) {
                    ledger.last().ifPresent(found -> tell(task, found));
                }
                if (!ledger.done()) {
                    Thread.sleep(check.interval());
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("task={} is not asked any more whether it is ready", task.taskId(), e);
        }
    }

    /// No answer counts as status 504 with the reason as its body (Marathon's rule).
    private ReadinessResponse answer(LocalTask task, ReadinessCheck check) {
        try {
            return prober.ask(task, check);
        } catch (IOException | RuntimeException e) {
            return new ReadinessResponse(504, "text/plain", Prober.reason(e));
        }
    }

    private void tell(LocalTask task, Readiness readiness) {
        LOG.info(
                "task={} ready={} status={}",
                task.taskId(),
                readiness.ready(),
                readiness.lastResponse().map(last -> "" + last.status()).orElse("not kept"));
        listener.accept(new Event.ReadinessSeen(task.taskId(), readiness));
    }
}

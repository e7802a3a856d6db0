package io.ekiden.agent.usage;

import io.ekiden.agent.core.AgentState;
import io.ekiden.agent.core.DiskQuota;
import io.ekiden.agent.core.Event;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.core.PodParts;
import io.ekiden.agent.runtime.WorkDir;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.model.TaskId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Measures the sandboxes of running tasks, one after the other, those with a quota most often, and
/// tells of these what was found. However many they are, measuring takes a thread no more than its
/// share of the time: then each is measured less often, and one that is very large the more so.
public final class DiskWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DiskWatch.class);

    /// How often a sandbox is measured.
    ///
    /// @param limited when its task has a quota
    /// @param others when it has none
    /// @param rest so many times as long as it took to measure one nothing is measured
    /// @param longestRest after a sandbox that took very long the others need not wait longer
    public record Pace(Duration limited, Duration others, int rest, Duration longestRest) {
        public static final Pace DEFAULT =
                new Pace(Duration.ofSeconds(5), Duration.ofSeconds(30), 19, Duration.ofSeconds(15));
    }

    /// What a sandbox took at some moment.
    public record Measured(long bytes, Instant at) {}

    private static final Duration TICK = Duration.ofMillis(500);

    private final WorkDir work;
    private final Supplier<AgentState> state;
    private final Consumer<Event> events;
    private final Pace pace;
    private final Thread thread;
    private final Map<TaskId, Measured> measured = new ConcurrentHashMap<>();

    /// When each task is to be measured next, in nanoseconds; of the thread.
    private final Map<TaskId, Long> due = new HashMap<>();

    private volatile boolean closed;

    /// @param state as it is now
    /// @param events told what a task with a quota takes, each time it was measured
    public DiskWatch(WorkDir work, Supplier<AgentState> state, Consumer<Event> events, Pace pace) {
        this.work = work;
        this.state = state;
        this.events = events;
        this.pace = pace;
        this.thread = Thread.ofPlatform().name("disk-watch").daemon().unstarted(this::run);
    }

    /// To be called once.
    public void begin() {
        if (DiskSize.isSupported()) {
            thread.start();
        } else {
            LOG.warn("sandboxes are not measured, and have no quota: that needs Linux");
        }
    }

    /// What a task's sandbox, or that of a pod's container, took when it was last measured.
    public Optional<Measured> of(TaskId taskId) {
        return Optional.ofNullable(measured.get(taskId));
    }

    private void run() {
        while (!closed) {
            long begin = System.nanoTime();
            var next = next();
            next.ifPresent(this::measure);
            var took = Duration.ofNanos(System.nanoTime() - begin);
            pause(next.isPresent() ? rest(took) : TICK);
        }
    }

    private Duration rest(Duration took) {
        var rest = took.multipliedBy(pace.rest());
        return rest.compareTo(pace.longestRest()) < 0 ? rest : pace.longestRest();
    }

    /// The one that has waited longest, of those with a quota if any of them is due.
    private Optional<LocalTask> next() {
        var running =
                state.get().tasks().values().stream()
                        .filter(task -> task.state() == TaskState.RUNNING)
                        .toList();
        var ids = running.stream().map(LocalTask::taskId).collect(Collectors.toSet());
        due.keySet().retainAll(ids);
        measured.keySet().removeIf(id -> !ids.contains(id.unit()));
        long now = System.nanoTime();
        return running.stream()
                .filter(task -> waited(task, now) >= 0)
                .max(
                        Comparator.comparing((LocalTask task) -> quota(task).isPresent())
                                .thenComparingLong(task -> waited(task, now)));
    }

    private long waited(LocalTask task, long now) {
        return now - due.getOrDefault(task.taskId(), now);
    }

    private static Optional<DiskQuota> quota(LocalTask task) {
        return task.task().flatMap(DiskQuota::of);
    }

    /// One that takes long is measured less often than others.
    private void measure(LocalTask task) {
        long begin = System.nanoTime();
        try {
            var taken = measured(task);
            taken.ifPresent(bytes -> keep(task.taskId(), bytes));
            if (quota(task).isPresent()) {
                taken.ifPresent(bytes -> events.accept(new Event.DiskUsed(task.taskId(), bytes)));
            }
        } catch (RuntimeException e) {
            LOG.error("task={} sandbox could not be measured", task.taskId(), e);
        }
        long now = System.nanoTime();
        var interval = quota(task).isPresent() ? pace.limited() : pace.others();
        due.put(task.taskId(), now + Math.max(interval.toNanos(), (now - begin) * pace.rest()));
    }

    /// A pod's containers have their sandboxes within the pod's.
    private Optional<Long> measured(LocalTask task) {
        var parts = PodParts.of(task).stream().map(LocalTask::taskId).toList();
        var folders = parts.stream().map(work::sandbox).collect(Collectors.toSet());
        long ofParts = 0;
        for (var part : parts) {
            var bytes = size(work.sandbox(part), Set.of());
            bytes.ifPresent(size -> keep(part, size));
            ofParts += bytes.orElse(0L);
        }
        long sum = ofParts;
        return size(work.sandbox(task.taskId()), folders).map(rest -> rest + sum);
    }

    private static Optional<Long> size(Path folder, Set<Path> except) {
        return DiskSize.of(folder, except, DiskSize.MAX_ENTRIES);
    }

    private void keep(TaskId taskId, long bytes) {
        measured.put(taskId, new Measured(bytes, Instant.now()));
    }

    private void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            closed = true;
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}

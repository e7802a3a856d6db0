package io.ekiden.agent.usage;

import com.fasterxml.jackson.databind.JsonNode;
import io.ekiden.agent.core.AgentState;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.core.Measurement;
import io.ekiden.agent.core.PodParts;
import io.ekiden.agent.core.Usage;
import io.ekiden.agent.files.Usages;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.model.TaskId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;

/// Measures tasks when somebody asks, so that those of whom nobody asks cost nothing: each once a
/// second at most, and few at a time, however many ask. Their disk is measured by [DiskWatch].
public final class UsageMeter implements Usages {
    private static final Duration FRESH = Duration.ofSeconds(1);

    /// An average over longer is not what the task does now.
    private static final Duration LONGEST_RATE = Duration.ofMinutes(10);

    private static final int AT_A_TIME = 16;

    private final Supplier<AgentState> state;
    private final Function<TaskId, Measurement> measure;
    private final Function<TaskId, Optional<DiskWatch.Measured>> disk;
    private final Semaphore measuring = new Semaphore(AT_A_TIME);
    private final Map<TaskId, Meter> meters = new ConcurrentHashMap<>();

    /// @param state as it is now
    /// @param measure a task that runs; may block
    /// @param disk of a task's sandbox, as far as it is known
    public UsageMeter(
            Supplier<AgentState> state,
            Function<TaskId, Measurement> measure,
            Function<TaskId, Optional<DiskWatch.Measured>> disk) {
        this.state = state;
        this.measure = measure;
        this.disk = disk;
    }

    @Override
    public Optional<JsonNode> of(TaskId taskId) {
        var tasks = state.get().tasks();
        meters.keySet().removeIf(id -> !tasks.containsKey(id.unit()));
        return Optional.ofNullable(tasks.get(taskId.unit()))
                .filter(task -> task.state() == TaskState.RUNNING)
                .flatMap(task -> of(task, taskId))
                .map(UsageJson::of);
    }

    private Optional<UsageJson.Reading> of(LocalTask task, TaskId asked) {
        var parts = PodParts.of(task);
        if (asked.container().isPresent()) {
            return parts.stream()
                    .filter(part -> part.taskId().equals(asked))
                    .findFirst()
                    .map(this::single);
        }
        return Optional.of(parts.isEmpty() ? single(task) : sum(task, parts));
    }

    private UsageJson.Reading single(LocalTask task) {
        var id = task.taskId();
        var sample = meters.computeIfAbsent(id, _ -> new Meter()).read(id);
        return new UsageJson.Reading(
                task, sample.measurement(), sample.cpus(), disk.apply(id), List.of());
    }

    private UsageJson.Reading sum(LocalTask pod, List<LocalTask> parts) {
        var readings = together(parts);
        var usages = new ArrayList<Usage>();
        var problems = new ArrayList<String>();
        for (var reading : readings) {
            switch (reading.measurement()) {
                case Measurement.Done(var usage) -> usages.add(usage);
                case Measurement.Missing(var why) -> problems.add(why);
            }
        }
        var measurement =
                problems.isEmpty()
                        ? new Measurement.Done(Usage.sum(usages))
                        : new Measurement.Missing(problems.getFirst());
        var cpus =
                readings.stream().allMatch(reading -> reading.cpus().isPresent())
                        ? Optional.of(
                                readings.stream()
                                        .mapToDouble(reading -> reading.cpus().orElseThrow())
                                        .sum())
                        : Optional.<Double>empty();
        return new UsageJson.Reading(pod, measurement, cpus, disk.apply(pod.taskId()), readings);
    }

    /// At the same time, since each may take a while.
    private List<UsageJson.Reading> together(List<LocalTask> parts) {
        List<Future<UsageJson.Reading>> readings;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            readings = parts.stream().map(part -> threads.submit(() -> single(part))).toList();
        }
        return readings.stream().map(Future::resultNow).toList();
    }

    /// @param cpus in use since the sample before
    private record Sample(Measurement measurement, Optional<Double> cpus, long takenAt) {}

    /// Of one task. Who asks while it is measured gets what is measured.
    private final class Meter {
        private Optional<Sample> last = Optional.empty();
        private Optional<Usage> before = Optional.empty();

        synchronized Sample read(TaskId taskId) {
            long age = System.nanoTime() - last.map(Sample::takenAt).orElse(0L);
            if (last.isEmpty() || age > FRESH.toNanos()) {
                last = Optional.of(take(taskId));
            }
            return last.get();
        }

        private Sample take(TaskId taskId) {
            measuring.acquireUninterruptibly();
            try {
                var measurement = measure.apply(taskId);
                var cpus = Optional.<Double>empty();
                if (measurement instanceof Measurement.Done(var usage)) {
                    cpus =
                            before.filter(old ->
                                            Duration.between(old.at(), usage.at())
                                                            .compareTo(LONGEST_RATE)
                                                    < 0)
                                    .flatMap(usage::cpusSince);
                    before = Optional.of(usage);
                }
                return new Sample(measurement, cpus, System.nanoTime());
            } finally {
                measuring.release();
            }
        }
    }
}

package io.ekiden.agent.usage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ekiden.agent.Given;
import io.ekiden.agent.GivenPod;
import io.ekiden.agent.core.AgentSteps;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.core.Measurement;
import io.ekiden.agent.core.PodParts;
import io.ekiden.agent.core.Usage;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.model.Sorted;
import io.ekiden.model.TaskId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What is told of tasks, given what is measured of them.
final class UsageMeterTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private static final long SECOND = 1_000_000_000;

    private final Map<TaskId, Measurement> measured = new ConcurrentHashMap<>();
    private final AtomicInteger measurements = new AtomicInteger();
    private Optional<DiskWatch.Measured> disk = Optional.empty();

    private UsageMeter meter(LocalTask task) {
        var state = AgentSteps.begin("a1", Optional.empty(), 3, List.of(task)).state();
        return new UsageMeter(() -> state, this::measure, _ -> disk);
    }

    private Measurement measure(TaskId taskId) {
        measurements.incrementAndGet();
        return measured.get(taskId);
    }

    private static Measurement usage(long cpuNanos, long mem, Optional<Usage.Net> net) {
        return new Measurement.Done(
                new Usage(
                        NOON,
                        Sorted.copyOf(List.of("proc")),
                        Optional.of(new Usage.Cpu(cpuNanos, SECOND)),
                        Optional.of(
                                new Usage.Memory(
                                        Optional.of(mem), Optional.empty(), Optional.of(4 * mem))),
                        net));
    }

    private static LocalTask running(LocalTask task) {
        return task.withState(TaskState.RUNNING, Optional.empty(), "");
    }

    private JsonNode told(LocalTask task) {
        return meter(task).of(task.taskId()).orElseThrow();
    }

    @Test
    void theNamesAreThoseOfMesosAndWhatIsNotMeasuredIsAbsent() {
        var task = running(Given.cmd("x").disk(10).local());
        measured.put(task.taskId(), usage(2 * SECOND, 1000, Optional.empty()));
        assertThat(told(task).toString())
                .isEqualTo(
                        "{\"taskId\":\"%s\",\"source\":\"proc\",\"statistics\":{\"timestamp\":1795435200.000,\"cpus_user_time_secs\":2.000000,\"cpus_system_time_secs\":1.000000,\"mem_rss_bytes\":1000,\"mem_limit_bytes\":4000,\"cpus_limit\":0.1,\"disk_limit_bytes\":10485760}}"
                                .formatted(task.taskId()));
    }

    @Test
    void aTaskThatCannotBeMeasuredSaysWhyAndWhatIsKnownAllTheSame() {
        var task = running(Given.cmd("x").local());
        measured.put(task.taskId(), new Measurement.Missing("the Docker engine does not answer"));
        disk = Optional.of(new DiskWatch.Measured(5, NOON));
        var told = told(task);
        assertThat(told.path("problem").asText()).isEqualTo("the Docker engine does not answer");
        assertThat(told.path("statistics").path("disk_used_bytes").asLong()).isEqualTo(5);
        assertThat(told.path("statistics").has("mem_rss_bytes")).isFalse();
        assertThat(told.path("statistics").has("timestamp")).isFalse();
    }

    @Test
    void aPodIsTheSumOfItsContainersAndHasOneNetwork() {
        var pod = running(GivenPod.of("", "", "a", "x", "b", "y"));
        var parts = PodParts.of(pod);
        measured.put(
                parts.getFirst().taskId(), usage(SECOND, 10, Optional.of(new Usage.Net(100, 200))));
        measured.put(parts.getLast().taskId(), usage(2 * SECOND, 30, Optional.empty()));
        var told = told(pod);
        var sum = told.path("statistics");
        assertThat(sum.path("cpus_user_time_secs").asDouble()).isEqualTo(3);
        assertThat(sum.path("mem_rss_bytes").asLong()).isEqualTo(40);
        assertThat(sum.path("net_rx_bytes").asLong()).isEqualTo(100);
        assertThat(sum.path("cpus_limit").asDouble()).isEqualTo(0.2);
        assertThat(told.path("containers").findValuesAsText("name")).containsExactly("a", "b");

        var one = meter(pod).of(parts.getLast().taskId()).orElseThrow();
        assertThat(one.path("statistics").path("mem_rss_bytes").asLong()).isEqualTo(30);

        measured.put(parts.getLast().taskId(), new Measurement.Missing("no"));
        told = told(pod);
        assertThat(told.path("problem").asText()).isEqualTo("no");
        assertThat(told.path("statistics").has("mem_rss_bytes")).isFalse();
        assertThat(told.at("/containers/0/statistics/mem_rss_bytes").asLong()).isEqualTo(10);
    }

    @Test
    void nothingIsToldOfWhatDoesNotRun() {
        var starting = Given.cmd("x").local();
        assertThat(meter(starting).of(starting.taskId())).isEmpty();
        assertThat(meter(starting).of(Given.taskId())).isEmpty();
        var running = running(starting);
        assertThat(meter(running).of(running.taskId().ofContainer("no"))).isEmpty();
        assertThat(measurements).hasValue(0);
    }

    @Test
    void howeverManyAskATaskIsMeasuredOnceASecondAtMost() throws Exception {
        var task = running(Given.cmd("x").local());
        measured.put(task.taskId(), usage(SECOND, 10, Optional.empty()));
        var meter = meter(task);
        var begin = System.nanoTime();
        var all = new CountDownLatch(50);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 50; i++) {
                var _ =
                        threads.submit(() -> {
                            assertThat(meter.of(task.taskId())).isPresent();
                            all.countDown();
                        });
            }
            assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
        }
        long seconds = (System.nanoTime() - begin) / SECOND;
        assertThat(measurements.get()).isBetween(1, 1 + (int) seconds);
    }
}

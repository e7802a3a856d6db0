package io.ekiden.agent.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ekiden.agent.Given;
import io.ekiden.agent.GivenPod;
import io.ekiden.agent.core.AgentState;
import io.ekiden.agent.core.AgentSteps;
import io.ekiden.agent.core.Event;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.core.PodParts;
import io.ekiden.agent.runtime.WorkDir;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.model.TaskId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
final class DiskWatchTest {
    private static final int MIB = 1 << 20;
    private static final DiskWatch.Pace QUICK =
            new DiskWatch.Pace(
                    Duration.ofMillis(20), Duration.ofMillis(20), 1, Duration.ofMillis(50));

    @TempDir Path dir;
    private final List<Event> told = new CopyOnWriteArrayList<>();
    private volatile AgentState state = state();
    private Optional<DiskWatch> watch = Optional.empty();

    @AfterEach
    void close() {
        watch.ifPresent(DiskWatch::close);
    }

    private static AgentState state(LocalTask... tasks) {
        return AgentSteps.begin("a1", Optional.empty(), 3, List.of(tasks)).state();
    }

    private DiskWatch watch(LocalTask... tasks) {
        state = state(tasks);
        var started = new DiskWatch(new WorkDir(dir), () -> state, told::add, QUICK);
        watch = Optional.of(started);
        started.begin();
        return started;
    }

    private static LocalTask running(LocalTask task) {
        return task.withState(TaskState.RUNNING, Optional.empty(), "");
    }

    private void write(TaskId taskId, String name, int bytes) throws Exception {
        var file = new WorkDir(dir).sandbox(taskId).resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, new byte[bytes]);
    }

    private long used(DiskWatch watch, TaskId taskId) {
        return watch.of(taskId).map(DiskWatch.Measured::bytes).orElse(0L);
    }

    @Test
    void allThatRunAreMeasuredAgainAndAgainAndThoseWithAQuotaAreTold() throws Exception {
        var limited = running(Given.cmd("x").disk(10).local());
        var other = running(Given.cmd("x").local());
        write(limited.taskId(), "a", MIB);
        write(other.taskId(), "a", 3 * MIB);
        var watch = watch(limited, other);
        await().until(() -> used(watch, other.taskId()) > 3 * MIB);
        await().until(() -> used(watch, limited.taskId()) > MIB);
        write(limited.taskId(), "b", 4 * MIB);
        await().until(() -> used(watch, limited.taskId()) > 5 * MIB);
        assertThat(told)
                .allMatch(event ->
                        event instanceof Event.DiskUsed(var id, _) && id.equals(limited.taskId()))
                .anyMatch(
                        event -> event instanceof Event.DiskUsed(_, var bytes) && bytes > 5 * MIB);
    }

    @Test
    void aPodsContainersAreMeasuredAndThePodWithAllThatTheyShare() throws Exception {
        var pod = running(GivenPod.of("", "", "a", "x", "b", "y"));
        var a = PodParts.of(pod).getFirst().taskId();
        write(a, "f", MIB);
        write(pod.taskId(), "volumes/shared/f", 2 * MIB);
        var watch = watch(pod);
        await().until(() -> used(watch, pod.taskId()) > 3 * MIB);
        assertThat(used(watch, a)).isBetween((long) MIB, 2L * MIB);
        assertThat(used(watch, pod.taskId())).isLessThan(4 * MIB);
    }

    @Test
    void whatHasEndedIsForgotten() throws Exception {
        var task = running(Given.cmd("x").local());
        write(task.taskId(), "a", MIB);
        var watch = watch(task);
        await().until(() -> used(watch, task.taskId()) > 0);
        state = state();
        await().until(() -> watch.of(task.taskId()).isEmpty());
    }
}

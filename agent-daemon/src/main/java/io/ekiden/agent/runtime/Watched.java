package io.ekiden.agent.runtime;

import io.ekiden.model.TaskId;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// One task that has not ended, as the runtime follows it. Guarded by itself.
final class Watched {
    /// A supervisor that has taken a launch says so within this time, or it has died before.
    private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(5);

    final TaskFiles files;
    final boolean neverStarted;
    final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final long seenAt = System.nanoTime();
    private Optional<Process> child = Optional.empty();
    private boolean announced;
    private volatile boolean stopped;

    Watched(TaskFiles files, boolean neverStarted) {
        this.files = files;
        this.neverStarted = neverStarted;
    }

    TaskId taskId() {
        return files.taskId();
    }

    /// Not to be started any more.
    void stop() {
        stopped = true;
    }

    boolean stopped() {
        return stopped;
    }

    synchronized void startedAs(Process process) {
        child = Optional.of(process);
    }

    /// Whether its end is told by the operating system, so that it need not be asked for: while its
    /// supervisor lives and is a child of this process.
    synchronized boolean selfTelling() {
        return announced && child.filter(Process::isAlive).isPresent();
    }

    /// `true` once: when its program was first seen to have been executed.
    synchronized boolean turnedRunning() {
        boolean turned = !announced && files.running();
        announced = announced || turned;
        return turned;
    }

    /// Whether neither its supervisor nor its first process is there any more.
    synchronized boolean gone() {
        var supervisor = files.supervisor();
        if (supervisor.isEmpty()) {
            return child.map(process -> !process.isAlive())
                    .orElse(System.nanoTime() - seenAt > SILENT_NANOS);
        }
        return !supervisor.get().lives()
                && files.leader().filter(Processes.Identity::lives).isEmpty();
    }

    /// `true` when it ended within this time.
    boolean awaitEnd(Duration time) throws InterruptedException {
        try {
            ended.get(time.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}

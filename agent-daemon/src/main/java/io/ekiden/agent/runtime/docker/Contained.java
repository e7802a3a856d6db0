package io.ekiden.agent.runtime.docker;

import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.core.PodParts;
import io.ekiden.agent.runtime.Limits;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.model.Network;
import io.ekiden.model.TaskId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/// One task that has not ended, as the runtime follows it. Its fields are guarded by itself.
final class Contained {
    final LocalTask task;
    final ContainerFiles files;
    final ContainerLog log;

    /// An earlier agent's: its container is looked for by name.
    final boolean adopted;

    final CompletableFuture<Void> ended = new CompletableFuture<>();

    /// Whether its launch is under way, and nobody else's business.
    volatile boolean launching;

    /// Taken by whoever brings the task to its end.
    final AtomicBoolean ending = new AtomicBoolean();

    private final CompletableFuture<Void> started = new CompletableFuture<>();
    private Optional<String> id = Optional.empty();
    private Optional<Instant> since = Optional.empty();
    private Optional<Integer> exitSeen = Optional.empty();
    private Optional<String> address = Optional.empty();
    private boolean outOfMemory;
    private volatile boolean stopped;

    Contained(LocalTask task, ContainerFiles files, ContainerLog log, boolean adopted) {
        this.task = task;
        this.files = files;
        this.log = log;
        this.adopted = adopted;
    }

    TaskId taskId() {
        return task.taskId();
    }

    /// The task in whose network it is, when that is another's.
    Optional<TaskId> networkOf() {
        return task.task().flatMap(PodParts::networkOf);
    }

    /// Whether it is on a container network of its own, so that it has an address which is to be
    /// told.
    boolean hasNetwork() {
        return task.task()
                .filter(known -> known.spec().network() == Network.CONTAINER)
                .filter(known -> PodParts.networkOf(known).isEmpty())
                .isPresent();
    }

    /// Whether the engine keeps a limit of its memory; else it says the machine's.
    boolean limitsMemory() {
        return task.task()
                .flatMap(Contents::of)
                .flatMap(contents -> Limits.memoryBytes(contents.resources(), contents.limits()))
                .isPresent();
    }

    /// `true` once: when its program is first known to run.
    synchronized boolean runs(String containerId, Instant at) {
        id = Optional.of(containerId);
        since = since.or(() -> Optional.of(at));
        return started.complete(null);
    }

    synchronized Optional<String> id() {
        return id;
    }

    synchronized void found(String containerId) {
        id = Optional.of(containerId);
    }

    /// Its container is no more, and was never started.
    synchronized void lost() {
        id = Optional.empty();
    }

    /// Whether its program is known to have been executed.
    boolean started() {
        return started.isDone() || (adopted && task.state() == TaskState.RUNNING);
    }

    synchronized Optional<Instant> since() {
        return since;
    }

    synchronized Optional<String> address() {
        return address;
    }

    synchronized void reachedAt(String ip) {
        address = Optional.of(ip);
    }

    synchronized void died(Optional<Integer> exitCode) {
        exitSeen = exitCode;
    }

    synchronized Optional<Integer> exitSeen() {
        return exitSeen;
    }

    synchronized void ranOutOfMemory() {
        outOfMemory = true;
    }

    synchronized boolean outOfMemory() {
        return outOfMemory;
    }

    /// Not to be started any more.
    void stop() {
        stopped = true;
    }

    boolean stopped() {
        return stopped;
    }

    /// Waits until it was started or has ended; `true` when that was within this time.
    boolean awaitStart(Duration time) throws InterruptedException {
        return await(CompletableFuture.anyOf(started, ended), time);
    }

    /// `true` when it ended within this time.
    boolean awaitEnd(Duration time) throws InterruptedException {
        return await(ended, time);
    }

    private static boolean await(CompletableFuture<?> future, Duration time)
            throws InterruptedException {
        try {
            future.get(time.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}

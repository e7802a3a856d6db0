package io.ekiden.agent.runtime.docker;

import com.github.dockerjava.api.model.Frame;
import io.ekiden.agent.core.Finding;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/// Runs the command of a check in a container. The engine cannot end what it runs there, so the
/// command says its pid first, and what takes too long is killed by it, with its whole group. An
/// engine that does not answer says nothing about the task.
final class ContainerCheck {
    private static final String SHELL = "/bin/sh";
    private static final String RUN =
            "echo $$; exec < /dev/null > /dev/null 2>&1; exec /bin/sh -c \"$0\"";
    private static final String KILL = "kill -s KILL -- \"-$0\" \"$0\"";
    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration LONGEST_POLL = Duration.ofMillis(200);

    private final Engine engine;
    private final Patience patience;

    ContainerCheck(Engine engine, Patience patience) {
        this.engine = engine;
        this.patience = patience;
    }

    Finding run(String container, String command, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        return switch (prepare(container, RUN, command, timeout)) {
            case Answer.Done(var id) -> watched(container, id, deadline, timeout);
            case Answer.Refused(_, var reason) -> new Finding.Failed(reason);
            case Answer.Silent<String> _ -> new Finding.Unknown();
        };
    }

    private Answer<String> prepare(
            String container, String script, String argument, Duration time) {
        return engine.ask(
                time,
                docker ->
                        docker.execCreateCmd(container)
                                .withAttachStdout(true)
                                .withCmd(SHELL, "-c", script, argument)
                                .exec()
                                .getId());
    }

    private Finding watched(String container, String id, long deadline, Duration timeout) {
        var said = new AtomicReference<>("");
        var stream = start(id, said);
        try {
            var status = exit(id, stream.end(), deadline);
            if (status.isPresent()) {
                return found(status.get());
            }
            pid(said.get()).ifPresent(pid -> kill(container, pid));
            return new Finding.Failed(
                    "Command timed out after %d ms".formatted(timeout.toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Finding.Unknown();
        } finally {
            stream.close();
        }
    }

    private Streaming<Frame> start(String id, AtomicReference<String> said) {
        return engine.open(
                frame ->
                        said.accumulateAndGet(
                                new String(frame.getPayload(), StandardCharsets.UTF_8),
                                String::concat),
                (docker, frames) -> docker.execStartCmd(id).exec(frames));
    }

    /// Its output ends when it has said its pid, or with it.
    private Optional<Answer<Integer>> exit(String id, CompletableFuture<Void> output, long deadline)
            throws InterruptedException {
        try {
            output.get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (ExecutionException e) {
            return Optional.of(Engine.failed(e.getCause()));
        }
        for (var poll = POLL; ; poll = longer(poll)) {
            var answer = status(id);
            if (!(answer instanceof Answer.Done(var status))) {
                return Optional.of(
                        answer instanceof Answer.Refused(var code, var reason)
                                ? new Answer.Refused<>(code, reason)
                                : new Answer.Silent<>("the engine does not answer"));
            }
            if (status.isPresent()) {
                return Optional.of(new Answer.Done<>(status.get()));
            }
            if (System.nanoTime() + poll.toNanos() > deadline) {
                return Optional.empty();
            }
            Thread.sleep(poll);
        }
    }

    private static Duration longer(Duration poll) {
        var twice = poll.multipliedBy(2);
        return twice.compareTo(LONGEST_POLL) < 0 ? twice : LONGEST_POLL;
    }

    /// Empty while it runs.
    private Answer<Optional<Integer>> status(String id) {
        return engine.ask(
                patience.call(), docker -> Inspection.exit(docker.inspectExecCmd(id).exec()));
    }

    private static Finding found(Answer<Integer> status) {
        return switch (status) {
            case Answer.Done(var code) -> new Finding.Exited(code);
            case Answer.Refused(_, var reason) -> new Finding.Failed(reason);
            case Answer.Silent<Integer> _ -> new Finding.Unknown();
        };
    }

    private static Optional<String> pid(String said) {
        return said.lines().findFirst().filter(line -> line.matches("[0-9]{1,9}"));
    }

    private void kill(String container, String pid) {
        if (prepare(container, KILL, pid, patience.call()) instanceof Answer.Done(var id)) {
            var stream = start(id, new AtomicReference<>(""));
            var _ = stream.awaitEnd(patience.call(), patience.call());
            stream.close();
        }
    }
}

package io.ekiden.agent.runtime.docker;

import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends a task: its stop signal, and SIGKILL after its grace. However long the engine does not
/// answer, the order stands.
final class ContainerKill {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerKill.class);
    private static final Duration ROUND = Duration.ofSeconds(1);

    private final Engine engine;
    private final EngineWatch watch;
    private final ContainerLauncher launcher;
    private final Patience patience;
    private final Consumer<Contained> look;

    /// @param look finds out how far a task is
    ContainerKill(
            Engine engine,
            EngineWatch watch,
            ContainerLauncher launcher,
            Patience patience,
            Consumer<Contained> look) {
        this.engine = engine;
        this.watch = watch;
        this.launcher = launcher;
        this.patience = patience;
        this.look = look;
    }

    /// Blocks until the task has ended, or this agent does.
    void kill(Contained task, Duration grace) {
        try {
            // An adopted task may be one whose program runs already: it is asked for.
            while (!task.awaitStart(ROUND)) {
                if (engine.closed()) {
                    return;
                }
                look.accept(task);
            }
            if (signal(task, stopSignal(task)) && task.awaitEnd(grace)) {
                return;
            }
            LOG.info(
                    "task={} did not end in its grace={}s: SIGKILL",
                    task.taskId(),
                    grace.toSeconds());
            // The order is in the record: should this agent end now, the next one carries it on.
            while (signal(task, "SIGKILL") && !task.awaitEnd(ROUND)) {
                look.accept(task);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// What the image wants to be asked with, as `docker stop` honours it.
    private String stopSignal(Contained task) {
        return launcher.inspect(task) instanceof Answer.Done(var container)
                        && container.getRawValues().get("Config") instanceof Map<?, ?> config
                        && config.get("StopSignal") instanceof String signal
                        && !signal.isEmpty()
                ? signal
                : "SIGTERM";
    }

    /// Sends it as soon as the engine answers; `false` when there is nothing to send it to.
    private boolean signal(Contained task, String signal) {
        while (!task.ended.isDone() && watch.awaitAnswering()) {
            var id = task.id();
            if (id.isEmpty()) {
                look.accept(task);
                watch.pause();
                continue;
            }
            var answer =
                    engine.tell(
                            patience.call(),
                            docker -> docker.killContainerCmd(id.get()).withSignal(signal).exec());
            if (!(answer instanceof Answer.Silent)) {
                // A refusal means that it does not run: it is just about to be found to have ended.
                return true;
            }
            watch.suspect();
            watch.pause();
        }
        return false;
    }
}

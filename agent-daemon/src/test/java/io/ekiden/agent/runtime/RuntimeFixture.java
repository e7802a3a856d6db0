package io.ekiden.agent.runtime;

import io.ekiden.agent.Given;
import io.ekiden.agent.core.Event;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.core.Measurement;
import io.ekiden.agent.core.Usage;
import io.ekiden.model.TaskId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/// A machine and the lives of an agent on it, for the contract of all runtimes.
public abstract class RuntimeFixture {
    protected static final Duration LONG = Duration.ofSeconds(30);

    /// A shell that waits to be told to go on, in steps that no signal has to wait for.
    protected static final String UNTIL_GO =
            "while [ ! -e $MESOS_SANDBOX/go ]; do sleep 0.05; done; ";

    @TempDir protected Path dir;

    private final Set<TaskId> seen = ConcurrentHashMap.newKeySet();
    private final List<Life> lives = new ArrayList<>();
    private Optional<Machine> machine = Optional.empty();

    protected abstract Machine newMachine();

    protected final Machine machine() {
        if (machine.isEmpty()) {
            machine = Optional.of(newMachine());
        }
        return machine.get();
    }

    protected final Life life() {
        return life("boot-1");
    }

    protected final Life life(String bootId) {
        try {
            var work = new WorkDir(dir);
            work.create();
            // Tasks of other users go through it.
            WorkDir.restrict(dir, "rwx--x--x");
            var life = new Life(work, bootId, machine().runtime(work, bootId), seen);
            lives.add(life);
            return life;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    protected final LocalTask task(Given given) {
        return machine().adapted(given).local();
    }

    protected final LocalTask cmd(String command) {
        return task(Given.cmd(command));
    }

    @AfterEach
    void endWhatWasStarted() {
        lives.forEach(life -> life.runtime.close());
        seen.forEach(task -> machine().end(new WorkDir(dir), task));
        machine.ifPresent(Machine::close);
    }

    protected static Event ended(LocalTask task, int status, String message) {
        return new Event.Ended(task.taskId(), Optional.of(status), message);
    }

    protected static Event finished(LocalTask task) {
        return ended(task, 0, "Command exited with status 0");
    }

    protected static Event terminated(LocalTask task) {
        return ended(task, 143, "Command terminated with signal Terminated");
    }

    protected static Event killed(LocalTask task) {
        return ended(task, 137, "Command terminated with signal Killed");
    }

    protected static Usage usage(Life life, LocalTask task) {
        return switch (life.runtime.usage(task.taskId())) {
            case Measurement.Done(var usage) -> usage;
            case Measurement.Missing(var why) -> throw new AssertionError(why);
        };
    }

    protected static void go(Life life, LocalTask task) throws IOException {
        Files.createFile(life.sandbox(task).resolve("go"));
    }

    protected static String numbers(int first, int last) {
        return IntStream.rangeClosed(first, last)
                .mapToObj(Integer::toString)
                .collect(Collectors.joining("\n", "", "\n"));
    }
}

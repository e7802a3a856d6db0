package io.ekiden.agent;

import static org.awaitility.Awaitility.await;

import io.ekiden.agent.runtime.WorkDir;
import io.ekiden.model.TaskId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What agents leave running in a work directory, found by the files of their supervisors.
final class Leftovers {
    /// Of `/proc/PID/stat`, behind the name (proc(5)).
    private static final int STATE = 0;

    private static final int START_TIME = 19;

    private Leftovers() {}

    /// The pid of a task's first process while it lives.
    static Optional<Long> leader(Path workDir, TaskId task) {
        return living(new WorkDir(workDir).task(task).resolve("leader"));
    }

    /// Kills every task below this directory and waits until their supervisors are done.
    static void end(Path dir) throws IOException {
        for (var file : files(dir, "leader")) {
            await().until(() -> living(file).map(Leftovers::kill).isEmpty());
        }
        for (var file : files(dir, "supervisor")) {
            await().until(() -> living(file).isEmpty());
        }
        for (var file : files(dir, "cgroups")) {
            for (var group : Files.readAllLines(file)) {
                await().ignoreExceptions().until(() -> gone(Path.of(group)));
            }
        }
    }

    private static boolean gone(Path group) throws IOException {
        Files.deleteIfExists(group);
        return !Files.exists(group);
    }

    private static boolean kill(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::destroyForcibly).orElse(false);
    }

    private static List<Path> files(Path dir, String name) throws IOException {
        try (Stream<Path> all = Files.walk(dir)) {
            return all.filter(f -> f.endsWith(name)).toList();
        }
    }

    /// A number alone may be another process's by now: with it stands when that one was started.
    private static Optional<Long> living(Path file) {
        try {
            var known = Files.readString(file).split(" ", -1);
            var stat = Files.readString(Path.of("/proc/%s/stat".formatted(known[0])));
            var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            boolean lives = !fields[STATE].equals("Z") && fields[START_TIME].equals(known[1]);
            return lives ? Optional.of(Long.valueOf(known[0])) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}

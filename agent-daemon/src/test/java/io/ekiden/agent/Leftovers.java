package io.ekiden.agent;

import static org.awaitility.Awaitility.await;

import io.ekiden.model.TaskId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What agents leave running in a work directory, found by the files of their supervisors.
final class Leftovers {
    private Leftovers() {}

    /// The pid of a task's first process while it lives.
    static Optional<Long> leader(Path workDir, TaskId task) {
        return living(workDir.resolve("tasks").resolve(task.value()).resolve("leader"));
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

    private static Optional<Long> living(Path file) {
        try {
            long pid = Long.parseLong(Files.readString(file).split(" ", -1)[0]);
            var stat = Files.readString(Path.of("/proc/%d/stat".formatted(pid)));
            return stat.contains(") Z ") ? Optional.empty() : Optional.of(pid);
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}

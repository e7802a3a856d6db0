package io.ekiden.agent.runtime;

import io.ekiden.agent.runtime.Processes.Identity;
import io.ekiden.model.TaskId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The files by which a task's supervisor and the agents that come and go understand each other;
/// `supervise.sh` says what each means.
record TaskFiles(TaskId taskId, Path folder, Path sandbox) {

    Path launch() {
        return folder.resolve("launch");
    }

    /// What is mounted so that the task cannot write to it.
    void writeReadOnly(List<Mounts.Mount> mounts) throws IOException {
        var lines = new ArrayList<String>();
        for (var mount : mounts) {
            lines.add(mount.folder().toString());
            lines.add(mount.path());
        }
        if (lines.stream().anyMatch(line -> line.contains("\n"))) {
            throw new IOException("the path of a volume has a line break");
        }
        if (!lines.isEmpty()) {
            Files.write(folder.resolve("read-only"), lines);
        }
    }

    /// There when the task has one.
    Path terminal() {
        return folder.resolve("terminal");
    }

    Path log() {
        return folder.resolve("supervisor.log");
    }

    Optional<Identity> supervisor() {
        return Identity.read(folder.resolve("supervisor"));
    }

    Optional<Identity> init() {
        return Identity.read(folder.resolve("init"));
    }

    Optional<Identity> leader() {
        return Identity.read(folder.resolve("leader"));
    }

    boolean running() {
        return WorkDir.line(folder.resolve("running")).isPresent();
    }

    Optional<Instant> runningSince() {
        try {
            return running()
                    ? Optional.of(Files.getLastModifiedTime(folder.resolve("running")).toInstant())
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    Optional<Integer> exit() {
        return WorkDir.line(folder.resolve("exit"))
                .filter(text -> text.matches("[0-9]{1,9}"))
                .map(Integer::valueOf);
    }

    /// Wins the right to decide about this launch, if nobody has it yet. Whoever comes second, a
    /// supervisor that is only now being executed or an agent that recovers, leaves it alone.
    boolean claim() {
        try {
            Files.createDirectory(folder.resolve("claim"));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    List<Path> cgroups() {
        try {
            return Files.readAllLines(folder.resolve("cgroups")).stream().map(Path::of).toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    void writeCgroups(List<Path> groups) throws IOException {
        Files.write(folder.resolve("cgroups"), groups.stream().map(Path::toString).toList());
    }

    /// The last words of whatever failed before the task's program was executed.
    String lastWords() {
        for (var file : List.of(log(), sandbox.resolve("stderr"))) {
            try {
                var lines = new ArrayList<>(Files.readAllLines(file));
                lines.removeIf(String::isBlank);
                if (!lines.isEmpty()) {
                    return lines.getLast();
                }
            } catch (IOException e) {
                // Not even that file was made, or it is no text: the next one may say more.
            }
        }
        return "the task could not be started";
    }
}

package io.ekiden.agent.runtime;

import io.ekiden.agent.core.TaskEnvironment;
import io.ekiden.model.TaskId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// What the machine's process table says. A process is named by pid and start time (clock ticks
/// since boot, field 22 of `/proc/<pid>/stat`), because pids are used again.
final class Processes {
    private static final Path PROC = Path.of("/proc");
    private static final int PROGRAM_SECONDS = 10;
    private static final long KIB = 1L << 10;

    private Processes() {}

    /// One process for ever.
    ///
    /// @param boot the boot of the machine in which it was started
    record Identity(long pid, long startTime, String boot) {
        static Optional<Identity> read(Path file) {
            return WorkDir.line(file).flatMap(Identity::parse);
        }

        private static Optional<Identity> parse(String line) {
            var parts = line.split(" ", -1);
            try {
                return parts.length == 3
                        ? Optional.of(
                                new Identity(
                                        Long.parseLong(parts[0]),
                                        Long.parseLong(parts[1]),
                                        parts[2]))
                        : Optional.empty();
            } catch (NumberFormatException e) {
                return Optional.empty();
            }
        }

        boolean lives() {
            return stat(pid).filter(s -> s.startTime() == startTime && !s.zombie()).isPresent();
        }
    }

    /// The fields of `/proc/<pid>/stat` that matter here.
    private record Stat(boolean zombie, long group, long session, long startTime) {}

    private static Optional<Stat> stat(long pid) {
        try {
            var line = Files.readString(PROC.resolve(Long.toString(pid)).resolve("stat"));
            var fields = fields(line);
            return Optional.of(
                    new Stat(
                            fields[0].equals("Z") || fields[0].equals("X"),
                            Long.parseLong(fields[2]),
                            Long.parseLong(fields[3]),
                            Long.parseLong(fields[19])));
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    /// Whether a signal to its number's group reaches it.
    static boolean leadsGroup(long pid) {
        return stat(pid).filter(found -> found.group() == pid).isPresent();
    }

    /// Processes of a task that has no namespace of its own: those of its leader's group or
    /// session, and those that carry the task's mark in the environment they were started with.
    static List<Long> of(TaskId taskId, Optional<Identity> leader) {
        var mark = TaskEnvironment.MARK + "=" + taskId.value();
        // While one of a session lives, its leader's pid is not given to anyone else.
        var session = leader.filter(l -> l.lives() || stat(l.pid()).isEmpty()).map(Identity::pid);
        var found = new ArrayList<Long>();
        for (long pid : pids()) {
            var stat = stat(pid);
            if (stat.isEmpty() || stat.get().zombie()) {
                continue;
            }
            var ofLeader =
                    session.filter(s -> s == stat.get().session() || s == stat.get().group());
            if (ofLeader.isPresent() || environmentHas(pid, mark)) {
                found.add(pid);
            }
        }
        return found;
    }

    /// What processes have used, with their children that have ended.
    record Consumption(long userTicks, long systemTicks, long rssBytes) {
        private Consumption plus(Consumption other) {
            return new Consumption(
                    userTicks + other.userTicks,
                    systemTicks + other.systemTicks,
                    rssBytes + other.rssBytes);
        }
    }

    /// Of those that are there; empty when none is.
    static Optional<Consumption> consumption(List<Long> pids) {
        return pids.stream().flatMap(pid -> consumption(pid).stream()).reduce(Consumption::plus);
    }

    private static Optional<Consumption> consumption(long pid) {
        var folder = PROC.resolve(Long.toString(pid));
        try {
            var fields = fields(Files.readString(folder.resolve("stat")));
            return Optional.of(
                    new Consumption(
                            Long.parseLong(fields[11]) + Long.parseLong(fields[13]),
                            Long.parseLong(fields[12]) + Long.parseLong(fields[14]),
                            residentBytes(Files.readAllLines(folder.resolve("status")))));
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    private static long residentBytes(List<String> status) {
        return status.stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * KIB)
                .sum();
    }

    /// From the third on. The name in parentheses may itself hold blanks and parentheses.
    private static String[] fields(String stat) {
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    }

    private static List<Long> pids() {
        try (var entries = Files.list(PROC)) {
            return entries.map(p -> p.getFileName().toString())
                    .filter(name -> name.chars().allMatch(c -> c >= '0' && c <= '9'))
                    .map(Long::valueOf)
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /// Processes that were started with this in their environment, `NAME=value`.
    static List<Long> with(String entry) {
        return pids().stream()
                .filter(pid -> environmentHas(pid, entry))
                .filter(pid -> stat(pid).filter(stat -> !stat.zombie()).isPresent())
                .toList();
    }

    private static boolean environmentHas(long pid, String entry) {
        try {
            var environment = Files.readAllBytes(PROC.resolve(pid + "/environ"));
            var text = "\0" + new String(environment, StandardCharsets.UTF_8);
            return text.contains("\0" + entry + "\0");
        } catch (IOException e) {
            return false;
        }
    }

    static void kill(long pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    /// SIGTERM to a whole process group at once.
    static void terminateGroup(long group) {
        run(List.of("/bin/sh", "-c", "kill -s TERM -- \"-$0\"", Long.toString(group)));
    }

    static void killGroup(long group) {
        run(List.of("/bin/sh", "-c", "kill -s KILL -- \"-$0\"", Long.toString(group)));
    }

    /// SIGHUP to each of them.
    static void hangUp(List<Long> pids) {
        var command = new ArrayList<>(List.of("/bin/sh", "-c", "kill -s HUP \"$@\"", "sh"));
        pids.forEach(pid -> command.add(Long.toString(pid)));
        run(command);
    }

    /// Runs a short program of the system without input, and gives its output; empty when it fails
    /// or is not there.
    static Optional<String> run(List<String> command) {
        try {
            var builder = new ProcessBuilder(command);
            clean(builder);
            var process = builder.redirectErrorStream(true).start();
            process.getOutputStream().close();
            var output = drained(process.getInputStream());
            if (!process.waitFor(PROGRAM_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return Optional.empty();
            }
            return process.exitValue() == 0 ? Optional.of(output.strip()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private static String drained(InputStream stream) throws IOException {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }

    /// Nothing of the agent's environment reaches what it starts.
    static void clean(ProcessBuilder builder) {
        builder.environment().clear();
        builder.environment().put("PATH", TaskEnvironment.PATH);
    }
}

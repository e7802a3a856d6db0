package io.ekiden.agent.runtime;

import io.ekiden.model.ResourceLimits;
import io.ekiden.model.Resources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/// The control groups that tasks get, below the agent's own: a hard memory limit, a soft share of
/// cpu, a bound on processes, and a way to kill all of a task. Found out once, at start.
///
/// @param limits `cgroup-v1` or `cgroup-v2` when limits can be set; empty when they cannot
/// @param bases one directory for each hierarchy in use
record Cgroups(Optional<String> limits, List<Base> bases) {
    static final Cgroups NONE = new Cgroups(Optional.empty(), List.of());

    /// Where a delegated service keeps its own process (systemd's `DelegateSubgroup=`), so that its
    /// siblings may have controllers.
    private static final String OWN_LEAF = "ekiden-agent";

    private static final String FOLDER = "ekiden";
    private static final int REMOVALS = 20;
    private static final Duration REMOVAL_PAUSE = Duration.ofMillis(10);

    /// A directory under which each task gets its own.
    ///
    /// @param controllers that set limits there
    record Base(boolean v2, List<String> controllers, Path path) {}

    Cgroups {
        bases = List.copyOf(bases);
    }

    static Cgroups detect() {
        try {
            return detect(
                    Files.readAllLines(Path.of("/proc/self/cgroup")),
                    Files.readAllLines(Path.of("/proc/self/mounts")));
        } catch (IOException | RuntimeException e) {
            return NONE;
        }
    }

    private static Cgroups detect(List<String> own, List<String> mounts) {
        var bases = new ArrayList<Base>();
        for (var wanted : List.of("memory", "cpu", "pids")) {
            mount(mounts, "cgroup", options -> options.contains(wanted))
                    .flatMap(mount -> base(mount.resolve(ownPath(own, wanted)), mount))
                    .ifPresent(path -> bases.add(new Base(false, List.of(wanted), path)));
        }
        boolean v1 = !bases.isEmpty();
        mount(mounts, "cgroup2", _ -> true)
                .flatMap(mount -> base(unified(mount.resolve(ownPath(own, ""))), mount))
                .ifPresent(path -> bases.add(new Base(true, delegated(path), path)));
        boolean v2 = bases.stream().anyMatch(b -> b.v2() && b.controllers().contains("memory"));
        var limits = v1 ? Optional.of("cgroup-v1") : v2 ? Optional.of("cgroup-v2") : NONE.limits();
        return new Cgroups(limits, bases);
    }

    private static Optional<Path> mount(
            List<String> mounts, String type, Predicate<List<String>> options) {
        return mounts.stream()
                .map(line -> line.split(" ", -1))
                .filter(f -> f.length > 3 && f[2].equals(type))
                .filter(f -> options.test(Arrays.asList(f[3].split(",", -1))))
                .map(f -> Path.of(f[1]))
                .findFirst();
    }

    /// Relative to the hierarchy's mount. Lines are `id:controllers:path`.
    private static String ownPath(List<String> own, String controller) {
        return own.stream()
                .map(line -> line.split(":", 3))
                .filter(f -> Arrays.asList(f[1].split(",", -1)).contains(controller))
                .map(f -> f[2].substring(1))
                .findFirst()
                .orElse("");
    }

    private static Path unified(Path own) {
        return own.getFileName().toString().equals(OWN_LEAF) ? own.getParent() : own;
    }

    /// Tries it out: whether groups can be made and removed there.
    private static Optional<Path> base(Path own, Path mount) {
        // In a container the own path may be one of the machine outside.
        var base = (Files.isDirectory(own) ? own : mount).resolve(FOLDER);
        try {
            Files.createDirectories(base);
            var trial = Files.createTempDirectory(base, "trial");
            boolean usable = Files.isWritable(trial.resolve("cgroup.procs"));
            Files.delete(trial);
            return usable ? Optional.of(base) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static List<String> delegated(Path base) {
        var enabled = new ArrayList<String>();
        for (var controller : List.of("memory", "cpu", "pids")) {
            if (write(base.getParent().resolve("cgroup.subtree_control"), "+" + controller)
                    && write(base.resolve("cgroup.subtree_control"), "+" + controller)) {
                enabled.add(controller);
            }
        }
        return List.copyOf(enabled);
    }

    /// Makes the groups of one task and sets its limits.
    List<Path> create(String name, Resources resources, Optional<ResourceLimits> limits)
            throws IOException {
        var groups = new ArrayList<Path>();
        for (var base : bases) {
            var group = Files.createDirectories(base.path().resolve(name));
            for (var controller : base.controllers()) {
                limit(group, base.v2(), controller, resources, limits);
            }
            groups.add(group);
        }
        return List.copyOf(groups);
    }

    private static void limit(
            Path group,
            boolean v2,
            String controller,
            Resources resources,
            Optional<ResourceLimits> limits)
            throws IOException {
        switch (controller) {
            case "memory" -> {
                var bytes = Limits.memoryBytes(resources, limits);
                if (bytes.isPresent()) {
                    limitMemory(group, v2, bytes.get());
                }
            }
            case "cpu" -> {
                if (v2) {
                    long weight = Limits.thousandthsOfACpu(resources) / 10;
                    set(group, "cpu.weight", Math.clamp(weight, 1, 10_000));
                } else {
                    set(group, "cpu.shares", Limits.cpuShares(resources));
                }
                var quota = Limits.cpuQuotaMicros(limits);
                if (quota.isPresent()) {
                    limitCpu(group, v2, quota.get());
                }
            }
            case "pids" -> set(group, "pids.max", Limits.MAX_PIDS);
            default -> throw new IllegalStateException(controller);
        }
    }

    private static void limitCpu(Path group, boolean v2, long quota) throws IOException {
        if (v2) {
            Files.writeString(
                    group.resolve("cpu.max"), "%d %d".formatted(quota, Limits.CPU_PERIOD_MICROS));
        } else {
            set(group, "cpu.cfs_period_us", Limits.CPU_PERIOD_MICROS);
            set(group, "cpu.cfs_quota_us", quota);
        }
    }

    private static void limitMemory(Path group, boolean v2, long bytes) throws IOException {
        if (v2) {
            set(group, "memory.max", bytes);
            write(group.resolve("memory.swap.max"), "0");
        } else {
            set(group, "memory.limit_in_bytes", bytes);
            // Not there when the kernel does not account for swap.
            write(group.resolve("memory.memsw.limit_in_bytes"), Long.toString(bytes));
        }
    }

    private static void set(Path group, String file, long value) throws IOException {
        Files.writeString(group.resolve(file), Long.toString(value));
    }

    private static boolean write(Path file, String value) {
        try {
            if (!Files.exists(file)) {
                return false;
            }
            Files.writeString(file, value);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /// Kills what is in these groups; `true` when nothing is left.
    static boolean kill(List<Path> groups) {
        boolean empty = true;
        for (var group : groups) {
            var members = lines(group.resolve("cgroup.procs"));
            if (!members.isEmpty()) {
                empty = false;
                if (!write(group.resolve("cgroup.kill"), "1")) {
                    members.forEach(pid -> Processes.kill(Long.parseLong(pid)));
                }
            }
        }
        return empty;
    }

    /// Whether the kernel killed something in these groups for want of memory.
    static boolean ranOutOfMemory(List<Path> groups) {
        return groups.stream()
                .flatMap(group ->
                        List.of("memory.oom_control", "memory.events").stream().map(group::resolve))
                .flatMap(file -> lines(file).stream())
                .anyMatch(line -> line.startsWith("oom_kill ") && !line.equals("oom_kill 0"));
    }

    static void remove(List<Path> groups) {
        for (var group : groups) {
            for (int attempt = 0; attempt < REMOVALS && !removed(group); attempt++) {
                LockSupport.parkNanos(REMOVAL_PAUSE.toNanos());
            }
        }
    }

    /// The kernel takes a moment to empty a group whose processes were killed. One that is left
    /// costs next to nothing, and is tried again when its task is collected.
    private static boolean removed(Path group) {
        try {
            Files.deleteIfExists(group);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of();
        }
    }
}

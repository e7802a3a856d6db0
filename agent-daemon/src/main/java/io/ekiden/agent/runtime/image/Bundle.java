package io.ekiden.agent.runtime.image;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;

/// What runc is told of a container (OCI's `config.json`). It is on the machine's network and in
/// the pid namespace that its supervisor has made, so that it is not pid 1 and a SIGTERM that it
/// does not handle ends it; its limits are those of the control groups that it is put into before
/// its program runs. It has no device but those of every container, and no right to make one.
///
/// @param command with what the image says
/// @param environment with what the image says
/// @param tty whether it has a terminal of its own, for which runc has to be at one
/// @param running is written when everything before the program has worked
/// @param groups control groups as they are seen where runc runs
record Bundle(
        List<String> command,
        SortedMap<String, String> environment,
        String workingDir,
        ImageUser user,
        boolean tty,
        List<Mount> mounts,
        Path running,
        List<Path> groups) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// Docker's, without those for the network's packets and for devices.
    private static final List<String> CAPABILITIES =
            List.of(
                    "CAP_AUDIT_WRITE",
                    "CAP_CHOWN",
                    "CAP_DAC_OVERRIDE",
                    "CAP_FOWNER",
                    "CAP_FSETID",
                    "CAP_KILL",
                    "CAP_NET_BIND_SERVICE",
                    "CAP_SETFCAP",
                    "CAP_SETGID",
                    "CAP_SETPCAP",
                    "CAP_SETUID",
                    "CAP_SYS_CHROOT");

    private static final List<String> MASKED =
            List.of(
                    "/proc/acpi",
                    "/proc/asound",
                    "/proc/kcore",
                    "/proc/keys",
                    "/proc/latency_stats",
                    "/proc/sched_debug",
                    "/proc/scsi",
                    "/proc/timer_list",
                    "/proc/timer_stats",
                    "/sys/firmware",
                    "/sys/fs/cgroup");

    private static final List<String> READ_ONLY =
            List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

    /// Runs in runc's namespaces before the container's program. Each hook reads the state that it
    /// is given: else runc gets a SIGPIPE, and passes that on to the container as every signal.
    private static final String JOIN =
            "read -r state; pid=${state##*'\"pid\":'}; pid=${pid%%[!0-9]*}; "
                    + "for group; do echo \"$pid\" > \"$group/cgroup.procs\" || exit 1; done";

    private static final String ANNOUNCE = "read -r state; echo running > \"$1\"";

    /// Ends what the program has left: else runc would wait for whoever has its output open. All in
    /// this namespace but its pid 1, runc, who holds its terminal and this shell; who forks
    /// meanwhile is met in the next round.
    private static final String CLEAR =
            "read -r state; read -r stat < /proc/$PPID/stat; stat=${stat##*') '? }; "
                    + "round=0; left=yes; while [ $left ] && [ $round -lt 100 ]; do left=; "
                    + "for pid in /proc/[0-9]*; do pid=${pid#/proc/}; case $pid in 1 | $$ | $PPID | ${stat%% *}) ;; "
                    + "*) kill -s KILL \"$pid\" 2> /dev/null && left=yes ;; esac; done; "
                    + "round=$((round + 1)); done";

    /// Files of the machine that every container has.
    private static final List<String> OF_THE_MACHINE =
            List.of("/etc/resolv.conf", "/etc/hosts", "/etc/hostname");

    /// @param from a file or directory of the machine
    /// @param to absolute
    record Mount(Path from, String to, boolean readOnly) {}

    Bundle {
        command = List.copyOf(command);
        mounts = List.copyOf(mounts);
        groups = List.copyOf(groups);
    }

    String json() {
        var json = JSON.createObjectNode().put("ociVersion", "1.0.2");
        json.putObject("root").put("path", "rootfs").put("readonly", false);
        process(json.putObject("process"));
        var all = json.putArray("mounts");
        mount(all.addObject(), "/proc", "proc", "nosuid", "noexec", "nodev");
        mount(all.addObject(), "/dev", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k");
        mount(
                all.addObject(),
                "/dev/pts",
                "devpts",
                "nosuid",
                "noexec",
                "newinstance",
                "ptmxmode=0666",
                "mode=0620");
        mount(
                all.addObject(),
                "/dev/shm",
                "tmpfs",
                "nosuid",
                "noexec",
                "nodev",
                "mode=1777",
                "size=65536k");
        mount(all.addObject(), "/dev/mqueue", "mqueue", "nosuid", "noexec", "nodev");
        mount(all.addObject(), "/sys", "sysfs", "nosuid", "noexec", "nodev", "ro");
        for (var file : OF_THE_MACHINE) {
            if (Files.exists(Path.of(file))) {
                bind(all.addObject(), new Mount(Path.of(file), file, true));
            }
        }
        mounts.forEach(mount -> bind(all.addObject(), mount));
        hooks(json.putObject("hooks"));
        var linux = json.putObject("linux");
        var namespaces = linux.putArray("namespaces");
        namespaces.addObject().put("type", "mount");
        namespaces.addObject().put("type", "ipc");
        texts(linux, "maskedPaths", MASKED);
        texts(linux, "readonlyPaths", READ_ONLY);
        return json.toString();
    }

    private void process(ObjectNode process) {
        process.put("terminal", tty).put("cwd", workingDir).put("noNewPrivileges", true);
        var who = process.putObject("user").put("uid", user.uid()).put("gid", user.gid());
        var further = who.putArray("additionalGids");
        user.groups().forEach(further::add);
        texts(process, "args", command);
        texts(
                process,
                "env",
                environment.entrySet().stream().map(v -> v.getKey() + "=" + v.getValue()).toList());
        var capabilities = process.putObject("capabilities");
        texts(capabilities, "bounding", CAPABILITIES);
        if (user.uid() == 0) {
            texts(capabilities, "effective", CAPABILITIES);
            texts(capabilities, "permitted", CAPABILITIES);
        }
    }

    private void hooks(ObjectNode hooks) {
        hook(hooks, "createRuntime", JOIN, groups);
        hook(hooks, "poststart", ANNOUNCE, List.of(running));
        hook(hooks, "poststop", CLEAR, List.of());
    }

    private static void hook(ObjectNode hooks, String when, String script, List<Path> arguments) {
        var hook = hooks.putArray(when).addObject().put("path", "/bin/sh");
        var args = hook.putArray("args").add("sh").add("-c").add(script).add("sh");
        arguments.forEach(argument -> args.add(argument.toString()));
    }

    private static void mount(ObjectNode mount, String to, String type, String... options) {
        mount.put("destination", to).put("type", type).put("source", type);
        texts(mount, "options", List.of(options));
    }

    private static void bind(ObjectNode json, Mount mount) {
        json.put("destination", mount.to()).put("type", "bind");
        json.put("source", mount.from().toString());
        texts(
                json,
                "options",
                List.of("rbind", "rprivate", "nodev", mount.readOnly() ? "ro" : "rw"));
    }

    private static void texts(ObjectNode json, String field, List<String> texts) {
        var array = json.putArray(field);
        texts.forEach(array::add);
    }
}

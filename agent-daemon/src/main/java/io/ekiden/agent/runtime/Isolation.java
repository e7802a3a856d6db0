package io.ekiden.agent.runtime;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What this machine offers to keep tasks apart; found out once, at start, by trying.
///
/// @param pidNamespace whether a task gets process ids of its own, so that all of it ends together
/// @param root whether tasks can be run as other users
record Isolation(boolean pidNamespace, boolean root, Cgroups cgroups) {
    private static final String NONE = "none";

    static Isolation detect() {
        boolean root = Processes.run(List.of("id", "-u")).filter("0"::equals).isPresent();
        var trial = List.of("unshare", "--pid", "--fork", "--mount", "/bin/sh", "-c");
        var command = new ArrayList<>(trial);
        command.add("mount -t proc proc /proc");
        boolean namespaces =
                root
                        && Files.isDirectory(Path.of("/proc/self"))
                        && Processes.run(command).isPresent();
        return new Isolation(namespaces, root, Cgroups.detect());
    }

    /// Nothing at all: what an ordinary user has.
    static Isolation plain(boolean root) {
        return new Isolation(false, root, Cgroups.NONE);
    }

    /// As it is told in the agent's attributes.
    String attribute() {
        var parts = new ArrayList<String>();
        if (pidNamespace) {
            parts.add("pidns");
        }
        cgroups.limits().ifPresent(parts::add);
        if (cgroups.limits().isEmpty() && !cgroups.bases().isEmpty()) {
            parts.add("cgroup-kill");
        }
        return parts.isEmpty() ? NONE : String.join(",", parts);
    }

    String mode() {
        return pidNamespace ? "pidns" : "plain";
    }
}

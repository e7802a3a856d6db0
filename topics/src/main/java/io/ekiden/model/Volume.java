package io.ekiden.model;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Storage that an app's tasks see at a path of their container.
public sealed interface Volume {
    /// Absolute, or relative to the sandbox.
    String containerPath();

    /// A directory of the agent's machine.
    ///
    /// @param hostPath absolute, or relative to the sandbox
    record Host(String containerPath, String hostPath, Mode mode) implements Volume {}

    /// A directory that outlives the task: kept on the agent for the instance's next task.
    ///
    /// @param containerPath one name, in the sandbox
    /// @param size MiB
    /// @param disk which; absent: the agent's own (`root`)
    record Persistent(String containerPath, int size, Optional<Disk.Wanted> disk)
            implements Volume {}

    /// A file with the value of a secret.
    ///
    /// @param secret the name that the definition gives it
    record Secret(String containerPath, String secret) implements Volume {}

    /// A volume of a Docker volume driver (Marathon's `dvdi`), which outlives tasks, apps and
    /// machines, as far as its driver goes.
    ///
    /// @param name by which the driver knows it, the same in the whole cluster
    /// @param size GiB, for when the driver makes it
    /// @param options `dvdi/driver`, and others for when the driver makes it
    /// @param shared whether several tasks may have it at once; else one alone
    record External(
            String containerPath,
            Mode mode,
            String name,
            Optional<Integer> size,
            SortedMap<String, String> options,
            boolean shared)
            implements Volume {
        public static final String PROVIDER = "dvdi";
        public static final String DRIVER = "dvdi/driver";
        private static final String PREFIX = "dvdi/";

        public External {
            options = Sorted.copyOf(options);
        }

        public String driver() {
            return options.get(DRIVER);
        }

        /// What the driver is told when it makes the volume: the options of this provider without
        /// its prefix, and the size, which counts more than an option of that name.
        public SortedMap<String, String> driverOptions() {
            var told = new TreeMap<String, String>();
            options.forEach((key, value) -> {
                if (key.startsWith(PREFIX) && !key.equals(DRIVER)) {
                    told.put(key.substring(PREFIX.length()), value.strip());
                }
            });
            size.ifPresent(gib -> told.put("size", gib.toString()));
            return Sorted.copyOf(told);
        }
    }

    /// Whether tasks may write.
    enum Mode {
        RO,
        RW
    }
}

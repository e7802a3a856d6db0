package io.ekiden.json;

/// How large the parts of a definition may be. Marathon names few limits; these keep one definition
/// from harming the cluster.
final class Limits {
    static final int MAX_INSTANCES = 100_000;

    /// Of an absolute id: a task's id must still fit into a file name (255).
    static final int MAX_ID_LENGTH = 180;

    /// Entries of `env` and of each `labels`.
    static final int MAX_ENTRIES = 1_000;

    static final int MAX_ARGS = 1_000;
    static final int MAX_PORTS = 100;
    static final int MAX_PORT = 65_535;
    static final int MAX_HEALTH_CHECKS = 100;
    static final int MAX_ROLES = 100;
    static final int MAX_CONSTRAINTS = 100;
    static final int MAX_DEPENDENCIES = 1_000;
    static final int MAX_STATUS_CODES = 900;

    /// Characters of a regular expression.
    static final int MAX_REGEX = 256;

    static final int MAX_ARTIFACTS = 100;

    /// Characters of an artifact's URI (Marathon's).
    static final int MAX_URI = 1024;

    static final int MAX_NETWORKS = 100;
    static final int MAX_VOLUMES = 100;

    /// Any duration: 68 years, so that adding it to a time never overflows.
    static final int MAX_SECONDS = Integer.MAX_VALUE;

    /// Of cpus, and of mem and disk in MiB (a pebibyte): sums stay far from overflow.
    static final double MAX_RESOURCE = 1e9;

    /// Of a pod.
    static final int MAX_CONTAINERS = 100;

    /// Characters of a mount path (Marathon's).
    static final int MAX_MOUNT_PATH = 1024;

    /// MiB of `/dev/shm`.
    static final int MAX_SHM = 1 << 20;

    /// Parameters of a container.
    static final int MAX_PARAMETERS = 100;

    static final int MAX_GPUS = 1_000_000;
    static final double MIN_CPUS = 0.001;
    static final double MAX_BACKOFF_FACTOR = 1_000;

    static final int MAX_LAUNCH_FAILURES = 1_000_000;

    private Limits() {}
}

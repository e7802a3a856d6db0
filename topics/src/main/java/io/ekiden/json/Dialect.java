package io.ekiden.json;

/// What of Marathon's forms a reader of definitions knows. The planner refused what it did not know
/// yet, and when an entry of that time is decided again, it has to refuse the same in the same
/// words.
public enum Dialect {
    /// Of before networks had names and generic checks were carried out.
    WITHOUT_NETWORKS_AND_CHECKS,
    /// Of before there were external volumes, persistent ones on other disks than the agent's own,
    /// terminals of native tasks and of pods, and directories of the machine and mounts that cannot
    /// be written to without an image.
    WITHOUT_EXTERNAL_VOLUMES,
    LATEST;

    boolean hasChecks() {
        return compareTo(WITHOUT_EXTERNAL_VOLUMES) >= 0;
    }

    boolean namesNetworks() {
        return compareTo(WITHOUT_EXTERNAL_VOLUMES) >= 0;
    }

    boolean hasExternalVolumes() {
        return compareTo(LATEST) >= 0;
    }

    boolean hasDisks() {
        return compareTo(LATEST) >= 0;
    }

    boolean mountsNatively() {
        return compareTo(LATEST) >= 0;
    }

    boolean hasTerminals() {
        return compareTo(LATEST) >= 0;
    }
}

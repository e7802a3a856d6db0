package io.ekiden.planner.core;

import io.ekiden.json.Dialect;

/// The versions of what the planner decides. Each entry of the journal names the one that has
/// decided it, so that old entries can be decided again as they were: a change of what follows from
/// the same input is a new version here.
enum PlannerVersion {
    V0_1("0.1"),
    /// Pods have endpoints; what is taken back does not wait with its canaries.
    V0_2("0.2"),
    /// Networks have names and generic checks are carried out; until then they were refused.
    V0_3("0.3"),
    /// Containers have external volumes, persistent ones are on disks of their own, native tasks
    /// and pods have terminals; until then these were refused.
    V0_4("0.4");

    static final PlannerVersion LATEST = V0_4;

    private final String text;

    PlannerVersion(String text) {
        this.text = text;
    }

    boolean offersPods() {
        return compareTo(V0_2) >= 0;
    }

    boolean takesBackAtOnce() {
        return compareTo(V0_2) >= 0;
    }

    /// What it knows of definitions.
    Dialect dialect() {
        return switch (this) {
            case V0_1, V0_2 -> Dialect.WITHOUT_NETWORKS_AND_CHECKS;
            case V0_3 -> Dialect.WITHOUT_EXTERNAL_VOLUMES;
            case V0_4 -> Dialect.LATEST;
        };
    }

    /// As the journal has it.
    @Override
    public String toString() {
        return text;
    }
}

package io.ekiden.simulator;

/// What users of a run make use of besides plain apps, each with an even chance, so that each also
/// meets runs without the others.
public enum Feature {
    /// Groups of apps with dependencies.
    GROUPS,
    PODS,
    /// Constraints of placement.
    CONSTRAINTS,
    /// Readiness checks.
    READINESS,
    /// Deployments are paused, resumed, promoted and cancelled, and some have a time to get on in.
    ORDERS,
    /// Volumes of Docker volume drivers, alone and shared.
    EXTERNAL_VOLUMES
}

package io.ekiden.model;

/// What the planner wants of an instance.
public enum Goal {
    RUNNING,
    /// Not running now, to be launched again (its agent was shut down).
    HELD,
    /// Suspended: its volumes wait until the app is scaled up again.
    STOPPED,
    DECOMMISSIONED
}

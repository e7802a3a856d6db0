package io.ekiden.model;

/// What the planner wants of an instance.
public enum Goal {
    RUNNING,
    /// Not running now, to be launched again (its agent was shut down).
    STOPPED,
    DECOMMISSIONED
}

package io.ekiden.model;

/// Why a task is killed. Every kill of a healthy task names one.
public enum KillCause {
    USER,
    SCALE_DOWN,
    UPDATE,
    DELETE,
    UNHEALTHY,
    EXPUNGE,
    ORPHAN,
    SHUTDOWN,
    LAUNCH_TIMEOUT,
    /// Its agent is being emptied, and what replaces it is ready.
    DRAIN
}

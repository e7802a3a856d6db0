package io.ekiden.model;

/// Which of two otherwise equal instances goes first when an app shrinks.
public enum KillSelection {
    YOUNGEST_FIRST,
    OLDEST_FIRST
}

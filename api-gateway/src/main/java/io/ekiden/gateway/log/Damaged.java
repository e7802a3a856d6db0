package io.ekiden.gateway.log;

/// The log cannot be followed: state and head differ, an entry is missing or unreadable. What was
/// replayed so far must not be served as the present.
public final class Damaged extends Exception {
    private static final long serialVersionUID = 1;

    Damaged(String message) {
        super(message);
    }
}

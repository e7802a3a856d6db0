package io.ekiden.planner.stream;

/// What was restored is not the state that the planner left: it does not start on it. Waiting or
/// trying again does not help; an operator has to look.
final class StateRefused extends RuntimeException {
    private static final long serialVersionUID = 1;

    StateRefused(String message) {
        super(message);
    }
}

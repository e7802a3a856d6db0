package io.ekiden.simulator.check;

/// Thrown by a checker at the moment at which its promise is seen not to hold; ends the run.
public final class Broken extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String invariant;
    private final String promise;

    Broken(Checker checker, String detail) {
        super(detail, null, false, false);
        this.invariant = checker.id();
        this.promise = checker.promise();
    }

    public String invariant() {
        return invariant;
    }

    public String promise() {
        return promise;
    }
}

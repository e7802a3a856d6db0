package io.ekiden.simulator.mutants;

/// A mutant does not fit the sources any more: it has to be brought in line with them.
public final class MutantRotten extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MutantRotten(String name, String why) {
        super("mutant %s: %s".formatted(name, why));
    }
}

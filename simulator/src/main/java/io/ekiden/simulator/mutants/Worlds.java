package io.ekiden.simulator.mutants;

import io.ekiden.simulator.probe.Probe;
import io.ekiden.simulator.probe.SimulationProbe;
import java.util.Map;

/// Makes worlds in which all of Ekiden's code is loaded anew, with or without a mutant in it.
public final class Worlds {
    private final MutantCompiler compiler;

    public Worlds(Checkout checkout) {
        this.compiler = new MutantCompiler(checkout);
    }

    public Probe of(Mutant mutant) {
        return probe(compiler.compile(mutant));
    }

    /// The code as it is, in the same way as a mutant.
    public Probe unmutated() {
        return probe(Map.of());
    }

    private static Probe probe(Map<String, byte[]> replaced) {
        return new MutantLoader(replaced).probe(SimulationProbe.class.getName());
    }
}

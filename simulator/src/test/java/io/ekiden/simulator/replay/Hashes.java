package io.ekiden.simulator.replay;

import io.ekiden.simulator.Simulation;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/// Prints the hash of each seed's trace: what is compared between JVMs.
final class Hashes {
    static final int SEEDS = 50;

    private Hashes() {}

    public static void main(String[] args) {
        System.out.println(all());
    }

    static String all() {
        return LongStream.rangeClosed(1, SEEDS)
                .mapToObj(seed -> seed + "=" + Simulation.run(seed).traceHash())
                .collect(Collectors.joining(" "));
    }
}

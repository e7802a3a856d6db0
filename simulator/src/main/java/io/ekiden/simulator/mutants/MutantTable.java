package io.ekiden.simulator.mutants;

import io.ekiden.simulator.probe.Seen;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Hunts every mutant and prints which invariant found it, and how soon.
public final class MutantTable {
    /// Most seeds for one mutant: a checker that needs more does not bite.
    public static final long LIMIT = 5_000;

    /// Seeds in which the code as it is must show nothing.
    private static final long SOUND = 100;

    private static final String ROW = "%-34s %-40s %6s %7s%n";

    private final Worlds worlds;
    private final List<Mutant> mutants;
    private final long limit;
    private final PrintWriter out;

    /// @param limit most seeds for one mutant
    public MutantTable(Checkout checkout, List<Mutant> mutants, long limit, PrintWriter out) {
        this.worlds = new Worlds(checkout);
        this.mutants = List.copyOf(mutants);
        this.limit = limit;
        this.out = out;
    }

    /// Whether every mutant was found, and nothing in the code as it is.
    ///
    /// @param threads that hunt at the same time
    public boolean print(int threads) throws InterruptedException {
        var sound = Hunt.in(worlds.unmutated(), SOUND);
        sound.broken()
                .ifPresent(broken ->
                        out.printf(
                                "without a mutant: %s %s%n", broken.invariant(), broken.detail()));
        out.printf(ROW, "mutant", "found by", "seeds", "ms");
        var hunts = new ArrayList<Hunt>();
        try (var hunters = Executors.newFixedThreadPool(threads)) {
            List<Callable<Hunt>> all = new ArrayList<>();
            mutants.forEach(mutant -> all.add(() -> Hunt.in(worlds.of(mutant), limit)));
            var running = all.stream().map(hunters::submit).toList();
            for (int i = 0; i < mutants.size(); i++) {
                hunts.add(row(mutants.get(i), running.get(i)));
            }
        }
        return summary(hunts) && !sound.found();
    }

    private Hunt row(Mutant mutant, Future<Hunt> running) throws InterruptedException {
        try {
            var hunt = running.get();
            var by = hunt.broken().map(Seen.Broken::invariant).orElse("NOT FOUND");
            out.printf(ROW, mutant.name(), by, hunt.seeds(), hunt.millis());
            out.flush();
            return hunt;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause().getMessage(), e.getCause());
        }
    }

    private boolean summary(List<Hunt> hunts) {
        long found = hunts.stream().filter(Hunt::found).count();
        out.printf(
                "mutants %d found %d median seeds %d%n",
                hunts.size(),
                found,
                hunts.stream()
                        .map(Hunt::seeds)
                        .sorted()
                        .skip(hunts.size() / 2)
                        .findFirst()
                        .orElse(0L));
        return found == hunts.size();
    }
}

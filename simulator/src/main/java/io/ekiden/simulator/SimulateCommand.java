package io.ekiden.simulator;

import io.ekiden.simulator.mutants.Checkout;
import io.ekiden.simulator.mutants.MutantTable;
import io.ekiden.simulator.probe.SimulationProbe;
import io.ekiden.simulator.replay.ReplayedRuns;
import io.ekiden.simulator.shrink.Regressions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `ekiden simulate`: runs seeds and says what came of them. Exit codes: 0 no violation, 1 some, 2
/// usage.
@Command(
        name = "ekiden simulate",
        description = "Runs the real planner, agents and API in simulated worlds full of faults.",
        mixinStandardHelpOptions = true)
final class SimulateCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(names = "--seeds", paramLabel = "N", description = "how many worlds (100)")
    private long seeds = 100;

    @Option(names = "--from", paramLabel = "SEED", description = "the first seed (1)")
    private long from = 1;

    @Option(names = "--seed", paramLabel = "S", description = "this one alone")
    private Long seed;

    @Option(names = "--trace", description = "with --seed: every event, one a line")
    private boolean trace;

    @Option(names = "--threads", paramLabel = "N", description = "all processors by default")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--coverage", description = "how often what was met")
    private boolean coverage;

    @Option(names = "--shrink", description = "with --seed: make a failing run small and keep it")
    private boolean shrink;

    @Option(names = "--mutants", description = "plant bugs and see that each is found")
    private boolean mutants;

    @Option(names = "--mutant", paramLabel = "NAME", description = "with --mutants: these alone")
    private List<String> mutant = List.of();

    @Option(
            names = "--replay",
            paramLabel = "N",
            description = "decide the journals of N runs again, here and in another JVM")
    private long replay;

    @Option(
            names = "--sources",
            paramLabel = "DIR",
            description =
                    "the checkout, for mutants and regressions (around the working directory)")
    private Path sources = Path.of("");

    @Override
    public Integer call() throws InterruptedException, IOException {
        var out = spec.commandLine().getOut();
        if (mutants) {
            return mutants(out) ? 0 : 1;
        }
        if (replay > 0) {
            boolean same = ReplayedRuns.print(from, replay, out);
            out.flush();
            return same ? 0 : 1;
        }
        var single = seed == null ? OptionalLong.empty() : OptionalLong.of(seed);
        var report = new Report(out);
        if (single.isPresent()) {
            report.take(
                    Simulation.run(
                            single.getAsLong(),
                            Cores.real(),
                            trace ? Optional.of(out::println) : Optional.empty()));
        } else {
            new Batch(from, seeds, threads).run(report::take);
        }
        report.close(coverage);
        if (shrink && single.isPresent() && report.violations() > 0) {
            var probe = new SimulationProbe();
            var failing = probe.run(single.getAsLong());
            Regressions.keep(checkout().root(), probe, single.getAsLong(), failing, out);
        }
        out.flush();
        return report.violations() == 0 ? 0 : 1;
    }

    private boolean mutants(PrintWriter out) throws InterruptedException {
        var chosen =
                checkout().mutants().stream()
                        .filter(one -> mutant.isEmpty() || mutant.contains(one.name()))
                        .toList();
        boolean found = new MutantTable(checkout(), chosen, MutantTable.LIMIT, out).print(threads);
        out.flush();
        return found;
    }

    private Checkout checkout() {
        return Checkout.around(sources)
                .orElseThrow(() ->
                        new ParameterException(
                                spec.commandLine(),
                                "there is no checkout of Ekiden around "
                                        + sources.toAbsolutePath()));
    }
}

package io.ekiden.simulator;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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

    @Override
    public Integer call() throws InterruptedException {
        var out = spec.commandLine().getOut();
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
        out.flush();
        return report.violations() == 0 ? 0 : 1;
    }
}

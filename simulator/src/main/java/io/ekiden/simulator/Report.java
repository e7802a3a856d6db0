package io.ekiden.simulator;

import java.io.PrintWriter;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Prints violations as they come, and one closing line over all runs.
final class Report {
    private static final int SHOWN = 5;

    private final PrintWriter out;
    private final TreeMap<String, Long> faults = new TreeMap<>();
    private final TreeMap<String, Long> broken = new TreeMap<>();
    private final Coverage coverage = new Coverage();
    private final long began = System.nanoTime();
    private long seeds;
    private long events;
    private long virtualMicros;
    private long violations;

    Report(PrintWriter out) {
        this.out = out;
    }

    void take(Outcome outcome) {
        seeds++;
        events += outcome.events();
        virtualMicros += outcome.virtualMicros();
        outcome.faults().forEach((fault, times) -> faults.merge(fault, times, Long::sum));
        coverage.add(outcome.coverage());
        outcome.violation().ifPresent(violation -> violated(outcome, violation));
    }

    private void violated(Outcome outcome, Violation violation) {
        violations++;
        long same = broken.merge(violation.invariant(), 1L, Long::sum);
        if (same > SHOWN) {
            return;
        }
        out.printf("violation seed=%d invariant=%s%n", outcome.seed(), violation.invariant());
        out.printf("  options: %s%n", outcome.options());
        out.printf("  promise: %s%n", violation.promise());
        out.printf(
                "  seen at %d.%06d: %s%n",
                violation.atMicros() / Timeline.SECOND,
                violation.atMicros() % Timeline.SECOND,
                violation.detail());
        if (same == 1) {
            violation.lastEvents().forEach(line -> out.printf("    %s%n", line));
        }
        out.flush();
    }

    long violations() {
        return violations;
    }

    void close(boolean withCoverage) {
        if (withCoverage) {
            matrix();
        }
        double took = (System.nanoTime() - began) / 1e9;
        out.printf(
                "seeds=%d events=%d virtual-hours=%.1f seconds=%.1f seeds/s=%.1f violations=%d%s%n",
                seeds,
                events,
                virtualMicros / (3600.0 * Timeline.SECOND),
                took,
                seeds / took,
                violations,
                broken.isEmpty() ? "" : " " + joined(broken));
        out.printf("faults: %s%n", joined(faults));
    }

    /// A line for each row of what was met: state of deployments by input, and the facts.
    private void matrix() {
        var rows = new TreeMap<String, TreeMap<String, Long>>();
        coverage.cells()
                .forEach((cell, times) -> {
                    int bar = cell.indexOf('|');
                    rows.computeIfAbsent(cell.substring(0, bar), _ -> new TreeMap<>())
                            .put(cell.substring(bar + 1), times);
                });
        rows.forEach((row, columns) -> out.printf("met %s: %s%n", row, joined(columns)));
    }

    private static String joined(Map<String, Long> counts) {
        return counts.entrySet().stream()
                .map(e -> e.getKey() + "=" + e.getValue())
                .collect(Collectors.joining(" "));
    }
}

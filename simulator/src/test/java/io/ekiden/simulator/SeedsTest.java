package io.ekiden.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.log.Change;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// No seed breaks a promise: those that everybody has run before, and some that nobody has, which
/// follow from the commit. `-Dsimulator.seeds=N` says how many of each, `-Dsimulator.commit=HASH`
/// which new ones.
final class SeedsTest {
    private static final int SEEDS = Integer.getInteger("simulator.seeds", 1500);
    private static final String COMMIT = System.getProperty("simulator.commit", "");
    private static final int THREADS = 2;

    @Test
    void fixedSeedsKeepEveryPromise() throws InterruptedException {
        keepEveryPromise(1);
    }

    @Test
    void newSeedsKeepEveryPromise() throws InterruptedException {
        keepEveryPromise(fromCommit());
    }

    /// Far from the fixed ones, so that no seed is both.
    private static long fromCommit() {
        long from = 1_000_000_007L;
        for (int i = 0; i < COMMIT.length(); i++) {
            from = from * 31 + COMMIT.charAt(i);
        }
        return (from & 0xffff_ffffL) + 1_000_000;
    }

    private static void keepEveryPromise(long from) throws InterruptedException {
        var broken = new ArrayList<String>();
        var faults = new TreeMap<String, Long>();
        var coverage = new Coverage();
        Consumer<Outcome> note =
                outcome -> {
                    outcome.violation()
                            .ifPresent(violation -> broken.add(said(outcome, violation)));
                    outcome.faults()
                            .forEach((fault, times) -> faults.merge(fault, times, Long::sum));
                    coverage.add(outcome.coverage());
                };
        new Batch(from, SEEDS, THREADS).run(note);
        assertThat(broken).isEmpty();
        assertThat(faults.keySet())
                .as("every kind of fault has happened")
                .containsAll(List.of(Fault.values()).stream().map(Fault::name).toList());
        assertThat(coverage.cells().keySet().stream().map(cell -> cell.split("\\|", 2)[1]))
                .as("every kind of change was decided")
                .containsAll(changes());
    }

    /// Without the one that is refused for now, and subscriptions, which have to do with nothing
    /// that runs.
    private static final Set<Class<?>> NOT_MADE =
            Set.of(Change.EnforceRole.class, Change.Subscribe.class, Change.Unsubscribe.class);

    private static List<String> changes() {
        return Arrays.stream(Change.class.getPermittedSubclasses())
                .filter(kind -> !NOT_MADE.contains(kind))
                .map(Class::getSimpleName)
                .toList();
    }

    private static String said(Outcome outcome, Violation violation) {
        return "./ekiden simulate --trace --seed %d: %s: %s"
                .formatted(outcome.seed(), violation.invariant(), violation.detail());
    }
}

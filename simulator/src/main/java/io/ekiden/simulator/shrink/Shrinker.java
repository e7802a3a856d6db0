package io.ekiden.simulator.shrink;

import io.ekiden.simulator.probe.Probe;
import io.ekiden.simulator.probe.Seen;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;

/// Delta debugging on a failing run's choices: kinds of faults are turned off, users' operations
/// and single faults left out, members and delays reduced, as long as the same invariant fails.
/// Repeated until nothing more can be left out or the time is up.
public final class Shrinker {
    private static final String OPTIONS = "options.";

    /// Of an operation: calm means that it is not done.
    private static final String DONE = ".done";

    /// A run with fewer parts may be longer, but so much longer is not looked at: most runs that do
    /// not fail end here, not after their minutes of rest.
    private static final int LONGER = 2;

    private final Probe probe;
    private final String invariant;
    private final long deadline;
    private Seen best;
    private Size size;
    private long runs;

    private Shrinker(Probe probe, Seen failing, Duration patience) {
        this.probe = probe;
        this.invariant = failing.broken().orElseThrow().invariant();
        this.deadline = System.nanoTime() + patience.toNanos();
        this.best = failing;
        this.size = Size.of(failing);
    }

    /// @param seen the smallest run found in which the same invariant fails
    /// @param runs tried for it
    public record Shrunk(Seen seen, long runs) {}

    /// @param failing a run with a violation
    /// @param patience after which the best so far has to do
    public static Shrunk shrink(Probe probe, Seen failing, Duration patience) {
        var shrinker = new Shrinker(probe, failing, patience);
        boolean better = true;
        while (better && shrinker.timeLeft()) {
            better = shrinker.pass();
        }
        return new Shrunk(shrinker.best, shrinker.runs);
    }

    private boolean pass() {
        var before = size;
        dropParts();
        calmLabels();
        dropParts();
        for (var label : labels()) {
            chunks(label, Edits::calmed);
        }
        for (var label : labels()) {
            chunks(label, Edits::cut);
            lower(label);
        }
        return size.compareTo(before) < 0;
    }

    /// What makes a run big comes first: kinds of faults, operations, members.
    private void dropParts() {
        var before = size;
        do {
            before = size;
            for (var label : labels().stream().filter(Shrinker::isOption).toList()) {
                chunks(label, Edits::calmed);
            }
            groups(labels().stream().filter(label -> label.endsWith(DONE)).toList());
            for (var label : labels().stream().filter(Shrinker::isOption).toList()) {
                lower(label);
            }
        } while (size.parts() < before.parts() && timeLeft());
    }

    private static boolean isOption(String label) {
        return label.startsWith(OPTIONS);
    }

    private void calmLabels() {
        groups(labels().stream().filter(label -> !isOption(label)).toList());
    }

    /// Whole labels made calm: all at once, then half of them, then smaller and smaller groups.
    private void groups(List<String> labels) {
        for (int step = labels.size(); step >= 1; step /= 2) {
            for (int from = 0; from < labels.size(); from += step) {
                var group = labels.subList(from, Math.min(labels.size(), from + step));
                accepts(Edits.without(best.choices(), group));
            }
        }
    }

    /// Makes a simpler list by doing something to a range of a label's choices.
    private interface Edit {
        SortedMap<String, int[]> apply(
                SortedMap<String, int[]> choices, String label, int from, int to);
    }

    private void chunks(String label, Edit edit) {
        for (int step = length(label); step >= 1; step /= 2) {
            int from = 0;
            while (from < length(label)) {
                boolean better = accepts(edit.apply(best.choices(), label, from, from + step));
                from += better ? 0 : step;
            }
        }
    }

    /// Every choice that is not calm yet: as low as it can be.
    private void lower(String label) {
        for (int at = 0; at < length(label); at++) {
            int least = 0;
            while (at < length(label) && least < value(label, at)) {
                int middle = least + (value(label, at) - least) / 2;
                if (!accepts(Edits.changed(best.choices(), label, at, middle))) {
                    least = middle + 1;
                }
            }
        }
    }

    private boolean accepts(SortedMap<String, int[]> choices) {
        if (!timeLeft() || same(choices, best.choices())) {
            return false;
        }
        runs++;
        var seen = probe.replay(choices, LONGER * best.events());
        var now = Size.of(seen);
        boolean better = seen.breaks(invariant) && now.compareTo(size) < 0;
        if (better) {
            best = seen;
            size = now;
        }
        return better;
    }

    private static boolean same(SortedMap<String, int[]> one, SortedMap<String, int[]> other) {
        return one.keySet().equals(other.keySet())
                && one.keySet().stream().allMatch(l -> Arrays.equals(one.get(l), other.get(l)));
    }

    private boolean timeLeft() {
        return System.nanoTime() < deadline;
    }

    private List<String> labels() {
        return List.copyOf(best.choices().keySet());
    }

    private int length(String label) {
        var choices = best.choices().get(label);
        return choices == null ? 0 : choices.length;
    }

    private int value(String label, int at) {
        return best.choices().get(label)[at];
    }
}

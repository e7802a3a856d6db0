package io.ekiden.simulator.shrink;

import io.ekiden.simulator.probe.Probe;
import io.ekiden.simulator.probe.Seen;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;

/// Delta debugging on a failing run's choices: kinds of faults are turned off, users' operations and
/// single faults left out, members and delays reduced, as long as the same invariant fails in a run
/// that is not longer. Repeated until nothing more can be left out or the time is up.
public final class Shrinker {
    private static final String OPTIONS = "options.";

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
        calmOptions();
        calmLabels();
        for (var label : labels()) {
            chunks(label, Edits::calmed);
        }
        for (var label : labels()) {
            if (!label.startsWith(OPTIONS)) {
                chunks(label, Edits::cut);
            }
        }
        for (var label : labels()) {
            lower(label);
        }
        return size.compareTo(before) < 0;
    }

    /// The fewer kinds of faults, members and operations, the shorter are all later tries.
    private void calmOptions() {
        for (var label : labels()) {
            if (label.startsWith(OPTIONS)) {
                chunks(label, Edits::calmed);
                lower(label);
            }
        }
    }

    /// Whole labels made calm: half of them at once, then smaller and smaller groups.
    private void calmLabels() {
        var labels = labels().stream().filter(label -> !label.startsWith(OPTIONS)).toList();
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
        if (!timeLeft()) {
            return false;
        }
        runs++;
        var seen = probe.replay(choices);
        var now = Size.of(seen);
        boolean better = seen.breaks(invariant) && now.compareTo(size) < 0;
        if (better) {
            best = seen;
            size = now;
        }
        return better;
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

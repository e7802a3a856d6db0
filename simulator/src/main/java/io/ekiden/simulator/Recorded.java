package io.ekiden.simulator;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// The choices of a run, for each label in their order: enough to repeat it, and to repeat it with
/// some of them changed.
public record Recorded(SortedMap<String, int[]> byLabel) {
    static final Recorded NONE = new Recorded(Collections.emptySortedMap());

    public Recorded {
        var copy = new TreeMap<String, int[]>();
        byLabel.forEach((label, choices) -> copy.put(label, choices.clone()));
        byLabel = Collections.unmodifiableSortedMap(copy);
    }

    public long size() {
        return byLabel.values().stream().mapToLong(choices -> choices.length).sum();
    }

    /// These choices again. Past the end of a label everything is calm (0); a choice that is not
    /// possible any more becomes the greatest that is.
    public Choices replay() {
        return new Replayed(this);
    }

    private static final class Replayed implements Choices {
        private final Recorded recorded;
        private final Map<String, int[]> positions = new HashMap<>();

        Replayed(Recorded recorded) {
            this.recorded = recorded;
        }

        @Override
        public int choose(String label, int bound) {
            var choices = recorded.byLabel.get(label);
            if (choices == null) {
                return 0;
            }
            var position = positions.computeIfAbsent(label, _ -> new int[1]);
            return position[0] < choices.length
                    ? Math.clamp(choices[position[0]++], 0, bound - 1)
                    : 0;
        }
    }
}

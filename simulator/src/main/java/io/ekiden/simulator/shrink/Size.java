package io.ekiden.simulator.shrink;

import io.ekiden.simulator.probe.Seen;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.IntStream;

/// How much a person has to understand of a run.
///
/// @param parts members, kinds of faults, faults that struck, operations that were done
/// @param unrest how many choices are not calm
/// @param sum of all choices
record Size(long parts, long events, long unrest, long sum) implements Comparable<Size> {
    private static final Comparator<Size> ORDER =
            Comparator.comparingLong(Size::parts)
                    .thenComparingLong(Size::events)
                    .thenComparingLong(Size::unrest)
                    .thenComparingLong(Size::sum);

    /// Options that count nothing which is part of a run.
    private static final Set<String> MEASURES =
            Set.of("options.seconds", "options.operations", "options.opportunity");

    static Size of(Seen seen) {
        return new Size(
                seen.choices().entrySet().stream()
                        .mapToLong(label -> partsOf(label.getKey(), label.getValue()))
                        .sum(),
                seen.events(),
                all(seen).filter(choice -> choice != 0).count(),
                all(seen).asLongStream().sum());
    }

    private static long partsOf(String label, int[] choices) {
        if (label.endsWith(".done") || label.endsWith(".strikes")) {
            return Arrays.stream(choices).filter(choice -> choice != 0).count();
        }
        return label.startsWith("options.") && !MEASURES.contains(label)
                ? Arrays.stream(choices).asLongStream().sum()
                : 0;
    }

    private static IntStream all(Seen seen) {
        return seen.choices().values().stream().flatMapToInt(Arrays::stream);
    }

    @Override
    public int compareTo(Size other) {
        return ORDER.compare(this, other);
    }
}

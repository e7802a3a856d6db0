package io.ekiden.simulator.shrink;

import io.ekiden.simulator.probe.Seen;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/// How much a person has to read of a run.
///
/// @param unrest how many choices are not calm
/// @param sum of all choices
record Size(long events, long unrest, long sum) implements Comparable<Size> {
    private static final Comparator<Size> ORDER =
            Comparator.comparingLong(Size::events)
                    .thenComparingLong(Size::unrest)
                    .thenComparingLong(Size::sum);

    static Size of(Seen seen) {
        return new Size(
                seen.events(),
                all(seen).filter(choice -> choice != 0).count(),
                all(seen).asLongStream().sum());
    }

    private static IntStream all(Seen seen) {
        return seen.choices().values().stream().flatMapToInt(Arrays::stream);
    }

    @Override
    public int compareTo(Size other) {
        return ORDER.compare(this, other);
    }
}

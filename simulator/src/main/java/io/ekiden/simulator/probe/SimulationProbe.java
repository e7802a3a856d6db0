package io.ekiden.simulator.probe;

import io.ekiden.simulator.Choices;
import io.ekiden.simulator.Cores;
import io.ekiden.simulator.Options;
import io.ekiden.simulator.Recorded;
import io.ekiden.simulator.SeededChoices;
import io.ekiden.simulator.Simulation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/// The simulator itself.
public final class SimulationProbe implements Probe {
    /// Several times what any seed takes. It is the same for every list of choices: calm ones at a
    /// list's end need not be written down, so its length says nothing.
    private static final long MOST_CHOICES = 400_000;

    @Override
    public Seen run(long seed) {
        var choices = new SeededChoices(seed);
        return run(choices, Long.MAX_VALUE, () -> choices.recorded().byLabel());
    }

    @Override
    public Seen replay(SortedMap<String, int[]> choices, long mostEvents) {
        var taken = new Taken(new Recorded(choices).replay());
        try {
            return run(taken, mostEvents, taken::byLabel);
        } catch (Endless e) {
            return new Seen(Optional.empty(), "", Long.MAX_VALUE, taken.byLabel());
        }
    }

    /// A run in which nothing takes any time may never end.
    private static final class Endless extends Error {
        private static final long serialVersionUID = 1L;

        Endless() {
            super("too many choices or events", null, false, false);
        }
    }

    private static Seen run(Choices choices, long mostEvents, Taking taking) {
        var left = new long[] {mostEvents};
        Consumer<String> counter =
                _ -> {
                    if (--left[0] < 0) {
                        throw new Endless();
                    }
                };
        var outcome =
                Simulation.run(Options.draw(choices), choices, Cores.real(), Optional.of(counter));
        return new Seen(
                outcome.violation()
                        .map(violation ->
                                new Seen.Broken(
                                        violation.invariant(),
                                        violation.detail(),
                                        String.join("\n", violation.lastEvents()))),
                outcome.options().toString(),
                outcome.events(),
                taking.byLabel());
    }

    private interface Taking {
        SortedMap<String, int[]> byLabel();
    }

    /// Notes which choices a run really takes.
    private static final class Taken implements Choices {
        private final Choices choices;
        private final Map<String, List<Integer>> taken = new TreeMap<>();

        private long left = MOST_CHOICES;

        Taken(Choices choices) {
            this.choices = choices;
        }

        @Override
        public int choose(String label, int bound) {
            if (--left < 0) {
                throw new Endless();
            }
            int choice = choices.choose(label, bound);
            taken.computeIfAbsent(label, _ -> new ArrayList<>()).add(choice);
            return choice;
        }

        SortedMap<String, int[]> byLabel() {
            var all = new TreeMap<String, int[]>();
            taken.forEach((label, list) ->
                    all.put(label, list.stream().mapToInt(Integer::intValue).toArray()));
            return all;
        }
    }
}

package io.ekiden.simulator.shrink;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.simulator.probe.Probe;
import io.ekiden.simulator.probe.Seen;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// On a world small enough to know the smallest failing run.
final class ShrinkerTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /// Fails when the fault is on, some delay is at least 40 and two operations of kind 3 follow
    /// one another; every operation and every unit of noise is an event.
    private static final class World implements Probe {
        @Override
        public Seen run(long seed) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Seen replay(SortedMap<String, int[]> choices, long mostEvents) {
            var operations = of(choices, "operation");
            boolean twice = false;
            for (int i = 1; i < operations.length; i++) {
                twice |= operations[i - 1] == 3 && operations[i] == 3;
            }
            var faults = of(choices, "options.fault");
            boolean fault = faults.length > 2 && faults[2] == 1;
            boolean late = Arrays.stream(of(choices, "delay")).anyMatch(d -> d >= 40);
            var broken =
                    twice && fault && late
                            ? Optional.of(new Seen.Broken("1-once", "twice", ""))
                            : Optional.<Seen.Broken>empty();
            long noise = Arrays.stream(of(choices, "noise")).sum();
            return new Seen(broken, "", operations.length + noise, choices);
        }

        private static int[] of(SortedMap<String, int[]> choices, String label) {
            return choices.getOrDefault(label, new int[0]);
        }
    }

    @Test
    void leavesOnlyWhatTheFailureNeeds() {
        var choices = new TreeMap<String, int[]>();
        choices.put("options.fault", new int[] {1, 1, 1, 0, 1});
        choices.put("operation", new int[] {1, 2, 3, 1, 3, 3, 2, 1, 1, 2, 2, 1});
        choices.put("delay", new int[] {7, 100, 3, 90, 12});
        choices.put("noise", new int[] {4, 5, 6, 7});
        var world = new World();

        var shrunk = Shrinker.shrink(world, world.replay(choices), PATIENCE).seen();

        assertThat(shrunk.breaks("1-once")).isTrue();
        assertThat(shrunk.events()).isEqualTo(2);
        assertThat(shrunk.choices().get("options.fault")).containsExactly(0, 0, 1, 0, 0);
        assertThat(shrunk.choices().get("operation")).containsExactly(3, 3);
        assertThat(shrunk.choices().get("delay")).contains(40).doesNotContain(7, 100, 90);
    }

    @Test
    void keepsToTheSameInvariant() {
        var choices = new TreeMap<String, int[]>();
        choices.put("n", new int[] {8});
        Probe world =
                new Probe() {
                    @Override
                    public Seen run(long seed) {
                        throw new UnsupportedOperationException();
                    }

                    @Override
                    public Seen replay(SortedMap<String, int[]> choices, long mostEvents) {
                        int n = World.of(choices, "n").length == 0 ? 0 : choices.get("n")[0];
                        var invariant = n >= 4 ? "1-once" : "2-other";
                        return new Seen(
                                Optional.of(new Seen.Broken(invariant, "", "")), "", 1, choices);
                    }
                };

        var shrunk = Shrinker.shrink(world, world.replay(choices), PATIENCE).seen();

        assertThat(shrunk.breaks("1-once")).isTrue();
        assertThat(shrunk.choices().get("n")).containsExactly(4);
    }
}

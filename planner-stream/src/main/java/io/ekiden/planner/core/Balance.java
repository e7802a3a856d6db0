package io.ekiden.planner.core;

import io.ekiden.model.Constraint.Operator;
import io.ekiden.state.Rule;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;

/// What a constraint that counts other instances admits at this moment (Marathon's `Constraints`).
sealed interface Balance {
    boolean admits(String value);

    /// To be asked each time an instance was placed where this admits it: whether it must be made
    /// anew. The counts that it was made of have changed with it.
    boolean outdated();

    /// @param counts of each value of the rule's field, how many instances are there; never 0
    /// @param instances how many are wanted
    /// @param seen the values that there are among the agents that could ever be taken
    static Balance of(
            Rule rule, SortedMap<String, Integer> counts, int instances, Collection<String> seen) {
        return switch (rule.operator()) {
            case UNIQUE -> new AtMost(1, counts);
            case MAX_PER -> new AtMost(rule.number(), counts);
            case CLUSTER -> new Only(most(counts));
            case GROUP_BY ->
                    rule.number() == 0
                            ? new Smallest(counts, seen)
                            : Groups.of(rule.number(), counts, instances);
            case LIKE, UNLIKE, IS ->
                    throw new IllegalArgumentException(rule.operator() + " counts nothing");
        };
    }

    /// The same for an instance that can only run where its volumes are. Those of one app may be
    /// apart already, and nothing can bring them together: each goes where any other is, for
    /// refused by the most common value it would wait for ever.
    static Balance ofKept(
            Rule rule, SortedMap<String, Integer> counts, int instances, Collection<String> seen) {
        return rule.operator() == Operator.CLUSTER
                ? new Only(new TreeSet<>(counts.keySet()))
                : of(rule, counts, instances, seen);
    }

    /// So many instances for each value.
    record AtMost(int most, SortedMap<String, Integer> counts) implements Balance {
        @Override
        public boolean admits(String value) {
            return counts.getOrDefault(value, 0) < most;
        }

        @Override
        public boolean outdated() {
            return false;
        }
    }

    /// Only where the others are; anywhere for the first.
    record Only(Set<String> values) implements Balance {
        @Override
        public boolean admits(String value) {
            return values.isEmpty() || values.contains(value);
        }

        @Override
        public boolean outdated() {
            return values.isEmpty();
        }
    }

    /// The value of the first one placed. All have the same, unless agents have been renamed since:
    /// then the most common one counts.
    private static Set<String> most(SortedMap<String, Integer> counts) {
        Map.Entry<String, Integer> most = null;
        for (var entry : counts.entrySet()) {
            most = most == null || entry.getValue() > most.getValue() ? entry : most;
        }
        return most == null ? Set.of() : Set.of(most.getKey());
    }

    /// GROUP_BY without a number: the values with the fewest instances are next.
    final class Smallest implements Balance {
        private final SortedMap<String, Integer> counts;
        private final int smallest;
        private long left;

        Smallest(SortedMap<String, Integer> counts, Collection<String> seen) {
            this.counts = counts;
            smallest = smallest(counts, seen);
            left = seen.stream().filter(this::admits).count();
        }

        @Override
        public boolean admits(String value) {
            return counts.getOrDefault(value, 0) <= smallest;
        }

        @Override
        public boolean outdated() {
            return --left == 0;
        }
    }

    private static int smallest(SortedMap<String, Integer> counts, Collection<String> seen) {
        // More values than have instances: some have none.
        if (seen.size() > counts.size()) {
            return 0;
        }
        int smallest = Integer.MAX_VALUE;
        for (var value : seen) {
            smallest = Math.min(smallest, counts.getOrDefault(value, 0));
        }
        return smallest;
    }

    /// GROUP_BY with a number of groups: each holds `base` instances, and `extra` of them one more.
    record Groups(int groups, int base, int extra, SortedMap<String, Integer> counts)
            implements Balance {
        static Groups of(int groups, SortedMap<String, Integer> counts, int instances) {
            int base = instances / groups;
            int fuller = (int) counts.values().stream().filter(count -> count > base).count();
            return new Groups(groups, base, instances % groups - fuller, counts);
        }

        @Override
        public boolean admits(String value) {
            int count = counts.getOrDefault(value, 0);
            if (count == 0) {
                return counts.size() < groups;
            }
            return count < base || (count == base && extra > 0);
        }

        @Override
        public boolean outdated() {
            return true;
        }
    }
}

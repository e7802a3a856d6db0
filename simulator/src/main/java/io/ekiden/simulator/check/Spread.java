package io.ekiden.simulator.check;

import io.ekiden.model.Agent;
import io.ekiden.model.Constraint;
import io.ekiden.model.Constraint.Operator;
import io.ekiden.model.Instance;
import io.ekiden.model.RunSpec;
import io.ekiden.state.ClusterImage;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// What Marathon's documentation says of constraints, judged naively: every instance is looked at,
/// nothing is remembered.
final class Spread {
    private final RunSpec spec;
    private final Collection<Instance> others;
    private final ClusterImage image;

    /// @param others the instances of the run spec beside the one that is judged, of whatever
    ///   configuration, wherever they are
    Spread(ClusterImage image, RunSpec spec, Collection<Instance> others) {
        this.image = image;
        this.spec = spec;
        this.others = List.copyOf(others);
    }

    /// The first constraint that an instance on this agent breaks.
    Optional<Constraint> broken(Agent agent) {
        return spec.constraints().stream()
                .filter(constraint -> !holds(constraint, agent))
                .findFirst();
    }

    /// Whether an agent has the value that most of the others have, and the first of several such,
    /// of each CLUSTER that names none. All have the same, unless agents have been renamed since or
    /// volumes hold some elsewhere; then whoever may choose goes there, and waits for room if there
    /// is none.
    boolean isWhereMostAre(Agent agent) {
        return spec.constraints().stream()
                .filter(one -> one.operator() == Operator.CLUSTER && one.value().isEmpty())
                .allMatch(one -> {
                    var most = most(counts(one));
                    return most.isEmpty() || value(one, agent).equals(most);
                });
    }

    private static Optional<String> most(Map<String, Integer> counts) {
        return counts.keySet().stream()
                .max(
                        Comparator.<String>comparingInt(counts::get)
                                .thenComparing(Comparator.reverseOrder()));
    }

    private boolean holds(Constraint constraint, Agent agent) {
        var value = value(constraint, agent);
        return plainly(constraint, value)
                && value.map(present -> counted(constraint, present)).orElse(true);
    }

    private static Optional<String> value(Constraint constraint, Agent agent) {
        return constraint.field().equals("hostname")
                ? Optional.of(agent.hostname())
                : Optional.ofNullable(agent.attributes().get(constraint.field()));
    }

    /// Whether the value is right wherever others are.
    private static boolean plainly(Constraint constraint, Optional<String> value) {
        Predicate<String> is = constraint.value().orElse("")::equals;
        return switch (constraint.operator()) {
            case UNIQUE, MAX_PER, GROUP_BY -> value.isPresent();
            case CLUSTER ->
                    value.filter(v -> constraint.value().isEmpty() || is.test(v)).isPresent();
            case IS -> value.filter(is).isPresent();
            case LIKE -> value.filter(v -> matches(constraint, v)).isPresent();
            case UNLIKE -> value.filter(v -> matches(constraint, v)).isEmpty();
        };
    }

    private static boolean matches(Constraint constraint, String value) {
        return Pattern.matches(constraint.value().orElseThrow(), value);
    }

    /// Whether one more with this value may be there beside the others.
    private boolean counted(Constraint constraint, String value) {
        var counts = counts(constraint);
        int there = counts.getOrDefault(value, 0);
        return switch (constraint.operator()) {
            case UNIQUE -> there == 0;
            case MAX_PER -> there < Integer.parseInt(constraint.value().orElseThrow());
            case CLUSTER -> constraint.value().isPresent() || counts.isEmpty() || there > 0;
            case GROUP_BY ->
                    constraint
                            .value()
                            .map(n -> groups(Integer.parseInt(n), counts, value))
                            .orElseGet(() -> there <= fewest(constraint, counts));
            case LIKE, UNLIKE, IS -> true;
        };
    }

    /// Of the present configuration, by the values of the agents that they hold.
    private Map<String, Integer> counts(Constraint constraint) {
        var counts = new TreeMap<String, Integer>();
        for (var other : others) {
            if (!other.configVersion().isBefore(spec.configVersion())) {
                other.holder()
                        .flatMap(image::agent)
                        .flatMap(agent -> value(constraint, agent))
                        .ifPresent(value -> counts.merge(value, 1, Integer::sum));
            }
        }
        return counts;
    }

    /// The fewest with one value among the agents that could be taken.
    private int fewest(Constraint constraint, Map<String, Integer> counts) {
        var values = new TreeSet<String>();
        for (var agent : image.agents()) {
            boolean taken =
                    agent.takesWork()
                            && Room.drives(agent, spec)
                            && spec.constraints().stream()
                                    .allMatch(one -> plainly(one, value(one, agent)));
            if (taken) {
                value(constraint, agent).ifPresent(values::add);
            }
        }
        return values.stream().mapToInt(value -> counts.getOrDefault(value, 0)).min().orElse(0);
    }

    /// So many values at most; each has its share, and as many have one more as are left over.
    private boolean groups(int groups, Map<String, Integer> counts, String value) {
        int there = counts.getOrDefault(value, 0);
        if (there == 0) {
            return counts.size() < groups;
        }
        int share = spec.instances() / groups;
        long fuller = counts.values().stream().filter(count -> count > share).count();
        return there < share || (there == share && fuller < spec.instances() % groups);
    }
}

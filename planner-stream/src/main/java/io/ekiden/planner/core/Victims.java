package io.ekiden.planner.core;

import io.ekiden.model.Constraint.Operator;
import io.ekiden.model.Instance;
import io.ekiden.model.InstanceId;
import io.ekiden.model.KillSelection;
import io.ekiden.model.RunSpec;
import io.ekiden.state.Phase;
import io.ekiden.state.Rule;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/// Which instances go first when an app shrinks (Marathon's `ScalingProposition`): those that keep
/// it evenly spread where a GROUP_BY asks for it, those that are furthest from running, then by the
/// app's kill selection.
final class Victims {
    /// @param which of the run spec's instances may go
    static List<Instance> first(Turn turn, Predicate<Phase> which, RunSpec spec, int count) {
        return count <= 0
                ? List.of()
                : first(turn, turn.image().instancesOf(spec.id()).in(which), spec, count);
    }

    /// @param candidates that may go, all of one run spec
    static List<Instance> first(
            Turn turn, Collection<Instance> candidates, RunSpec spec, int count) {
        var inOrder =
                candidates.stream()
                        .sorted(
                                Comparator.comparingInt(Victims::weight)
                                        .thenComparing(age(spec))
                                        .thenComparing(Instance::id))
                        .toList();
        var rules =
                turn.image().instancesOf(spec.id()).rules().stream()
                        .filter(rule -> rule.operator() == Operator.GROUP_BY)
                        .toList();
        return rules.isEmpty()
                ? inOrder.stream().limit(Math.max(0, count)).toList()
                : new Victims(turn, rules, inOrder).take(count);
    }

    /// For each of these constraints, how many stay at each value of its field.
    private final List<Map<String, Integer>> staying = new ArrayList<>();

    /// Those who may go, by their values of the fields; at each place in the order of going.
    private final SequencedMap<List<String>, ArrayDeque<Instance>> places = new LinkedHashMap<>();

    private final List<Instance> inOrder;

    /// Those on no agent are out of balance nowhere: they are at the place of no values.
    private Victims(Turn turn, List<Rule> rules, List<Instance> inOrder) {
        this.inOrder = inOrder;
        rules.forEach(_ -> staying.add(new TreeMap<>()));
        for (var instance : inOrder) {
            var values =
                    instance.holder().flatMap(turn.image()::agent).stream()
                            .flatMap(agent -> rules.stream().map(rule -> rule.value(agent)))
                            .map(value -> value.orElse(""))
                            .toList();
            places.computeIfAbsent(values, _ -> new ArrayDeque<>()).add(instance);
            count(values, 1);
        }
    }

    private void count(List<String> values, int change) {
        for (int i = 0; i < values.size(); i++) {
            staying.get(i).merge(values.get(i), change, Integer::sum);
        }
    }

    private List<Instance> take(int count) {
        var rank = new HashMap<InstanceId, Integer>();
        inOrder.forEach(instance -> rank.put(instance.id(), rank.size()));
        var taken = new ArrayList<Instance>();
        while (taken.size() < count && !places.isEmpty()) {
            List<String> fullest = null;
            for (var place : places.keySet()) {
                fullest = fullest == null || before(place, fullest, rank) ? place : fullest;
            }
            taken.add(places.get(fullest).removeFirst());
            count(fullest, -1);
            if (places.get(fullest).isEmpty()) {
                places.remove(fullest);
            }
        }
        return taken;
    }

    /// Whether the next one goes from this place rather than from the other: from where there are
    /// no values, then from where the most are, then by the order of going.
    private boolean before(List<String> place, List<String> other, Map<InstanceId, Integer> rank) {
        if (place.isEmpty() || other.isEmpty()) {
            return place.isEmpty();
        }
        for (int i = 0; i < place.size(); i++) {
            int more = staying.get(i).get(place.get(i)).compareTo(staying.get(i).get(other.get(i)));
            if (more != 0) {
                return more > 0;
            }
        }
        return rank.get(places.get(place).getFirst().id())
                < rank.get(places.get(other).getFirst().id());
    }

    private static Comparator<Instance> age(RunSpec spec) {
        Comparator<Instance> oldestFirst =
                Comparator.comparing(instance -> instance.stagedAt().orElse(Instant.MAX));
        return spec.killSelection() == KillSelection.OLDEST_FIRST
                ? oldestFirst
                : oldestFirst.reversed();
    }

    private static int weight(Instance instance) {
        return switch (instance.condition()) {
            case SCHEDULED, PROVISIONED -> 0;
            case UNREACHABLE, UNREACHABLE_INACTIVE -> 1;
            case STAGING -> 2;
            case STARTING -> 3;
            case RUNNING -> 4;
            case KILLING, KILLED, FINISHED, FAILED, ERROR, GONE, DROPPED, UNKNOWN -> 5;
        };
    }
}

package io.ekiden.state;

import io.ekiden.model.Agent;
import io.ekiden.model.Constraint;
import io.ekiden.model.Instance;
import io.ekiden.model.InstanceId;
import io.ekiden.model.RunSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// The instances of one run spec by their [Phase], and how many there are on agents with each value
/// of the fields that its constraints count: kept up to date with every change, so that no question
/// needs a look at all instances.
public final class SpecInstances {
    private final TreeMap<Phase, TreeMap<InstanceId, Instance>> phases = new TreeMap<>();
    private final TreeMap<String, TreeMap<String, Integer>> tallies = new TreeMap<>();
    private Optional<RunSpec> spec = Optional.empty();
    private List<Rule> rules = List.of();
    private int size;

    /// How many there are.
    public int size() {
        return size;
    }

    /// How many are in such phases; looks at the phases only.
    public int count(Predicate<Phase> which) {
        int count = 0;
        for (var phase : phases.entrySet()) {
            count += which.test(phase.getKey()) ? phase.getValue().size() : 0;
        }
        return count;
    }

    /// The instances in such phases, by their ids: a copy, so that a loop over it may change the
    /// image.
    public List<Instance> in(Predicate<Phase> which) {
        var found = new ArrayList<Instance>();
        phases.forEach((phase, members) -> {
            if (which.test(phase)) {
                found.addAll(members.values());
            }
        });
        found.sort(Comparator.comparing(Instance::id));
        return found;
    }

    /// At most `limit` of the instances in such phases, phase by phase: a copy.
    public List<Instance> in(Predicate<Phase> which, int limit) {
        var found = new ArrayList<Instance>();
        for (var phase : phases.entrySet()) {
            if (which.test(phase.getKey())) {
                phase.getValue().values().stream().limit(limit - found.size()).forEach(found::add);
            }
        }
        return found;
    }

    /// Whether there is such an instance in such phases; looks no further than the first.
    public boolean any(Predicate<Phase> which, Predicate<Instance> whom) {
        for (var phase : phases.entrySet()) {
            if (which.test(phase.getKey())) {
                for (var member : phase.getValue().values()) {
                    if (whom.test(member)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /// The constraints of the present definition.
    public List<Rule> rules() {
        return rules;
    }

    /// For a field that a constraint counts: how many instances of the present configuration are on
    /// agents with each value. Those that are being launched or that are kept by a reservation are
    /// counted too, those of older configurations are not (Marathon's `ResourceMatcher`).
    public SortedMap<String, Integer> tally(String field) {
        var tally = tallies.get(field);
        return tally == null
                ? Collections.emptySortedMap()
                : Collections.unmodifiableSortedMap(tally);
    }

    boolean isEmpty() {
        return size == 0 && spec.isEmpty();
    }

    /// @param agent that it holds, if that is known
    void add(Instance instance, Optional<Agent> agent) {
        enter(instance);
        size++;
        agent.ifPresent(at -> tally(instance, at, 1));
    }

    void remove(Instance instance, Optional<Agent> agent) {
        leave(instance);
        size--;
        agent.ifPresent(at -> tally(instance, at, -1));
    }

    /// The instance is another now, on the same agent and of the same configuration.
    void replace(Instance was, Instance is) {
        leave(was);
        enter(is);
    }

    private void enter(Instance instance) {
        phases.computeIfAbsent(Phase.of(instance), _ -> new TreeMap<>())
                .put(instance.id(), instance);
    }

    private void leave(Instance instance) {
        var phase = Phase.of(instance);
        var members = phases.get(phase);
        members.remove(instance.id());
        if (members.isEmpty()) {
            phases.remove(phase);
        }
    }

    /// Counts an instance, or no more, with the values of this agent.
    void tally(Instance instance, Agent agent, int change) {
        if (tallies.isEmpty()
                || spec.filter(s -> !instance.configVersion().isBefore(s.configVersion()))
                        .isEmpty()) {
            return;
        }
        tallies.forEach((field, tally) -> {
            var value = Rule.value(field, agent);
            value.ifPresent(v -> tally.merge(v, change, SpecInstances::orNone));
        });
    }

    private static Integer orNone(Integer count, Integer change) {
        return count + change == 0 ? null : Integer.valueOf(count + change);
    }

    /// Whether this definition counts other instances, or by other fields, than the one before.
    boolean countsAlike(Optional<RunSpec> next) {
        return spec.map(RunSpec::configVersion).equals(next.map(RunSpec::configVersion))
                && constraints(spec).equals(constraints(next));
    }

    private static List<Constraint> constraints(Optional<RunSpec> spec) {
        return spec.map(RunSpec::constraints).orElse(List.of());
    }

    /// Takes the present definition; what it counts is empty until [#tally] has been called for
    /// each instance, unless it [#countsAlike].
    void define(Optional<RunSpec> next) {
        boolean alike = countsAlike(next);
        spec = next;
        if (!alike) {
            rules = constraints(next).stream().map(Rule::new).toList();
            tallies.clear();
            rules.stream()
                    .filter(Rule::counts)
                    .forEach(rule -> tallies.put(rule.field(), new TreeMap<>()));
        }
    }

    void forEach(Consumer<Instance> action) {
        phases.values().forEach(members -> members.values().forEach(action));
    }
}

package io.ekiden.planner.core;

import io.ekiden.model.Instance;
import io.ekiden.model.KillSelection;
import io.ekiden.model.RunSpec;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/// Which instances go first when an app shrinks (Marathon's `ScalingProposition`): those that are
/// furthest from running, then by the app's kill selection.
final class Victims {
    private Victims() {}

    static List<Instance> first(Collection<Instance> candidates, RunSpec spec, int count) {
        return candidates.stream()
                .sorted(
                        Comparator.comparingInt(Victims::weight)
                                .thenComparing(age(spec))
                                .thenComparing(Instance::id))
                .limit(Math.max(0, count))
                .toList();
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

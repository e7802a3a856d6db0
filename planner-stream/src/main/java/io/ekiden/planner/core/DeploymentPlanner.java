package io.ekiden.planner.core;

import io.ekiden.model.Deployment;
import io.ekiden.model.Deployment.Action;
import io.ekiden.model.Deployment.Kind;
import io.ekiden.model.Deployment.Step;
import io.ekiden.model.PathId;
import io.ekiden.model.RunSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/// Orders the way from one set of definitions to the next into steps (Marathon's `DeploymentPlan`):
/// what goes is stopped, what is new is announced, then everything is brought to its number and
/// configuration.
final class DeploymentPlanner {
    private DeploymentPlanner() {}

    /// One app's or pod's definition before and after a change; at least one of them is there.
    record Edit(Optional<RunSpec> from, Optional<RunSpec> to) {
        RunSpec.Kind kind() {
            return to.or(() -> from).orElseThrow().kind();
        }
    }

    /// @param original layers of the dependencies as they were, by which things stop: dependents
    ///   first
    /// @param target layers of the dependencies as they are to be, by which things start
    static List<Step> steps(
            NavigableMap<PathId, Edit> edits,
            Map<PathId, Integer> original,
            Map<PathId, Integer> target) {
        var stops = new TreeMap<Integer, List<Action>>(Comparator.reverseOrder());
        var starts = new ArrayList<Action>();
        var rest = new TreeMap<Integer, List<Action>>();
        edits.forEach((id, edit) -> {
            if (edit.to().isEmpty()) {
                layer(stops, original, id).add(new Action(Kind.STOP, edit.kind(), id));
            } else if (edit.from().isEmpty()) {
                starts.add(new Action(Kind.START, edit.kind(), id));
                layer(rest, target, id).add(new Action(Kind.SCALE, edit.kind(), id));
            } else {
                kind(edit.from().get(), edit.to().get())
                        .ifPresent(kind ->
                                layer(rest, target, id).add(new Action(kind, edit.kind(), id)));
            }
        });
        var steps = new ArrayList<Step>();
        stops.values().forEach(actions -> steps.add(new Step(actions)));
        if (!starts.isEmpty()) {
            steps.add(new Step(starts));
        }
        rest.values().forEach(actions -> steps.add(new Step(actions)));
        return steps;
    }

    private static List<Action> layer(
            Map<Integer, List<Action>> steps, Map<PathId, Integer> layers, PathId id) {
        return steps.computeIfAbsent(layers.getOrDefault(id, 0), _ -> new ArrayList<>());
    }

    private static Optional<Kind> kind(RunSpec from, RunSpec to) {
        if (!from.configVersion().equals(to.configVersion()) && to.instances() > 0) {
            return Optional.of(Kind.RESTART);
        }
        boolean changed = !from.version().equals(to.version());
        return changed ? Optional.of(Kind.SCALE) : Optional.empty();
    }

    /// The running deployments that touch one of these apps.
    static List<Deployment> conflicts(
            Iterable<Deployment> running, NavigableMap<PathId, Edit> edits) {
        var conflicts = new ArrayList<Deployment>();
        for (var deployment : running) {
            if (deployment.affected().stream().anyMatch(edits::containsKey)) {
                conflicts.add(deployment);
            }
        }
        return conflicts;
    }
}

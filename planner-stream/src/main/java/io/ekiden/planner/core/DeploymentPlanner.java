package io.ekiden.planner.core;

import io.ekiden.model.Deployment;
import io.ekiden.model.Deployment.Action;
import io.ekiden.model.Deployment.Kind;
import io.ekiden.model.Deployment.Step;
import io.ekiden.model.PathId;
import io.ekiden.model.RunSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;

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

    static List<Step> steps(NavigableMap<PathId, Edit> edits) {
        var stops = new ArrayList<Action>();
        var starts = new ArrayList<Action>();
        var rest = new ArrayList<Action>();
        edits.forEach((id, edit) -> {
            if (edit.to().isEmpty()) {
                stops.add(new Action(Kind.STOP, edit.kind(), id));
            } else if (edit.from().isEmpty()) {
                starts.add(new Action(Kind.START, edit.kind(), id));
                rest.add(new Action(Kind.SCALE, edit.kind(), id));
            } else {
                kind(edit.from().get(), edit.to().get())
                        .ifPresent(kind -> rest.add(new Action(kind, edit.kind(), id)));
            }
        });
        var steps = new ArrayList<Step>();
        for (var actions : List.of(stops, starts, rest)) {
            if (!actions.isEmpty()) {
                steps.add(new Step(actions));
            }
        }
        return steps;
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

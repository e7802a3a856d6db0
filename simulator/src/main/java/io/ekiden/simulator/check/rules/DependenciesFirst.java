package io.ekiden.simulator.check.rules;

import io.ekiden.log.Fact;
import io.ekiden.log.JournalEntry;
import io.ekiden.model.Deployment;
import io.ekiden.model.PathId;
import io.ekiden.model.RunSpec;
import io.ekiden.simulator.check.Checker;
import io.ekiden.simulator.check.Evidence;
import io.ekiden.state.ClusterImage;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// That each step has done what it is for when the next begins is watched by [FinishedMeansDone];
/// here it is watched that the steps are in order, and that nothing new runs before its own.
final class DependenciesFirst implements Checker {
    /// As it is at each fact.
    private final ClusterImage image = new ClusterImage();

    @Override
    public String id() {
        return "44-dependencies-first";
    }

    @Override
    public String promise() {
        return "A deployment brings up or changes an app after all that it depends on, and stops it"
                + " before them.";
    }

    @Override
    public void before(JournalEntry entry, Evidence evidence) {
        for (var fact : entry.facts()) {
            image.replay(fact);
            switch (fact) {
                case Fact.DeploymentStarted(var deployment) -> {
                    ordered(entry, deployment, image, true);
                    ordered(entry, deployment, evidence.image(), false);
                }
                case Fact.Launched(var spec, var instances, var _) -> {
                    // One that had run before is kept up, whatever brings the app up anew.
                    if (instances.stream().anyMatch(instance -> instance.incarnation() == 1)) {
                        launched(entry, spec);
                    }
                }
                default -> {} // says nothing of an order
            }
        }
    }

    /// @param definitions by which things depend on one another: the old ones for what stops
    private void ordered(
            JournalEntry entry, Deployment deployment, ClusterImage definitions, boolean up) {
        for (var spec : definitions.runSpecs()) {
            var own = step(deployment, spec.id(), up);
            for (var needed : needed(definitions, spec)) {
                var other = step(deployment, needed, up);
                boolean wrong =
                        own.isPresent()
                                && other.isPresent()
                                && (up ? own.get() <= other.get() : own.get() >= other.get());
                if (wrong) {
                    throw broken(
                            "entry %d: %s needs %s, steps %s"
                                    .formatted(
                                            entry.sequence(),
                                            spec.id(),
                                            needed,
                                            deployment.steps()));
                }
            }
        }
    }

    /// The step in which a run spec is brought to its number and configuration, or is stopped.
    private static Optional<Integer> step(Deployment deployment, PathId id, boolean up) {
        for (int i = 0; i < deployment.steps().size(); i++) {
            boolean here =
                    deployment.steps().get(i).actions().stream()
                            .filter(action -> action.runSpecId().equals(id))
                            .anyMatch(action ->
                                    switch (action.kind()) {
                                        case SCALE, RESTART -> up;
                                        case STOP -> !up;
                                        case START -> false;
                                    });
            if (here) {
                return Optional.of(i);
            }
        }
        return Optional.empty();
    }

    /// Everything that a run spec, or a group around it, names: itself, or all that is in it.
    private static Set<PathId> needed(ClusterImage image, RunSpec spec) {
        var named = new TreeSet<>(spec.dependencies());
        for (var up = spec.id(); !up.isRoot(); up = up.parent()) {
            image.group(up.parent()).ifPresent(group -> named.addAll(group.dependencies()));
        }
        var needed = new TreeSet<PathId>();
        image.runSpecs().stream()
                .map(RunSpec::id)
                .filter(id -> named.stream().anyMatch(id::isWithin))
                .forEach(needed::add);
        needed.remove(spec.id());
        return needed;
    }

    /// What a deployment starts is launched in its step, not before.
    private void launched(JournalEntry entry, RunSpec spec) {
        for (var deployment : List.copyOf(image.deploymentsOf(spec.id()))) {
            boolean starts =
                    deployment.steps().stream()
                            .flatMap(step -> step.actions().stream())
                            .anyMatch(action ->
                                    action.kind() == Deployment.Kind.START
                                            && action.runSpecId().equals(spec.id()));
            step(deployment, spec.id(), true)
                    .filter(step -> starts && step > deployment.currentStep())
                    .ifPresent(step -> {
                        throw broken(
                                "entry %d launches %s in step %d, not in %d"
                                        .formatted(
                                                entry.sequence(),
                                                spec.id(),
                                                deployment.currentStep(),
                                                step));
                    });
        }
    }
}

package io.ekiden.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// The way from one set of definitions to the next: steps that run strictly in order, each a set of
/// actions that run in parallel. It locks the apps it touches until it ends.
///
/// @param version the version that it brings the apps to
/// @param currentStep index of the step that runs now
public record Deployment(String id, Instant version, List<Step> steps, int currentStep)
        implements Entity {
    /// So many may run at a time (Marathon's limit).
    public static final int MAX_RUNNING = 100;

    /// Actions that run in parallel; the step ends when all have succeeded.
    public record Step(List<Action> actions) {
        public Step {
            actions = List.copyOf(actions);
        }
    }

    /// One app's part in a step.
    public record Action(Kind kind, PathId app) {}

    /// Marathon's actions.
    public enum Kind {
        START_APPLICATION("StartApplication"),
        SCALE_APPLICATION("ScaleApplication"),
        RESTART_APPLICATION("RestartApplication"),
        STOP_APPLICATION("StopApplication");

        private final String marathonName;

        Kind(String marathonName) {
            this.marathonName = marathonName;
        }

        public String marathonName() {
            return marathonName;
        }
    }

    public static final String PREFIX = "deployment/";

    public Deployment {
        steps = List.copyOf(steps);
    }

    @Override
    public String key() {
        return PREFIX + id;
    }

    public SortedSet<PathId> affectedApps() {
        var apps = new TreeSet<PathId>();
        steps.forEach(step -> step.actions().forEach(action -> apps.add(action.app())));
        return apps;
    }

    /// The step that runs now; empty when all have ended.
    public Optional<Step> current() {
        return currentStep < steps.size() ? Optional.of(steps.get(currentStep)) : Optional.empty();
    }

    public Deployment next() {
        return new Deployment(id, version, steps, currentStep + 1);
    }
}

package io.ekiden.model;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/// The way from one set of definitions to the next: steps that run strictly in order, each a set of
/// actions that run in parallel. It locks the apps and pods it touches until it ends.
///
/// @param version the version that it brings the apps to
/// @param currentStep index of the step that runs now
/// @param paused whether no further step is taken until it is resumed
/// @param canaries how far those are that come before the rest
/// @param progress of the current step, when its progress has a deadline
/// @param launchFailures how many launches of each have failed, where these are limited
/// @param reverts the id of the deployment that it takes back
public record Deployment(
        String id,
        Instant version,
        List<Step> steps,
        int currentStep,
        boolean paused,
        Canaries canaries,
        Optional<Progress> progress,
        SortedMap<PathId, Integer> launchFailures,
        Optional<String> reverts)
        implements Entity {
    /// So many may run at a time (Marathon's limit).
    public static final int MAX_RUNNING = 100;

    /// Actions that run in parallel; the step ends when all have succeeded.
    public record Step(List<Action> actions) {
        public Step {
            actions = List.copyOf(actions);
        }
    }

    /// One app's or pod's part in a step.
    public record Action(Kind kind, RunSpec.Kind of, PathId runSpecId) {
        /// Marathon's name of it, such as `ScaleApplication`.
        public String marathonName() {
            return kind.verb
                    + switch (of) {
                        case APP -> "Application";
                        case POD -> "Pod";
                    };
        }
    }

    /// Marathon's actions.
    public enum Kind {
        START("Start"),
        SCALE("Scale"),
        RESTART("Restart"),
        STOP("Stop");

        private final String verb;

        Kind(String verb) {
            this.verb = verb;
        }
    }

    /// The first instances of a new configuration, if its strategy wants some.
    public enum Canaries {
        /// None are wanted, or they are not ready yet.
        PENDING,
        /// They are ready, and the rest waits for a word.
        WAITING,
        PROMOTED
    }

    /// @param ready new instances so far
    /// @param deadline until when there must be another
    public record Progress(int ready, Instant deadline) {}

    public static final String PREFIX = "deployment/";

    public Deployment {
        steps = List.copyOf(steps);
        launchFailures = Sorted.copyOf(launchFailures);
    }

    /// One that begins.
    public static Deployment of(
            String id, Instant version, List<Step> steps, Optional<String> reverts) {
        return new Deployment(
                id,
                version,
                steps,
                0,
                false,
                Canaries.PENDING,
                Optional.empty(),
                Collections.emptySortedMap(),
                reverts);
    }

    @Override
    public Optional<Instant> due() {
        return progress.filter(_ -> !paused).map(Progress::deadline);
    }

    @Override
    public String key() {
        return PREFIX + id;
    }

    /// The apps and pods that it touches.
    public SortedSet<PathId> affected() {
        return affected(action -> true);
    }

    public SortedSet<PathId> affected(RunSpec.Kind kind) {
        return affected(action -> action.of() == kind);
    }

    private SortedSet<PathId> affected(Predicate<Action> chosen) {
        var ids = new TreeSet<PathId>();
        steps.forEach(step ->
                step.actions().stream()
                        .filter(chosen)
                        .forEach(action -> ids.add(action.runSpecId())));
        return ids;
    }

    /// The same with the actions of some apps and pods alone. No step is left out.
    public Deployment only(Predicate<PathId> shown) {
        var fewer =
                steps.stream()
                        .map(step ->
                                new Step(
                                        step.actions().stream()
                                                .filter(action -> shown.test(action.runSpecId()))
                                                .toList()))
                        .toList();
        var failures = new TreeMap<>(launchFailures);
        failures.keySet().removeIf(shown.negate());
        return new Deployment(
                id, version, fewer, currentStep, paused, canaries, progress, failures, reverts);
    }

    /// The step that runs now; empty when all have ended.
    public Optional<Step> current() {
        return currentStep < steps.size() ? Optional.of(steps.get(currentStep)) : Optional.empty();
    }

    public Deployment next() {
        return copy(currentStep + 1, paused, canaries, Optional.empty(), launchFailures);
    }

    /// A pause stops the clock: what is late is given its time anew.
    public Deployment withPaused(boolean paused) {
        return copy(currentStep, paused, canaries, Optional.empty(), launchFailures);
    }

    public Deployment withCanaries(Canaries canaries) {
        return copy(currentStep, paused, canaries, progress, launchFailures);
    }

    public Deployment withProgress(Optional<Progress> progress) {
        return copy(currentStep, paused, canaries, progress, launchFailures);
    }

    public int launchFailures(PathId spec) {
        return launchFailures.getOrDefault(spec, 0);
    }

    /// After one more launch of `spec` has failed.
    public Deployment withLaunchFailure(PathId spec) {
        var failures = new TreeMap<>(launchFailures);
        failures.merge(spec, 1, Integer::sum);
        return copy(currentStep, paused, canaries, progress, failures);
    }

    private Deployment copy(
            int currentStep,
            boolean paused,
            Canaries canaries,
            Optional<Progress> progress,
            SortedMap<PathId, Integer> launchFailures) {
        return new Deployment(
                id,
                version,
                steps,
                currentStep,
                paused,
                canaries,
                progress,
                launchFailures,
                reverts);
    }
}

package io.ekiden.planner.core;

import io.ekiden.json.PodJson;
import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.log.Problem;
import io.ekiden.log.Rejection;
import io.ekiden.model.RunSpec;
import java.util.List;
import java.util.Optional;

/// What is particular to wanted changes of pods; all else they share with apps.
final class PodChanges {
    private PodChanges() {}

    static Fact create(Changes changes, Change.CreatePod create) {
        return changes.create(
                RunSpec.Kind.POD,
                create.id(),
                PodJson.read(create.id(), create.definition(), changes.dialect()));
    }

    /// An unknown pod is created.
    static Fact update(Changes changes, Change.UpdatePod update) {
        return changes.replace(PodJson.read(update.id(), update.definition(), changes.dialect()));
    }

    /// Ids that are unknown are passed over, unless all are.
    static Fact kill(Turn turn, Change.KillPodInstances kill) {
        if (turn.image().pod(kill.id()).isEmpty()) {
            return new Fact.Refused(Rejection.NotFound.of(RunSpec.Kind.POD, kill.id()));
        }
        var chosen =
                kill.instances().stream()
                        .distinct()
                        .flatMap(id -> turn.image().instance(id).stream())
                        .filter(instance -> instance.runSpecId().equals(kill.id()))
                        .filter(TaskKills::killable)
                        .toList();
        if (chosen.isEmpty() && !kill.instances().isEmpty()) {
            return new Fact.Refused(
                    new Rejection.NotFound(
                            "Task '%s' does not exist".formatted(kill.instances().getFirst())));
        }
        return TaskKills.kill(turn, chosen, false, kill.wipe(), false);
    }

    /// An app never becomes a pod, nor a pod an app.
    ///
    /// @param before what has the id now
    static Optional<Rejection> sharedId(Optional<RunSpec> before, RunSpec spec) {
        return before.filter(other -> other.kind() != spec.kind())
                .map(_ ->
                        new Rejection.Invalid(
                                List.of(
                                        Problem.rule(
                                                "/",
                                                "Applications and Pods may not share the same id"))));
    }

    static String plural(RunSpec.Kind kind) {
        return switch (kind) {
            case APP -> "Applications";
            case POD -> "Pods";
        };
    }
}

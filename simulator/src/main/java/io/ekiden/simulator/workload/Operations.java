package io.ekiden.simulator.workload;

import io.ekiden.gateway.core.AppChanges;
import io.ekiden.gateway.core.GroupChanges;
import io.ekiden.gateway.core.PodChanges;
import io.ekiden.model.PathId;
import io.ekiden.simulator.Feature;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;

/// Everything that users do.
public final class Operations {
    private static final Map<String, String> FORCE = Map.of("force", "true");

    private Operations() {}

    /// Those with apps come first, so that a run without other features stays what it was.
    private static List<Operation> with(SortedSet<Feature> features) {
        var all = new ArrayList<>(AppOperations.ALL);
        if (features.contains(Feature.GROUPS)) {
            all.addAll(GroupOperations.ALL);
        }
        if (features.contains(Feature.PODS)) {
            all.addAll(PodOperations.ALL);
        }
        if (features.contains(Feature.ORDERS)) {
            all.addAll(DeploymentOperations.ALL);
        }
        return all;
    }

    /// What a user does next.
    public static Optional<Call> next(Seen seen) {
        if (seen.image().runSpecs().isEmpty()) {
            return first(seen).call(seen);
        }
        var operations = with(seen.features());
        int total = operations.stream().mapToInt(Operation::weight).sum();
        int drawn = seen.choices().choose("op.kind", total);
        for (var operation : operations) {
            drawn -= operation.weight();
            if (drawn < 0) {
                return operation.call(seen);
            }
        }
        throw new IllegalStateException("the weights do not add up");
    }

    private static Operation first(Seen seen) {
        if (seen.features().contains(Feature.GROUPS) && seen.oneIn("op.first.group", 3)) {
            return new GroupOperations.Create();
        }
        return seen.features().contains(Feature.PODS) && seen.oneIn("op.first.pod", 3)
                ? new PodOperations.Create()
                : new AppOperations.Create();
    }

    /// Ends everything that there is: each by itself, or the root group at once.
    public static List<Call> deleteAll(Seen seen) {
        if (seen.oneIn("delete.root", 2)) {
            return List.of(
                    Call.of("delete", PathId.ROOT, FORCE, Optional.empty(), GroupChanges::delete));
        }
        var calls = new ArrayList<Call>();
        seen.image()
                .apps()
                .forEach(app ->
                        calls.add(
                                Call.of(
                                        "delete",
                                        app.id(),
                                        FORCE,
                                        Optional.empty(),
                                        AppChanges::delete)));
        seen.image()
                .pods()
                .forEach(pod ->
                        calls.add(
                                Call.of(
                                        "delete pod",
                                        pod.id(),
                                        FORCE,
                                        Optional.empty(),
                                        PodChanges::delete)));
        return calls;
    }

    /// What whoever has paused a deployment, or wanted canaries, does in the end.
    public static List<Call> attend(Seen seen) {
        return seen.image().deployments().stream()
                .flatMap(deployment -> DeploymentOperations.letGoOn(deployment).stream())
                .toList();
    }
}

package io.ekiden.simulator.workload;

import io.ekiden.model.App;
import io.ekiden.model.Instance;
import io.ekiden.model.PathId;
import io.ekiden.model.Sorted;
import io.ekiden.simulator.Choices;
import io.ekiden.simulator.Feature;
import io.ekiden.state.ClusterImage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;

/// What a user sees before the next call, and the choices that are made.
///
/// @param image of the gateway that was asked, which may lag
/// @param apps so many different apps are used in this run
/// @param features that users make use of
public record Seen(ClusterImage image, int apps, SortedSet<Feature> features, Choices choices) {
    private static final int GROUPS = 2;
    private static final int PODS = 2;

    public Seen {
        features = Sorted.copyOf(features);
    }

    PathId anyId() {
        return PathId.of("/app" + choices.choose("op.app", apps));
    }

    PathId anyGroup() {
        return groupId(choices.choose("op.group.id", GROUPS));
    }

    static PathId groupId(int number) {
        return PathId.of("/g" + number);
    }

    PathId anyPod() {
        return PathId.of("/pod" + choices.choose("op.pod.id", PODS));
    }

    /// The same for one part of what is to be done, which has choices of its own.
    Seen of(String part) {
        return new Seen(image, apps, features, choices.of(part));
    }

    /// One of the apps that there are.
    Optional<App> app() {
        return pick("op.which", List.copyOf(image.apps()));
    }

    Optional<Instance> instance() {
        return pick(
                "op.instance",
                image.instances().stream().filter(i -> i.placement().isPresent()).toList());
    }

    <T> Optional<T> pick(String label, List<T> items) {
        return items.isEmpty()
                ? Optional.empty()
                : Optional.of(items.get(choices.choose(label, items.size())));
    }

    boolean oneIn(String label, int n) {
        return choices.choose(label, n) == n - 1;
    }

    /// Now and then a change is forced.
    Map<String, String> maybeForce() {
        return oneIn("op.force", 4) ? Map.of("force", "true") : Map.of();
    }
}

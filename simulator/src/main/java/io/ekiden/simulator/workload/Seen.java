package io.ekiden.simulator.workload;

import io.ekiden.model.App;
import io.ekiden.model.Instance;
import io.ekiden.model.PathId;
import io.ekiden.simulator.Choices;
import io.ekiden.state.ClusterImage;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a user sees before the next call, and the choices that are made.
///
/// @param image of the gateway that was asked, which may lag
/// @param apps so many different apps are used in this run
public record Seen(ClusterImage image, int apps, Choices choices) {

    PathId anyId() {
        return PathId.of("/app" + choices.choose("op.app", apps));
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

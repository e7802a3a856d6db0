package io.ekiden.simulator.workload;

import io.ekiden.gateway.core.PodChanges;
import io.ekiden.json.PodJson;
import io.ekiden.model.Pod;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What users do with pods.
final class PodOperations {
    static final List<Operation> ALL =
            List.of(new Create(), new Update(), new Scale(), new Delete(), new Kill());

    private PodOperations() {}

    private static Optional<Pod> any(Seen seen) {
        return seen.pick("op.pod", List.copyOf(seen.image().pods()));
    }

    /// A new pod, or one whose id is taken.
    record Create() implements Operation {
        @Override
        public int weight() {
            return 4;
        }

        @Override
        public Optional<Call> call(Seen seen) {
            var id = seen.anyPod();
            var body = new PodDefinitions(seen).pod().put("id", id.value());
            return Optional.of(
                    Call.of("create pod", id, Map.of(), Optional.of(body), PodChanges::create));
        }
    }

    private record Update() implements Operation {
        @Override
        public int weight() {
            return 4;
        }

        @Override
        public Optional<Call> call(Seen seen) {
            return any(seen)
                    .map(pod ->
                            Call.of(
                                    "update pod",
                                    pod.id(),
                                    seen.maybeForce(),
                                    Optional.of(new PodDefinitions(seen).update(pod)),
                                    PodChanges::update));
        }
    }

    private record Scale() implements Operation {
        @Override
        public int weight() {
            return 3;
        }

        @Override
        public Optional<Call> call(Seen seen) {
            return any(seen)
                    .map(pod -> {
                        var body = PodJson.write(pod);
                        body.putObject("scaling")
                                .put("kind", "fixed")
                                .put("instances", seen.choices().choose("op.scale", 5));
                        return Call.of(
                                "scale pod",
                                pod.id(),
                                seen.maybeForce(),
                                Optional.of(body),
                                PodChanges::update);
                    });
        }
    }

    private record Delete() implements Operation {
        @Override
        public int weight() {
            return 1;
        }

        @Override
        public Optional<Call> call(Seen seen) {
            return any(seen)
                    .map(pod ->
                            Call.of(
                                    "delete pod",
                                    pod.id(),
                                    seen.maybeForce(),
                                    Optional.empty(),
                                    PodChanges::delete));
        }
    }

    private record Kill() implements Operation {
        @Override
        public int weight() {
            return 2;
        }

        @Override
        public Optional<Call> call(Seen seen) {
            var instances =
                    any(seen).stream()
                            .flatMap(pod -> seen.image().instances(pod.id()).stream())
                            .toList();
            return seen.pick("op.instance", instances)
                    .map(instance ->
                            Call.of(
                                    "kill in pod",
                                    Map.of(
                                            "id",
                                            instance.runSpecId().value(),
                                            "instance",
                                            instance.id().toString()),
                                    seen.oneIn("op.wipe", 3) ? Map.of("wipe", "true") : Map.of(),
                                    Optional.empty(),
                                    PodChanges::killOne));
        }
    }
}

package io.ekiden.simulator.workload;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.ekiden.gateway.core.AppChanges;
import io.ekiden.gateway.core.TaskChanges;
import io.ekiden.model.App;
import io.ekiden.model.Timestamps;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What users do with apps and with agents.
final class AppOperations {
    static final List<Operation> ALL =
            List.of(
                    new Create(),
                    new Update(),
                    new Scale(),
                    new Restart(),
                    new Rollback(),
                    new Delete(),
                    new KillTask(),
                    new KillAll(),
                    new ResetDelay(),
                    new DrainAgent());

    private AppOperations() {}

    /// A new app, or one whose id is taken.
    record Create() implements Operation {
        @Override
        public int weight() {
            return 6;
        }

        @Override
        public Optional<Call> call(Seen seen) {
            var id = seen.anyId();
            var definition = new Definitions(seen).app().put("id", id.value());
            return Optional.of(
                    Call.of("create", id, Map.of(), Optional.of(definition), AppChanges::create));
        }
    }

    private static boolean stopsFirst(App app) {
        return app.resident() || !app.externalVolumes().isEmpty();
    }

    /// Another configuration, rolled out under the app's upgrade strategy.
    private record Update() implements Operation {
        @Override
        public int weight() {
            return 6;
        }

        @Override
        public Optional<Call> call(Seen seen) {
            return seen.app()
                    .map(app ->
                            Call.of(
                                    "update",
                                    app.id(),
                                    seen.maybeForce(),
                                    Optional.of(new Definitions(seen).update(stopsFirst(app))),
                                    AppChanges::patchOne));
        }
    }

    private record Scale() implements Operation {
        @Override
        public int weight() {
            return 5;
        }

        @Override
        public Optional<Call> call(Seen seen) {
            int instances = seen.choices().choose("op.scale", 7);
            var body = JsonNodeFactory.instance.objectNode().put("instances", instances);
            return seen.app()
                    .map(app ->
                            Call.of(
                                    "scale",
                                    app.id(),
                                    seen.maybeForce(),
                                    Optional.of(body),
                                    AppChanges::putOne));
        }
    }

    private record Restart() implements Operation {
        @Override
        public int weight() {
            return 2;
        }

        @Override
        public Optional<Call> call(Seen seen) {
            return seen.app()
                    .map(app ->
                            Call.of(
                                    "restart",
                                    app.id(),
                                    seen.maybeForce(),
                                    Optional.empty(),
                                    AppChanges::restart));
        }
    }

    /// Back to one of the versions that are kept.
    private record Rollback() implements Operation {
        @Override
        public int weight() {
            return 3;
        }

        @Override
        public Optional<Call> call(Seen seen) {
            return seen.app()
                    .flatMap(app ->
                            seen.pick("op.version", List.copyOf(seen.image().versions(app.id()))))
                    .map(version ->
                            Call.of(
                                    "rollback",
                                    version.spec().id(),
                                    seen.maybeForce(),
                                    Optional.of(
                                            JsonNodeFactory.instance
                                                    .objectNode()
                                                    .put(
                                                            "version",
                                                            Timestamps.format(
                                                                    version.spec().version()))),
                                    AppChanges::putOne));
        }
    }

    private record Delete() implements Operation {
        @Override
        public int weight() {
            return 2;
        }

        @Override
        public Optional<Call> call(Seen seen) {
            return seen.app()
                    .map(app ->
                            Call.of(
                                    "delete",
                                    app.id(),
                                    seen.oneIn("op.force", 3) ? Map.of("force", "false") : Map.of(),
                                    Optional.empty(),
                                    AppChanges::delete));
        }
    }

    /// What becomes of a killed task's instance.
    private static Map<String, String> fate(Seen seen) {
        var query = new TreeMap<>(seen.maybeForce());
        switch (seen.choices().choose("op.fate", 4)) {
            case 1 -> query.put("scale", "true");
            case 2 -> query.put("wipe", "true");
            default -> {} // its instance is launched again
        }
        return query;
    }

    private record KillTask() implements Operation {
        @Override
        public int weight() {
            return 4;
        }

        @Override
        public Optional<Call> call(Seen seen) {
            return seen.instance()
                    .map(instance ->
                            Call.of(
                                    "kill",
                                    Map.of(
                                            "id",
                                            instance.runSpecId().value(),
                                            "task",
                                            instance.taskId().value()),
                                    fate(seen),
                                    Optional.empty(),
                                    TaskChanges::killOne));
        }
    }

    private record KillAll() implements Operation {
        @Override
        public int weight() {
            return 1;
        }

        @Override
        public Optional<Call> call(Seen seen) {
            return seen.app()
                    .map(app ->
                            Call.of(
                                    "kill all",
                                    app.id(),
                                    fate(seen),
                                    Optional.empty(),
                                    TaskChanges::killOfApp));
        }
    }

    private record ResetDelay() implements Operation {
        @Override
        public int weight() {
            return 1;
        }

        @Override
        public Optional<Call> call(Seen seen) {
            return seen.app()
                    .map(app ->
                            Call.of(
                                    "reset delay",
                                    app.id(),
                                    Map.of(),
                                    Optional.empty(),
                                    AppChanges::resetDelay));
        }
    }
}

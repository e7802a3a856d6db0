package io.ekiden.simulator.workload;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.gateway.core.ApiRequest;
import io.ekiden.gateway.core.GroupChanges;
import io.ekiden.gateway.core.Wanted;
import io.ekiden.model.Group;
import io.ekiden.model.PathId;
import io.ekiden.model.Timestamps;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/// What users do with groups of apps.
final class GroupOperations {
    static final List<Operation> ALL =
            List.of(
                    new Create(),
                    new Update(),
                    new Scale(),
                    new Restore(),
                    new Delete(),
                    new DryRun());
    private static final double[] FACTORS = {2, 0.5, 1.5, 0};

    private GroupOperations() {}

    private static Optional<PathId> any(Seen seen) {
        var groups =
                seen.image().groups().stream()
                        .map(Group::id)
                        .filter(id -> !id.isRoot() || seen.oneIn("op.group.root", 4))
                        .toList();
        return seen.pick("op.group", groups);
    }

    private static Call call(
            String verb,
            PathId id,
            Map<String, String> query,
            ObjectNode body,
            Function<ApiRequest, Wanted> route) {
        return Call.of(verb, id, query, Optional.of(body), route);
    }

    private static Optional<Call> put(String verb, Seen seen, ObjectNode body) {
        return any(seen).map(id -> call(verb, id, seen.maybeForce(), body, GroupChanges::update));
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /// A new group, or one whose id is taken.
    record Create() implements Operation {
        @Override
        public int weight() {
            return 4;
        }

        @Override
        public Optional<Call> call(Seen seen) {
            var id = seen.anyGroup();
            var body = new GroupDefinitions(seen).group(id).put("id", id.value());
            return Optional.of(
                    GroupOperations.call(
                            "create group", PathId.ROOT, Map.of(), body, GroupChanges::create));
        }
    }

    /// Other apps in a group, in the place of those that there are.
    private record Update() implements Operation {
        @Override
        public int weight() {
            return 4;
        }

        @Override
        public Optional<Call> call(Seen seen) {
            var id = seen.anyGroup();
            return Optional.of(
                    GroupOperations.call(
                            "update group",
                            id,
                            seen.maybeForce(),
                            new GroupDefinitions(seen).group(id),
                            GroupChanges::update));
        }
    }

    private record Scale() implements Operation {
        @Override
        public int weight() {
            return 2;
        }

        @Override
        public Optional<Call> call(Seen seen) {
            double factor = FACTORS[seen.choices().choose("op.factor", FACTORS.length)];
            return put("scale group", seen, object().put("scaleBy", factor));
        }
    }

    /// Back to one of the versions of the whole.
    private record Restore() implements Operation {
        @Override
        public int weight() {
            return 2;
        }

        @Override
        public Optional<Call> call(Seen seen) {
            return seen.pick("op.version", seen.image().formerVersions())
                    .flatMap(version ->
                            put(
                                    "restore group",
                                    seen,
                                    object().put("version", Timestamps.format(version))));
        }
    }

    private record Delete() implements Operation {
        @Override
        public int weight() {
            return 2;
        }

        @Override
        public Optional<Call> call(Seen seen) {
            return any(seen)
                    .map(id ->
                            Call.of(
                                    "delete group",
                                    id,
                                    seen.maybeForce(),
                                    Optional.empty(),
                                    GroupChanges::delete));
        }
    }

    /// Asks what an update would do.
    private record DryRun() implements Operation {
        @Override
        public int weight() {
            return 1;
        }

        @Override
        public Optional<Call> call(Seen seen) {
            var id = seen.anyGroup();
            var query = new TreeMap<>(seen.maybeForce());
            query.put("dryRun", "true");
            return Optional.of(
                    GroupOperations.call(
                            "try group",
                            id,
                            query,
                            new GroupDefinitions(seen).group(id),
                            GroupChanges::update));
        }
    }
}

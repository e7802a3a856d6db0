package io.ekiden.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.log.Problem;
import io.ekiden.model.App;
import io.ekiden.model.PathId;
import io.ekiden.model.Timestamps;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Marathon's JSON form of a group update. Reports every problem of the whole tree at once, each
/// with its path such as `/groups(0)/apps(1)/cpus`. `pods` is read-only and ignored, as in
/// Marathon.
public final class GroupJson {
    /// More than a body can hold.
    private static final int MAX_ITEMS = 100_000;

    private static final double MAX_FACTOR = 1e6;
    private static final String ALONE = "not allowed in conjunction with other properties.";

    private GroupJson() {}

    /// The group that a request is about: the id in its body, meant from the one in its path.
    public static PathId id(PathId path, ObjectNode update) {
        var id = update.path("id");
        return id.isTextual() && !id.textValue().isEmpty() ? path.resolve(id.textValue()) : path;
    }

    /// What breaks the schema, without knowing what is there.
    public static List<Problem> formProblems(PathId id, ObjectNode update) {
        return switch (read(id, update)) {
            case Parsed.Ok<GroupUpdate> _ -> List.of();
            case Parsed.Invalid<GroupUpdate>(var problems) ->
                    problems.stream().filter(Problem::ofForm).toList();
        };
    }

    /// @param id absolute, of the group that is meant
    public static Parsed<GroupUpdate> read(PathId id, ObjectNode update) {
        return read(id, update, Dialect.LATEST);
    }

    /// The same, as it was read at some time.
    public static Parsed<GroupUpdate> read(PathId id, ObjectNode update, Dialect dialect) {
        var problems = new ArrayList<Problem>();
        var group = Fields.of(update, problems, dialect);
        group.text("id");
        if (!id.isRoot()) {
            IdJson.check(group, id);
        }
        var scaleBy = group.number("scaleBy", 0, MAX_FACTOR);
        var version = group.text("version");
        alone(group, "scaleBy");
        alone(group, "version");
        if (version.isPresent() && problems.isEmpty()) {
            return restore(version.get(), problems);
        }
        if (scaleBy.isPresent()) {
            return Parsed.of(new GroupUpdate.ScaleBy(scaleBy.get()), problems);
        }
        return Parsed.of(content(id, group, problems), problems);
    }

    private static Parsed<GroupUpdate> restore(String version, List<Problem> problems) {
        var time = Timestamps.parse(version);
        if (time.isPresent()) {
            return new Parsed.Ok<>(new GroupUpdate.Restore(time.get()));
        }
        problems.add(Problem.form("/version", "error.expected.date.isoformat"));
        return new Parsed.Invalid<>(problems);
    }

    /// An id may stand beside it.
    private static void alone(Fields group, String field) {
        boolean others =
                group.names().stream()
                        .anyMatch(name ->
                                !name.equals("id") && !name.equals(field) && group.has(name));
        if (group.has(field) && others) {
            group.rule(field, ALONE);
        }
    }

    private static GroupUpdate.Content content(PathId id, Fields group, List<Problem> problems) {
        var dialect = group.dialect();
        return new GroupUpdate.Content(
                id,
                group.array("apps", MAX_ITEMS).map(list -> apps(id, list, problems, dialect)),
                group.array("groups", MAX_ITEMS).map(list -> groups(id, list, problems, dialect)),
                IdJson.dependencies(group, id),
                enforceRole(id, group));
    }

    /// `{"enforceRole": …}`, which stands alone.
    public static Parsed<Boolean> readEnforceRole(PathId id, ObjectNode update) {
        var problems = new ArrayList<Problem>();
        var group = Fields.of(update, problems);
        if (id.segments().size() != 1) {
            problems.add(Problem.rule("/id", "Path needs to be top-level"));
            return new Parsed.Invalid<>(problems);
        }
        group.names().stream()
                .filter(name -> !name.equals("enforceRole"))
                .forEach(name -> group.rule(name, "only enforceRole can be changed this way"));
        boolean wanted =
                group.has("enforceRole")
                        ? enforceRole(id, group).orElse(false)
                        : group.<Boolean>form("enforceRole", "error.path.missing").orElse(false);
        return Parsed.of(wanted, problems);
    }

    private static Optional<Boolean> enforceRole(PathId id, Fields group) {
        var enforce = group.flag("enforceRole");
        if (enforce.isPresent() && id.segments().size() != 1) {
            group.rule("enforceRole", "enforceRole can only be set for top-level groups");
        }
        return enforce;
    }

    private static List<App> apps(
            PathId group, JsonNode list, List<Problem> problems, Dialect dialect) {
        var apps = new ArrayList<App>();
        var seen = new HashSet<PathId>();
        for (int i = 0; i < list.size(); i++) {
            var place = "/apps(" + i + ")";
            childId(group, list.get(i), place, seen, problems)
                    .ifPresent(child -> {
                        switch (AppJson.read(child.id(), child.json(), dialect)) {
                            case Parsed.Ok<App>(var app) -> apps.add(app);
                            case Parsed.Invalid<App>(var wrong) -> add(place, wrong, problems);
                        }
                    });
        }
        return apps;
    }

    private static List<GroupUpdate.Content> groups(
            PathId group, JsonNode list, List<Problem> problems, Dialect dialect) {
        var groups = new ArrayList<GroupUpdate.Content>();
        var seen = new HashSet<PathId>();
        for (int i = 0; i < list.size(); i++) {
            var place = "/groups(" + i + ")";
            childId(group, list.get(i), place, seen, problems)
                    .ifPresent(child -> {
                        switch (read(child.id(), child.json(), dialect)) {
                            case Parsed.Ok<GroupUpdate>(GroupUpdate.Content content) ->
                                    groups.add(content);
                            case Parsed.Ok<GroupUpdate> _ ->
                                    problems.add(Problem.rule(place, ALONE));
                            case Parsed.Invalid<GroupUpdate>(var wrong) ->
                                    add(place, wrong, problems);
                        }
                    });
        }
        return groups;
    }

    private record Child(PathId id, ObjectNode json) {}

    /// The id of an element of a list, meant from the group that has the list.
    private static Optional<Child> childId(
            PathId group, JsonNode item, String place, Set<PathId> seen, List<Problem> problems) {
        if (!(item instanceof ObjectNode json)) {
            problems.add(Problem.form(place, "error.expected.jsobject"));
            return Optional.empty();
        }
        if (!json.path("id").isTextual()) {
            problems.add(
                    Problem.form(
                            place + "/id",
                            json.hasNonNull("id")
                                    ? "error.expected.jsstring"
                                    : "error.path.missing"));
            return Optional.empty();
        }
        var id = group.resolve(json.path("id").textValue());
        if (id.isRoot() || !id.parent().equals(group)) {
            problems.add(
                    Problem.rule(
                            place + "/id", "Identifier is not child of '%s'".formatted(group)));
        } else if (!seen.add(id)) {
            problems.add(Problem.rule(place + "/id", "must be unique"));
        }
        return Optional.of(new Child(id, json));
    }

    private static void add(String place, List<Problem> wrong, List<Problem> problems) {
        wrong.forEach(problem -> problems.add(problem.in(place)));
    }
}

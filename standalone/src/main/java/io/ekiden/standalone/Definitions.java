package io.ekiden.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.json.AppJson;
import io.ekiden.json.GroupJson;
import io.ekiden.json.JsonText;
import io.ekiden.json.Parsed;
import io.ekiden.json.PodJson;
import io.ekiden.log.Problem;
import io.ekiden.model.PathId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// The definitions of one FILE: a Marathon app, a list of them, a pod, or a group. Read and checked
/// as the API would before anything is started.
record Definitions(Path file, List<Definition> all) {
    enum Kind {
        APP("/v2/apps"),
        POD("/v2/pods"),
        GROUP("/v2/groups");

        private final String path;

        Kind(String path) {
            this.path = path;
        }
    }

    /// One of them as the user wrote it.
    record Definition(Kind kind, PathId id, ObjectNode json) {
        /// Where the API has it.
        String path() {
            return kind.path + id;
        }
    }

    Definitions {
        all = List.copyOf(all);
    }

    static Definitions read(Path file) throws CommandFailure {
        var json = parse(file);
        var all = new ArrayList<Definition>();
        if (json.isArray()) {
            for (var item : json) {
                var definition = definition(file, item);
                if (definition.kind() != Kind.APP) {
                    throw CommandFailure.usage(file + ": a pod or group must be alone in its file");
                }
                all.add(definition);
            }
        } else {
            all.add(definition(file, json));
        }
        return new Definitions(file, all);
    }

    private static JsonNode parse(Path file) throws CommandFailure {
        byte[] text;
        try {
            text = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw CommandFailure.usage(file + ": no such file");
        } catch (IOException e) {
            throw CommandFailure.usage("%s cannot be read: %s".formatted(file, e.getMessage()));
        }
        return switch (JsonText.parse(text)) {
            case JsonText.Tree(var json) -> json;
            case JsonText.Empty() -> throw CommandFailure.usage(file + " is empty");
            case JsonText.Malformed(var message) ->
                    throw CommandFailure.usage(
                            "%s is not JSON: %s"
                                    .formatted(file, message.lines().findFirst().orElse("")));
        };
    }

    private static Definition definition(Path file, JsonNode json) throws CommandFailure {
        if (!(json instanceof ObjectNode object)) {
            throw CommandFailure.usage(
                    file
                            + ": an app, pod or group definition (a JSON object) or a list of apps is expected");
        }
        if (object.has("apps") || object.has("groups")) {
            return group(file, object);
        }
        if (PodJson.isPod(object)) {
            var id = require(file, "the pod", PodJson.readId(object));
            require(file, id.toString(), PodJson.read(id, object));
            return new Definition(Kind.POD, id, object);
        }
        var id = require(file, "the app", AppJson.readId(object));
        require(file, id.toString(), AppJson.read(id, object));
        return new Definition(Kind.APP, id, object);
    }

    private static Definition group(Path file, ObjectNode object) throws CommandFailure {
        var id = GroupJson.id(PathId.ROOT, object);
        if (id.isRoot()) {
            throw CommandFailure.usage(
                    file
                            + " defines the root group, which would take the place of everything"
                            + " that runs; give the group an id");
        }
        require(file, id.toString(), GroupJson.read(id, object));
        return new Definition(Kind.GROUP, id, object);
    }

    private static <T> T require(Path file, String what, Parsed<T> parsed) throws CommandFailure {
        return switch (parsed) {
            case Parsed.Ok<T>(var value) -> value;
            case Parsed.Invalid<T>(var problems) ->
                    throw CommandFailure.usage(
                            "%s: %s is not valid: %s".formatted(file, what, text(problems)));
        };
    }

    private static String text(List<Problem> problems) {
        return problems.stream()
                .map(problem -> problem.path() + " " + String.join(", ", problem.errors()))
                .collect(Collectors.joining("; "));
    }
}

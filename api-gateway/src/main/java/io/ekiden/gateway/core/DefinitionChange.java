package io.ekiden.gateway.core;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.ekiden.json.AppJson;
import io.ekiden.json.PodJson;
import io.ekiden.log.Fact;
import io.ekiden.log.JournalEntry;
import io.ekiden.model.App;
import io.ekiden.model.PathId;
import io.ekiden.model.Pod;
import io.ekiden.model.RunSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// What a journal entry made of one app or pod.
///
/// @param from how it was; empty when it was made
/// @param to how it is; empty when it was deleted
record DefinitionChange(PathId id, Optional<RunSpec> from, Optional<RunSpec> to) {
    /// Told by every change.
    private static final Set<String> OBVIOUS = Set.of("version", "versionInfo");

    private static final String HIDDEN = "(hidden)";

    /// In the order of the ids.
    static List<DefinitionChange> of(JournalEntry entry) {
        var before = new HashMap<PathId, Optional<RunSpec>>();
        var after = new TreeMap<PathId, Optional<RunSpec>>();
        for (var fact : entry.facts()) {
            switch (fact) {
                case Fact.FormerKept(var former) -> before.put(former.id(), former.spec());
                case Fact.RunSpecPut(var spec) -> after.put(spec.id(), Optional.of(spec));
                case Fact.RunSpecGone(var _, var id) -> after.put(id, Optional.empty());
                default -> {} // nothing of a definition
            }
        }
        return after.entrySet().stream()
                .map(one ->
                        new DefinitionChange(
                                one.getKey(),
                                before.getOrDefault(one.getKey(), Optional.empty()),
                                one.getValue()))
                .toList();
    }

    ObjectNode json() {
        var json = Answer.object().put("id", id.value());
        if (to.isEmpty()) {
            return json.put("is", "deleted");
        }
        if (from.isEmpty()) {
            return json.put("is", "created");
        }
        json.put("is", "changed");
        return json.setAll(JsonDiff.of(side(from.get()), side(to.get())));
    }

    /// In the environment people put secrets, though they should not: it is told which variables
    /// have changed, and not what they are.
    private static JsonDiff.Side side(RunSpec spec) {
        var real = written(spec);
        var shown = real.deepCopy();
        hide(shown.path("env"));
        hide(shown.path("environment"));
        shown.path("containers").forEach(container -> hide(container.path("environment")));
        return new JsonDiff.Side(real, shown);
    }

    private static void hide(JsonNode variables) {
        if (variables instanceof ObjectNode map) {
            map.properties().forEach(variable -> variable.setValue(TextNode.valueOf(HIDDEN)));
        }
    }

    private static ObjectNode written(RunSpec spec) {
        var json =
                switch (spec) {
                    case App app -> AppJson.write(app);
                    case Pod pod -> PodJson.write(pod);
                };
        return json.without(OBVIOUS);
    }
}

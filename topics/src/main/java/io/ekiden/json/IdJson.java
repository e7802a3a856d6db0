package io.ekiden.json;

import io.ekiden.model.PathId;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// The `id` of a definition, and the ids of what it depends on.
final class IdJson {
    private static final String NO_MATCH = "must fully match";

    private IdJson() {}

    /// The id that is written there, resolved against the root.
    static Optional<PathId> read(Fields fields) {
        var text = fields.someText("id");
        if (text.isPresent() && text.get().length() > Limits.MAX_ID_LENGTH) {
            return fields.form("id", "error.maxLength");
        }
        var id = text.map(PathId::of);
        id.ifPresent(given -> check(fields, given));
        return id;
    }

    static void check(Fields fields, PathId id) {
        // Before the patterns: they recurse, and would overflow the stack on a very long id.
        if (id.value().length() > Limits.MAX_ID_LENGTH) {
            fields.form("id", "error.maxLength");
            return;
        }
        id.problem()
                .ifPresent(text -> {
                    // The schema has the pattern too, and is asked first.
                    if (text.startsWith(NO_MATCH)) {
                        fields.form("id", "error.pattern");
                    } else {
                        fields.rule("id", text);
                    }
                });
    }

    /// What else must be there; relative ids are meant from `group`.
    static Optional<SortedSet<PathId>> dependencies(Fields fields, PathId group) {
        return fields.texts("dependencies", Limits.MAX_DEPENDENCIES)
                .map(given -> {
                    var dependencies = new TreeSet<PathId>();
                    for (int i = 0; i < given.size(); i++) {
                        var id = group.resolve(given.get(i));
                        if (isMalformed(id)) {
                            fields.form("dependencies(" + i + ")", "error.pattern");
                        }
                        dependencies.add(id);
                    }
                    return dependencies;
                });
    }

    /// Reserved words are allowed, for groups may have them.
    private static boolean isMalformed(PathId id) {
        return id.value().length() > Limits.MAX_ID_LENGTH
                || id.problem().filter(text -> text.startsWith(NO_MATCH)).isPresent();
    }
}

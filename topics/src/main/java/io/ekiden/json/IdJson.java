package io.ekiden.json;

import io.ekiden.model.PathId;
import java.util.Optional;

/// The `id` of a definition.
final class IdJson {
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
                    if (text.startsWith("must fully match")) {
                        fields.form("id", "error.pattern");
                    } else {
                        fields.rule("id", text);
                    }
                });
    }
}

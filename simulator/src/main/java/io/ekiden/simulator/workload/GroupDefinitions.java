package io.ekiden.simulator.workload;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.model.PathId;

/// Definitions of groups: a few small apps, some of which depend on others, and now and then a
/// group in the group.
final class GroupDefinitions {
    private final Seen seen;

    GroupDefinitions(Seen seen) {
        this.seen = seen;
    }

    ObjectNode group(PathId id) {
        var group = JsonNodeFactory.instance.objectNode();
        int members = 1 + seen.choices().choose("group.members", 3);
        var apps = group.putArray("apps");
        for (int i = 0; i < members; i++) {
            member(apps, id, name(i), i);
        }
        if (seen.oneIn("group.nested", 3)) {
            var nested = group.putArray("groups").addObject().put("id", "sub");
            if (seen.oneIn("group.nested.depends", 2)) {
                nested.putArray("dependencies").add(id.resolve(name(0)).value());
            }
            member(nested.putArray("apps"), id.resolve("sub"), "n", 0);
        }
        // Only on groups of smaller numbers, so that none depend on one another.
        if (!id.equals(Seen.groupId(0)) && seen.oneIn("group.depends", 2)) {
            group.putArray("dependencies").add(Seen.groupId(0).value());
        }
        return group;
    }

    private static String name(int member) {
        return String.valueOf((char) ('a' + member));
    }

    /// It may depend on those before it.
    private void member(ArrayNode apps, PathId group, String name, int before) {
        var own = seen.of(name);
        var app = new Definitions(own).app().put("id", name);
        app.put("instances", 1 + own.choices().choose("app.few", 2));
        var dependencies = app.putArray("dependencies");
        for (int i = 0; i < before; i++) {
            if (own.oneIn("depends", 2)) {
                dependencies.add(group.resolve(name(i)).value());
            }
        }
        apps.add(app);
    }
}

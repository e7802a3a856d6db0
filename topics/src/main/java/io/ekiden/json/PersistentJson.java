package io.ekiden.json;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.model.Constraint.Operator;
import io.ekiden.model.Disk;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The `persistent` of a volume of an app or a pod: Marathon's `PersistentVolumeInfo`, with its
/// rules.
final class PersistentJson {
    private static final String ROOT = "root";

    private PersistentJson() {}

    /// @param size MiB
    record Storage(int size, Optional<Disk.Wanted> disk) {}

    static Optional<Storage> read(Fields fields) {
        if (!fields.dialect().hasDisks()) {
            return formerly(fields).map(mib -> new Storage(mib, Optional.empty()));
        }
        var profile = fields.someText("profileName");
        var type = type(fields, fields.has("profileName") ? name(Disk.Type.MOUNT) : ROOT);
        var size = size(fields);
        var maxSize = fields.integer("maxSize", 0, Integer.MAX_VALUE);
        if (maxSize.isPresent() && type.filter(Disk.Type.MOUNT::equals).isEmpty()) {
            fields.rule("Only mount volumes can have maxSize");
        }
        if (maxSize.isPresent() && size.filter(mib -> maxSize.get() <= mib).isPresent()) {
            fields.rule("Max size must be larger than size");
        }
        if (type.isEmpty() && profile.isPresent()) {
            fields.rule("profileName", "the agents' own disks have no profile");
        }
        var constraints = ConstraintJson.read(fields);
        if (type.isEmpty() && !constraints.isEmpty()) {
            fields.rule("Constraints on root volumes are not supported");
        }
        for (int i = 0; i < constraints.size(); i++) {
            var operator = constraints.get(i).operator();
            if (!constraints.get(i).field().equals("path")) {
                fields.rule("constraints(" + i + ")", "Unsupported field");
            } else if (operator != Operator.LIKE && operator != Operator.UNLIKE) {
                fields.rule("constraints(" + i + ")", "Operator must be one of LIKE, UNLIKE");
            }
        }
        return size.map(mib ->
                new Storage(
                        mib,
                        type.map(which -> new Disk.Wanted(which, maxSize, profile, constraints))));
    }

    /// Absent: the agent's own disk.
    private static Optional<Disk.Type> type(Fields fields, String usual) {
        var names = List.of(ROOT, name(Disk.Type.PATH), name(Disk.Type.MOUNT));
        var given = fields.literal("type", names).orElse(usual);
        return Arrays.stream(Disk.Type.values()).filter(type -> name(type).equals(given)).findAny();
    }

    private static String name(Disk.Type type) {
        return type.name().toLowerCase(Locale.ROOT);
    }

    private static Optional<Integer> size(Fields fields) {
        var size = fields.integer("size", 1, Integer.MAX_VALUE);
        if (size.isEmpty() && !fields.has("size")) {
            fields.form("size", "error.path.missing");
        }
        return size;
    }

    /// When there were only the agents' own disks.
    private static Optional<Integer> formerly(Fields fields) {
        if (type(fields, ROOT).isPresent()) {
            fields.rule("type", UnsupportedFields.NOT_SUPPORTED);
        }
        for (var field : List.of("maxSize", "profileName")) {
            if (fields.has(field)) {
                fields.rule(field, UnsupportedFields.NOT_SUPPORTED);
            }
        }
        UnsupportedFields.emptyList(fields, "constraints");
        return size(fields);
    }

    static ObjectNode write(int size, Optional<Disk.Wanted> disk) {
        var json = JsonNodeFactory.instance.objectNode();
        json.put("type", disk.map(Disk.Wanted::type).map(PersistentJson::name).orElse(ROOT));
        json.put("size", size);
        disk.ifPresent(wanted -> {
            wanted.maxSize().ifPresent(most -> json.put("maxSize", most));
            wanted.profile().ifPresent(profile -> json.put("profileName", profile));
            if (!wanted.constraints().isEmpty()) {
                json.set("constraints", ConstraintJson.write(wanted.constraints()));
            }
        });
        return json;
    }
}

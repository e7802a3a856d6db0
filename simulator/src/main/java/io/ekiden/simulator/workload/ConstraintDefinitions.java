package io.ekiden.simulator.workload;

import java.util.List;

/// Constraints as users write them: each operator, on the hostname and on an attribute. Some can
/// never be met.
final class ConstraintDefinitions {
    private static final List<String> FIELDS = List.of("hostname", "rack", "zone");

    private ConstraintDefinitions() {}

    /// Field, operator and, for some, a value.
    static List<String> one(Seen seen) {
        var field = FIELDS.get(seen.choices().choose("constraint.field", FIELDS.size()));
        return switch (seen.choices().choose("constraint.operator", 9)) {
            case 0 -> List.of(field, "UNIQUE");
            case 1, 2 -> List.of(field, "MAX_PER", "" + (1 + number(seen, 2)));
            case 3, 4 -> List.of(field, "GROUP_BY");
            case 5 -> List.of(field, "GROUP_BY", "" + (1 + number(seen, 3)));
            case 6 ->
                    seen.oneIn("constraint.any", 2)
                            ? List.of(field, "CLUSTER")
                            : List.of(field, "CLUSTER", value(field, number(seen, 3)));
            case 7 ->
                    List.of(
                            field,
                            seen.oneIn("constraint.not", 2) ? "UNLIKE" : "LIKE",
                            ".*[" + number(seen, 3) + number(seen, 3) + "]");
            default -> List.of(field, "IS", value(field, number(seen, 3)));
        };
    }

    private static int number(Seen seen, int bound) {
        return seen.choices().choose("constraint.number", bound);
    }

    private static String value(String field, int number) {
        return switch (field) {
            case "hostname" -> "host-a" + (1 + number);
            case "rack" -> "r" + number;
            default -> "z" + number;
        };
    }
}

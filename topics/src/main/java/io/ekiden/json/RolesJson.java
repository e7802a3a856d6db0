package io.ekiden.json;

import io.ekiden.model.RunSpec;
import java.util.List;

/// `role` and `acceptedResourceRoles`. Which roles a definition may name depends on its group, so
/// the planner judges that.
final class RolesJson {
    private static final String ACCEPTED = "acceptedResourceRoles";

    private RolesJson() {}

    static String role(Fields spec) {
        return spec.text("role").orElse(RunSpec.NO_ROLE);
    }

    static List<String> accepted(Fields spec) {
        var roles = spec.texts(ACCEPTED, Limits.MAX_ROLES);
        if (roles.isPresent() && spec.sound(ACCEPTED) && roles.get().isEmpty()) {
            spec.rule(ACCEPTED, "must not be empty");
        }
        return roles.map(given -> given.stream().distinct().toList()).orElse(List.of());
    }
}

package io.ekiden.json;

import java.util.List;

/// `acceptedResourceRoles`: there are no reservations, so only `*` is accepted.
final class RolesJson {
    private static final String FIELD = "acceptedResourceRoles";

    private RolesJson() {}

    static List<String> read(Fields spec) {
        var roles = spec.texts(FIELD, Limits.MAX_ROLES);
        if (roles.isPresent() && spec.sound(FIELD)) {
            if (roles.get().isEmpty()) {
                spec.rule(FIELD, "must not be empty");
            } else if (!roles.get().stream().allMatch("*"::equals)) {
                spec.rule(FIELD, "acceptedResourceRoles can only contain * and *");
            }
        }
        return roles.map(given -> given.stream().distinct().toList()).orElse(List.of());
    }
}

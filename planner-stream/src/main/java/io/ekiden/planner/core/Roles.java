package io.ekiden.planner.core;

import io.ekiden.json.AppJson;
import io.ekiden.json.Parsed;
import io.ekiden.log.Problem;
import io.ekiden.model.Group;
import io.ekiden.model.RunSpec;
import java.util.ArrayList;
import java.util.Optional;
import java.util.TreeSet;

/// Marathon's roles: `*`, and that of a top-level group, which is named as the group is. A group
/// that enforces its role gives it to what names none and admits no other; else `*` is given and
/// both are admitted. What has another role keeps it, and what was in force once may be again.
final class Roles {
    static final String ANY = "*";

    private Roles() {}

    /// @param top the top-level group in which it is, if it is in any
    static Parsed<RunSpec> assign(RunSpec wanted, Optional<RunSpec> before, Optional<Group> top) {
        if (!wanted.version().equals(AppJson.UNVERSIONED)) {
            return new Parsed.Ok<>(wanted);
        }
        var own = top.map(group -> group.id().segments().getFirst());
        var enforced = own.filter(_ -> top.get().enforcesRole());
        boolean names = !wanted.role().equals(RunSpec.NO_ROLE);
        var spec = names ? wanted : wanted.withRole(enforced.orElse(ANY));
        var admitted = new TreeSet<String>();
        own.ifPresent(admitted::add);
        before.map(RunSpec::role).ifPresent(admitted::add);
        if (enforced.isEmpty()) {
            admitted.add(ANY);
        }
        var problems = new ArrayList<Problem>();
        if (!admitted.contains(spec.role())) {
            problems.add(Problem.rule("/role", "must be one of: " + String.join(", ", admitted)));
        }
        boolean accepts =
                spec.acceptedResourceRoles().stream()
                        .allMatch(role -> role.equals(ANY) || role.equals(spec.role()));
        if (!accepts) {
            problems.add(
                    Problem.rule(
                            acceptedPath(spec),
                            "acceptedResourceRoles can only contain * and " + spec.role()));
        }
        return Parsed.of(spec, problems);
    }

    private static String acceptedPath(RunSpec spec) {
        return switch (spec.kind()) {
            case APP -> "/acceptedResourceRoles";
            case POD -> "/scheduling/placement/acceptedResourceRoles";
        };
    }
}

package io.ekiden.gateway.core.access;

import io.ekiden.model.PathId;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// Who sent a request, and what he was granted. The one place where grants are compared with what
/// is asked for.
///
/// @param name as the log tells it
public record Caller(String name, List<Grant> grants) {
    /// Where nobody is asked who he is, everybody may everything.
    public static final Caller ANYBODY =
            new Caller("anonymous", List.of(new Grant(Role.ADMIN, PathId.ROOT, Set.of())));

    public Caller {
        grants = List.copyOf(grants);
    }

    /// @param id normalised
    public boolean may(Action action, PathId id) {
        return grants.stream().anyMatch(grant -> grant.allows(action, id));
    }

    /// Whether there is any path at all where he may.
    public boolean maySomewhere(Action action) {
        return grants.stream().anyMatch(grant -> grant.role().may(action));
    }

    /// Whether something that he may see is, or could be, in this group: then he may know that the
    /// group is there.
    public boolean glimpses(PathId group) {
        return may(Action.VIEW, group)
                || grants.stream().anyMatch(grant -> grant.path().isWithin(group));
    }

    public boolean has(Capability capability, PathId id) {
        return grants.stream().anyMatch(grant -> grant.allows(capability, id));
    }

    boolean hasEveryCapability(PathId id) {
        return Arrays.stream(Capability.values()).allMatch(capability -> has(capability, id));
    }

    public boolean sees(PathId id) {
        return may(Action.VIEW, id);
    }

    public boolean seesAll() {
        return sees(PathId.ROOT);
    }

    /// Whether there is nothing that could be refused him.
    public boolean mayAnything() {
        return may(Action.OPERATE, PathId.ROOT) && hasEveryCapability(PathId.ROOT);
    }
}

package io.ekiden.gateway.core.access;

import io.ekiden.model.PathId;
import java.util.Set;

/// A role on a path and everything below it, and the capabilities that go with it there.
public record Grant(Role role, PathId path, Set<Capability> capabilities) {
    public Grant {
        capabilities = Set.copyOf(capabilities);
    }

    boolean allows(Action action, PathId id) {
        return role.may(action) && id.isWithin(path);
    }

    boolean allows(Capability capability, PathId id) {
        return id.isWithin(path) && (role == Role.ADMIN || capabilities.contains(capability));
    }
}

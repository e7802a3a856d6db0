package io.ekiden.model;

import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;

/// A group: a place for apps, pods and groups, with what is said of all of them. What it holds is
/// known by the paths; a group stays when the last of it is gone, until it is deleted itself.
///
/// @param dependencies of everything in it
/// @param enforceRole of a top-level group: whether new apps and pods in it must have its role
/// @param version of the root when the group, or anything in it, changed last
public record Group(
        PathId id, SortedSet<PathId> dependencies, Optional<Boolean> enforceRole, Instant version)
        implements Entity {
    public static final String PREFIX = "group/";

    public Group {
        dependencies = Sorted.copyOf(dependencies);
    }

    /// A group of which nothing was said yet.
    public static Group empty(PathId id, Instant version) {
        return new Group(id, Collections.emptySortedSet(), Optional.empty(), version);
    }

    public Group withVersion(Instant version) {
        return new Group(id, dependencies, enforceRole, version);
    }

    public Group withDependencies(SortedSet<PathId> dependencies) {
        return new Group(id, dependencies, enforceRole, version);
    }

    public Group withEnforceRole(Optional<Boolean> enforceRole) {
        return new Group(id, dependencies, enforceRole, version);
    }

    /// Whether `other` differs in more than its version.
    public boolean sameContent(Group other) {
        return equals(other.withVersion(version));
    }

    /// Whether a new app or pod in this group must have the group's role.
    public boolean enforcesRole() {
        return enforceRole.orElse(false);
    }

    public static String key(PathId id) {
        return "group" + id;
    }

    @Override
    public String key() {
        return key(id);
    }
}

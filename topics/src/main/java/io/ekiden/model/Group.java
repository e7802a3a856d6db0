package io.ekiden.model;

import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;

/// A group: a place for apps, pods and groups, with what is said of all of them. What it holds is
/// known by the paths; a group stays when the last of it is gone, until it is deleted itself.
///
/// @param dependencies of everything in it
/// @param enforceRole of a top-level group: whether its apps must have its role
/// @param version of the root when the group, or anything in it, changed last
public record Group(
        PathId id, SortedSet<PathId> dependencies, Optional<Boolean> enforceRole, Instant version)
        implements Entity {
    public static final String PREFIX = "group/";

    public Group {
        dependencies = Sorted.copyOf(dependencies);
    }

    public static String key(PathId id) {
        return "group" + id;
    }

    @Override
    public String key() {
        return key(id);
    }
}

package io.ekiden.json;

import io.ekiden.model.App;
import io.ekiden.model.PathId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/// What a user wants of a group.
public sealed interface GroupUpdate {

    /// New content. What is not given keeps what it has; a list replaces all that was there.
    record Content(
            PathId id,
            Optional<List<App>> apps,
            Optional<List<Content>> groups,
            Optional<SortedSet<PathId>> dependencies,
            Optional<Boolean> enforceRole)
            implements GroupUpdate {}

    /// As many instances times this of every app, rounded up.
    record ScaleBy(double factor) implements GroupUpdate {}

    /// As it was at this root version.
    record Restore(Instant version) implements GroupUpdate {}
}

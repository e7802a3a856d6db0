package io.ekiden.planner.core;

import io.ekiden.model.PathId;
import io.ekiden.state.Definitions;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Things by their paths as a change would leave them, written over those that are there: a small
/// change costs the same however many there are.
final class Overlay<T> {
    private final NavigableMap<PathId, T> before;
    private final TreeMap<PathId, Optional<T>> changes = new TreeMap<>();

    /// @param before a view, which must not change as long as this is used
    Overlay(NavigableMap<PathId, T> before) {
        this.before = before;
    }

    Optional<T> get(PathId path) {
        var change = changes.get(path);
        return change == null ? Optional.ofNullable(before.get(path)) : change;
    }

    Optional<T> before(PathId path) {
        return Optional.ofNullable(before.get(path));
    }

    boolean has(PathId path) {
        return get(path).isPresent();
    }

    void put(PathId path, T thing) {
        changes.put(path, Optional.of(thing));
    }

    void remove(PathId path) {
        changes.put(path, Optional.empty());
    }

    /// The paths that were written or removed, also when what stands there is the same as before.
    NavigableSet<PathId> changed() {
        return Collections.unmodifiableNavigableSet(changes.navigableKeySet());
    }

    /// What lies below a path, at any depth: a copy.
    SortedMap<PathId, T> below(PathId path) {
        return merged(Definitions.below(before, path), Definitions.below(changes, path));
    }

    /// Everything: a copy.
    SortedMap<PathId, T> all() {
        return merged(before, changes);
    }

    private SortedMap<PathId, T> merged(
            NavigableMap<PathId, T> old, NavigableMap<PathId, Optional<T>> over) {
        var merged = new TreeMap<PathId, T>(old);
        over.forEach((path, change) ->
                change.ifPresentOrElse(
                        thing -> merged.put(path, thing), () -> merged.remove(path)));
        return merged;
    }
}

package io.ekiden.planner.core;

import io.ekiden.log.Fact;
import io.ekiden.model.Entity;
import io.ekiden.state.ClusterImage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;

/// A decision in the making. Each fact is applied to the image at once, so that what is decided
/// next sees it; all of them can be undone.
final class Draft {
    private final ClusterImage image;
    private final List<Fact> facts = new ArrayList<>();
    private final TreeMap<String, Optional<Entity>> before = new TreeMap<>();

    Draft(ClusterImage image) {
        this.image = image;
    }

    void add(Fact fact) {
        facts.add(fact);
        image.replay(fact).forEach(before::putIfAbsent);
    }

    /// Applies at once what a fact will say that is yet to be [#record]ed.
    void put(Entity entity) {
        var was = image.put(entity);
        before.putIfAbsent(entity.key(), was);
    }

    /// Adds a fact all of whose effects have been [#put].
    void record(Fact fact) {
        facts.add(fact);
    }

    ClusterImage image() {
        return image;
    }

    List<Fact> facts() {
        return Collections.unmodifiableList(facts);
    }

    SortedSet<String> changed() {
        return Collections.unmodifiableSortedSet(before.navigableKeySet());
    }

    void undo() {
        before.forEach(
                (key, entity) -> entity.ifPresentOrElse(image::put, () -> image.remove(key)));
        before.clear();
        facts.clear();
    }
}

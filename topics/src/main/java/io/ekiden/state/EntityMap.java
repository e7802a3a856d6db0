package io.ekiden.state;

import io.ekiden.model.Entity;
import io.ekiden.model.Instance;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/// Every entity by its key, found at once; and in the order of their keys, but for the instances:
/// there are many of them, and [SpecInstances] has them in order.
final class EntityMap {
    private final HashMap<String, Entity> all = new HashMap<>();
    private final TreeMap<String, Entity> inOrder = new TreeMap<>();

    Optional<Entity> get(String key) {
        return Optional.ofNullable(all.get(key));
    }

    <T extends Entity> Optional<T> get(Class<T> type, String key) {
        return Optional.ofNullable(type.cast(all.get(key)));
    }

    /// Returns what stood under its key.
    Optional<Entity> put(Entity entity) {
        var key = entity.key();
        if (!(entity instanceof Instance)) {
            inOrder.put(key, entity);
        }
        return Optional.ofNullable(all.put(key, entity));
    }

    Optional<Entity> remove(String key) {
        inOrder.remove(key);
        return Optional.ofNullable(all.remove(key));
    }

    void clear() {
        all.clear();
        inOrder.clear();
    }

    boolean same(EntityMap other) {
        return all.equals(other.all);
    }

    int size() {
        return all.size();
    }

    /// All but the instances.
    NavigableMap<String, Entity> inOrder() {
        return Collections.unmodifiableNavigableMap(inOrder);
    }

    /// Those whose keys begin so, none of them an instance: a copy, so that a loop over it may
    /// change the map.
    <T extends Entity> Collection<T> startingWith(Class<T> type, String prefix) {
        var found = new ArrayList<T>();
        for (var entry : inOrder.tailMap(prefix, true).entrySet()) {
            if (!entry.getKey().startsWith(prefix)) {
                break;
            }
            found.add(type.cast(entry.getValue()));
        }
        return found;
    }

    /// All of them, in order: a copy.
    NavigableMap<String, Entity> copy() {
        return Collections.unmodifiableNavigableMap(new TreeMap<>(all));
    }
}

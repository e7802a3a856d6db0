package io.ekiden.state;

import io.ekiden.model.Endpoint;
import io.ekiden.model.Entity;
import io.ekiden.model.Instance;
import io.ekiden.model.InstanceId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/// Every entity by its key, found at once; and in the order of their keys, but for instances and
/// endpoints, of which there are many: [SpecInstances] has instances in order, and their keys are
/// not kept.
final class EntityMap {
    private final HashMap<InstanceId, Instance> instances = new HashMap<>();
    private final HashMap<String, Entity> others = new HashMap<>();
    private final TreeMap<String, Entity> inOrder = new TreeMap<>();

    Optional<Entity> get(String key) {
        return Optional.ofNullable(
                namesInstance(key) ? instances.get(instanceId(key)) : others.get(key));
    }

    /// One that is no instance.
    <T extends Entity> Optional<T> get(Class<T> type, String key) {
        return Optional.ofNullable(type.cast(others.get(key)));
    }

    Optional<Instance> get(InstanceId id) {
        return Optional.ofNullable(instances.get(id));
    }

    /// Returns what stood under its key.
    Optional<Entity> put(Entity entity) {
        if (entity instanceof Instance instance) {
            return Optional.ofNullable(instances.put(instance.id(), instance));
        }
        var key = entity.key();
        if (!(entity instanceof Endpoint)) {
            inOrder.put(key, entity);
        }
        return Optional.ofNullable(others.put(key, entity));
    }

    Optional<Entity> remove(String key) {
        if (namesInstance(key)) {
            return Optional.ofNullable(instances.remove(instanceId(key)));
        }
        var before = others.remove(key);
        if (!(before instanceof Endpoint)) {
            inOrder.remove(key);
        }
        return Optional.ofNullable(before);
    }

    private static boolean namesInstance(String key) {
        return key.startsWith(Instance.PREFIX);
    }

    private static InstanceId instanceId(String key) {
        return new InstanceId(key.substring(Instance.PREFIX.length()));
    }

    void clear() {
        instances.clear();
        others.clear();
        inOrder.clear();
    }

    boolean same(EntityMap other) {
        return instances.equals(other.instances) && others.equals(other.others);
    }

    int size() {
        return instances.size() + others.size();
    }

    /// All but instances and endpoints.
    NavigableMap<String, Entity> inOrder() {
        return Collections.unmodifiableNavigableMap(inOrder);
    }

    /// Those whose keys begin so, neither instances nor endpoints: a copy, so that a loop over it
    /// may change the map.
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

    /// All endpoints, in order: a copy.
    List<Endpoint> endpoints() {
        return others.values().stream()
                .filter(Endpoint.class::isInstance)
                .map(Endpoint.class::cast)
                .sorted(Comparator.comparing(Endpoint::key))
                .toList();
    }

    /// All of them, in order: a copy.
    NavigableMap<String, Entity> copy() {
        var all = new TreeMap<>(others);
        instances.values().forEach(instance -> all.put(instance.key(), instance));
        return Collections.unmodifiableNavigableMap(all);
    }
}

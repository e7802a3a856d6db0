package io.ekiden.state;

import io.ekiden.model.Entity;
import io.ekiden.model.Group;
import io.ekiden.model.PathId;
import io.ekiden.model.PortDefinition;
import io.ekiden.model.RunSpec;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.NavigableMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// The apps, pods and groups by their paths, and what a change of one has to know of all the
/// others: kept up to date, so that no change looks at each of them.
public final class Definitions {
    private final TreeMap<PathId, RunSpec> specs = new TreeMap<>();
    private final TreeMap<PathId, Group> groups = new TreeMap<>();

    /// Of each service port, how many definitions name it.
    private final HashMap<Integer, Integer> counts = new HashMap<>();

    /// Of each external volume, whose definitions name it.
    private final TreeMap<String, TreeSet<PathId>> external = new TreeMap<>();

    private final BitSet named = new BitSet();
    private int dependent;

    /// Every app and pod: a view.
    public NavigableMap<PathId, RunSpec> specs() {
        return Collections.unmodifiableNavigableMap(specs);
    }

    /// Every group: a view.
    public NavigableMap<PathId, Group> groups() {
        return Collections.unmodifiableNavigableMap(groups);
    }

    /// How many apps, pods and groups depend on others.
    public int dependent() {
        return dependent;
    }

    /// How many definitions name a service port.
    public int named(int servicePort) {
        return counts.getOrDefault(servicePort, 0);
    }

    /// The definitions that name an external volume: a view.
    public SortedSet<PathId> naming(String externalVolume) {
        var ids = external.get(externalVolume);
        return ids == null ? Collections.emptySortedSet() : Collections.unmodifiableSortedSet(ids);
    }

    /// The service ports that some definition names: a copy.
    public BitSet servicePorts() {
        return (BitSet) named.clone();
    }

    /// The service ports that a definition names; one that is left open is none.
    public static List<Integer> servicePorts(RunSpec spec) {
        return spec.ports().stream().map(PortDefinition::port).filter(port -> port != 0).toList();
    }

    /// What lies below a path, at any depth: a view.
    public static <V> NavigableMap<PathId, V> below(NavigableMap<PathId, V> map, PathId path) {
        // '0' is the character after '/'.
        return path.isRoot()
                ? map.tailMap(path, false)
                : map.subMap(
                        new PathId(path.value() + "/"),
                        false,
                        new PathId(path.value() + "0"),
                        false);
    }

    void put(Entity entity) {
        if (entity instanceof RunSpec spec) {
            count(spec, specs.put(spec.id(), spec));
        } else if (entity instanceof Group group) {
            count(group, groups.put(group.id(), group));
        }
    }

    void remove(Entity gone) {
        if (gone instanceof RunSpec spec) {
            count(null, specs.remove(spec.id()));
        } else if (gone instanceof Group group) {
            count(null, groups.remove(group.id()));
        }
    }

    private void count(RunSpec is, RunSpec was) {
        if (was != null) {
            dependent -= was.dependencies().isEmpty() ? 0 : 1;
            servicePorts(was).forEach(port -> count(port, -1));
            was.externalVolumes().forEach(volume -> unname(volume.name(), was.id()));
        }
        if (is != null) {
            dependent += is.dependencies().isEmpty() ? 0 : 1;
            servicePorts(is).forEach(port -> count(port, 1));
            is.externalVolumes().forEach(volume -> name(volume.name(), is.id()));
        }
    }

    private void name(String volume, PathId spec) {
        external.computeIfAbsent(volume, _ -> new TreeSet<>()).add(spec);
    }

    private void unname(String volume, PathId spec) {
        external.computeIfPresent(
                volume, (_, ids) -> ids.remove(spec) && ids.isEmpty() ? null : ids);
    }

    private void count(Group is, Group was) {
        dependent -= was == null || was.dependencies().isEmpty() ? 0 : 1;
        dependent += is == null || is.dependencies().isEmpty() ? 0 : 1;
    }

    private void count(int servicePort, int change) {
        int count = named(servicePort) + change;
        named.set(servicePort, count > 0);
        if (count > 0) {
            counts.put(servicePort, count);
        } else {
            counts.remove(servicePort);
        }
    }

    void clear() {
        specs.clear();
        groups.clear();
        counts.clear();
        external.clear();
        named.clear();
        dependent = 0;
    }
}

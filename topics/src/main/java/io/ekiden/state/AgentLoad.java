package io.ekiden.state;

import io.ekiden.model.Instance;
import io.ekiden.model.InstanceId;
import io.ekiden.model.LocalVolume;
import io.ekiden.model.PathId;
import io.ekiden.model.Resources;
import io.ekiden.model.Sorted;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/// What is held on one agent, by tasks and reservations: instances, resources, host ports, disks.
public final class AgentLoad {
    private final HashSet<InstanceId> instances = new HashSet<>();
    private final TreeMap<Integer, Integer> ports = new TreeMap<>();

    /// MiB of each disk but the agent's own.
    private final TreeMap<String, Integer> disks = new TreeMap<>();

    /// Of each run spec that has instances here, how many: only ever asked by id.
    private final HashMap<PathId, Integer> counts = new HashMap<>();

    private Resources used = Resources.NONE;

    void add(Instance instance) {
        instances.add(instance.id());
        counts.merge(instance.runSpecId(), 1, Integer::sum);
        used = used.plus(instance.resources());
        ports(instance).forEach(port -> ports.merge(port, 1, Integer::sum));
        parts(instance).forEach(part -> disks.merge(part.disk(), part.size(), Integer::sum));
    }

    void remove(Instance instance) {
        instances.remove(instance.id());
        counts.merge(instance.runSpecId(), -1, AgentLoad::orNone);
        used = used.minus(instance.resources());
        ports(instance).forEach(port -> ports.merge(port, -1, AgentLoad::orNone));
        parts(instance).forEach(part -> disks.merge(part.disk(), -part.size(), AgentLoad::orNone));
    }

    /// Whether an instance's load is the same in both states, and on the same agent.
    static boolean alike(Instance was, Instance is) {
        return was.holder().equals(is.holder())
                && was.resources().equals(is.resources())
                && was.volumes().equals(is.volumes())
                && was.volumesInUse().equals(is.volumesInUse())
                && ports(was).equals(ports(is));
    }

    /// A reservation alone keeps no port.
    private static List<Integer> ports(Instance instance) {
        return instance.placement()
                .filter(_ -> instance.condition().holdsResources())
                .map(Instance.Placement::heldPorts)
                .orElse(List.of());
    }

    private static List<LocalVolume.Part> parts(Instance instance) {
        return instance.volumes().stream().flatMap(volume -> volume.part().stream()).toList();
    }

    private static Integer orNone(Integer count, Integer change) {
        return count + change == 0 ? null : Integer.valueOf(count + change);
    }

    boolean isEmpty() {
        return instances.isEmpty();
    }

    /// In order: a copy.
    public SortedSet<InstanceId> instances() {
        return Sorted.copyOf(instances);
    }

    /// How many instances of a run spec are here.
    public int count(PathId spec) {
        return counts.getOrDefault(spec, 0);
    }

    public Resources used() {
        return used;
    }

    /// MiB of a disk that volumes have.
    public int heldOf(String disk) {
        return disks.getOrDefault(disk, 0);
    }

    public boolean holds(int port) {
        return ports.containsKey(port);
    }

    /// Host ports in use, each with the number of tasks that hold it: always one.
    public SortedMap<Integer, Integer> ports() {
        return Collections.unmodifiableSortedMap(ports);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AgentLoad load
                && instances.equals(load.instances)
                && used.equals(load.used)
                && Map.copyOf(ports).equals(Map.copyOf(load.ports))
                && Map.copyOf(disks).equals(Map.copyOf(load.disks));
    }

    @Override
    public int hashCode() {
        return used.hashCode();
    }
}

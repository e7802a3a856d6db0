package io.ekiden.state;

import io.ekiden.model.Agent;
import io.ekiden.model.Instance;
import io.ekiden.model.InstanceId;
import java.util.Collections;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// The agents that can be given work, the emptiest first, as a whole and for each value of the
/// fields that constraints name. The order is a function of what the agents hold, not of how they
/// came to hold it.
public final class AgentIndex {
    private final TreeMap<String, AgentRoom> rooms = new TreeMap<>();
    private final TreeSet<AgentRoom> order = new TreeSet<>(AgentRoom.ORDER);
    private final TreeSet<AgentRoom> draining = new TreeSet<>(AgentRoom.ORDER);
    private final TreeMap<String, SortedMap<String, NavigableSet<AgentRoom>>> fields =
            new TreeMap<>();

    private final VolumeUsers volumes = new VolumeUsers();

    /// Of each field, how many constraints name it.
    private final TreeMap<String, Integer> named = new TreeMap<>();

    /// Those that can be given work, by their [AgentRoom#freeShare], then by their ids.
    public NavigableSet<AgentRoom> all() {
        return Collections.unmodifiableNavigableSet(order);
    }

    /// Those that are being emptied, in the same order, whether they answer or not.
    public NavigableSet<AgentRoom> draining() {
        return Collections.unmodifiableNavigableSet(draining);
    }

    /// Those that can be given work, for each value of a field that a constraint of a run spec
    /// names; agents that have no such field are in none.
    public SortedMap<String, NavigableSet<AgentRoom>> by(String field) {
        var values = fields.get(field);
        return values == null
                ? Collections.emptySortedMap()
                : Collections.unmodifiableSortedMap(values);
    }

    /// The room on an agent, whether it can be given work or not.
    public Optional<AgentRoom> room(String agentId) {
        return Optional.ofNullable(rooms.get(agentId)).filter(room -> room.known().isPresent());
    }

    AgentLoad load(String agentId) {
        var room = rooms.get(agentId);
        return room == null ? new AgentLoad() : room.load();
    }

    Optional<Agent> agent(String agentId) {
        var room = rooms.get(agentId);
        return room == null ? Optional.empty() : room.known();
    }

    /// The instances whose tasks use an external volume, on whatever agent.
    public SortedMap<InstanceId, VolumeUsers.User> usersOf(String volume) {
        return volumes.of(volume);
    }

    void add(String agentId, Instance instance) {
        volumes.add(instance);
        var room = rooms.computeIfAbsent(agentId, AgentRoom::new);
        room.load().add(instance);
        reorder(room);
    }

    void remove(String agentId, Instance instance) {
        volumes.remove(instance);
        var room = rooms.get(agentId);
        room.load().remove(instance);
        reorder(room);
        forgetEmpty(agentId, room);
    }

    void know(String agentId, Optional<Agent> agent) {
        var room = rooms.computeIfAbsent(agentId, AgentRoom::new);
        unlist(room);
        room.know(agent);
        room.freeShare(room.newShare());
        list(room);
        forgetEmpty(agentId, room);
    }

    private void forgetEmpty(String agentId, AgentRoom room) {
        if (room.known().isEmpty() && room.load().isEmpty()) {
            rooms.remove(agentId);
        }
    }

    private void reorder(AgentRoom room) {
        long share = room.newShare();
        if (share != room.freeShare()) {
            unlist(room);
            room.freeShare(share);
            list(room);
        }
    }

    private static boolean takesWork(AgentRoom room) {
        return room.known().filter(Agent::takesWork).isPresent();
    }

    private static boolean isDraining(AgentRoom room) {
        return room.known().filter(Agent::draining).isPresent();
    }

    private void list(AgentRoom room) {
        if (isDraining(room)) {
            draining.add(room);
        }
        if (takesWork(room)) {
            order.add(room);
            fields.forEach((field, values) -> listBy(field, values, room));
        }
    }

    private static void listBy(
            String field, SortedMap<String, NavigableSet<AgentRoom>> values, AgentRoom room) {
        Rule.value(field, room.agent())
                .ifPresent(value ->
                        values.computeIfAbsent(value, _ -> new TreeSet<>(AgentRoom.ORDER))
                                .add(room));
    }

    private void unlist(AgentRoom room) {
        draining.remove(room);
        if (!takesWork(room)) {
            return;
        }
        order.remove(room);
        fields.forEach((field, values) ->
                Rule.value(field, room.agent())
                        .ifPresent(value -> {
                            var those = values.get(value);
                            those.remove(room);
                            if (those.isEmpty()) {
                                values.remove(value);
                            }
                        }));
    }

    /// A constraint names a field: agents are listed by it from now on.
    void name(String field) {
        if (named.merge(field, 1, Integer::sum) == 1) {
            var values = new TreeMap<String, NavigableSet<AgentRoom>>();
            fields.put(field, values);
            order.forEach(room -> listBy(field, values, room));
        }
    }

    void unname(String field) {
        if (named.merge(field, -1, Integer::sum) == 0) {
            named.remove(field);
            fields.remove(field);
        }
    }

    void clear() {
        rooms.clear();
        volumes.clear();
        order.clear();
        draining.clear();
        fields.clear();
        named.clear();
    }
}

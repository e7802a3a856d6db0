package io.ekiden.planner.core;

import io.ekiden.model.Disk;
import io.ekiden.model.LocalVolume.Part;
import io.ekiden.model.Volume;
import io.ekiden.state.AgentRoom;
import io.ekiden.state.Rule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Finds disks of an agent for the persistent volumes of an instance.
///
/// The volume that the fewest disks suit chooses first, of equals the largest; each has the fullest
/// disk that has room for it, so that what is left over stays large. A mount disk is had as a
/// whole, and only by one volume.
final class Disks {
    private final int volumes;
    private final List<Wish> wishes = new ArrayList<>();

    /// @param index of the volume among those of its run spec
    private record Wish(int index, int size, Disk.Wanted wanted, List<Rule> rules) {
        boolean suits(Disk disk) {
            return disk.type() == wanted.type()
                    && disk.size() >= size
                    && disk.size() <= wanted.maxSize().orElse(Integer.MAX_VALUE)
                    && (wanted.profile().isEmpty() || wanted.profile().equals(disk.profile()))
                    && rules.stream().allMatch(rule -> rule.admits(Optional.of(disk.path())));
        }

        /// As people read it.
        String text() {
            var text = new StringBuilder();
            text.append("%d on a disk of type %s".formatted(size, wanted.type()));
            wanted.maxSize().ifPresent(most -> text.append(", at most " + most));
            wanted.profile().ifPresent(profile -> text.append(", profile " + profile));
            rules.forEach(rule ->
                    text.append(
                            ", %s %s %s"
                                    .formatted(
                                            rule.field(),
                                            rule.operator(),
                                            rule.constraint().value().orElse(""))));
            return text.toString();
        }
    }

    /// @param volumes of a run spec; those on the agents' own disks are not looked at
    Disks(List<Volume.Persistent> volumes) {
        this.volumes = volumes.size();
        for (int i = 0; i < volumes.size(); i++) {
            int index = i;
            var volume = volumes.get(i);
            volume.disk()
                    .ifPresent(wanted ->
                            wishes.add(
                                    new Wish(
                                            index,
                                            volume.size(),
                                            wanted,
                                            wanted.constraints().stream()
                                                    .map(Rule::new)
                                                    .toList())));
        }
    }

    boolean fit(AgentRoom room) {
        return wishes.isEmpty() || choose(room).isPresent();
    }

    /// For each volume its part of a disk, absent on the agent's own.
    ///
    /// @return empty when one finds none
    Optional<List<Optional<Part>>> choose(AgentRoom room) {
        var left = new TreeMap<String, Integer>();
        room.disks().forEach(disk -> left.put(disk.path(), room.freeOn(disk)));
        var chosen = new HashMap<Integer, Part>();
        for (var wish : inOrder(room)) {
            var disk = disk(wish, room, left);
            if (disk.isEmpty()) {
                return Optional.empty();
            }
            var path = disk.get().path();
            int taken = disk.get().type() == Disk.Type.MOUNT ? left.get(path) : wish.size();
            left.merge(path, -taken, Integer::sum);
            chosen.put(wish.index(), new Part(path, taken));
        }
        var all = new ArrayList<Optional<Part>>();
        for (int i = 0; i < volumes; i++) {
            all.add(Optional.ofNullable(chosen.get(i)));
        }
        return Optional.of(all);
    }

    private List<Wish> inOrder(AgentRoom room) {
        var order = new ArrayList<>(wishes);
        order.sort(
                Comparator.comparingLong(
                                (Wish wish) -> room.disks().stream().filter(wish::suits).count())
                        .thenComparing(Wish::size, Comparator.reverseOrder()));
        return order;
    }

    private static Optional<Disk> disk(Wish wish, AgentRoom room, Map<String, Integer> left) {
        return room.disks().stream()
                .filter(wish::suits)
                .filter(disk -> left.get(disk.path()) >= wish.size())
                .min(
                        Comparator.comparingInt((Disk disk) -> left.get(disk.path()))
                                .thenComparing(Disk::path));
    }

    /// What is asked for, for people.
    String wanted() {
        return "volumes: " + String.join("; ", wishes.stream().map(Wish::text).toList());
    }

    /// What there is, for people.
    static String there(AgentRoom room) {
        return room.disks().isEmpty()
                ? "no disks"
                : "disks: "
                        + String.join(
                                "; ",
                                room.disks().stream()
                                        .map(disk ->
                                                "%s of type %s%s with %d"
                                                        .formatted(
                                                                disk.path(),
                                                                disk.type(),
                                                                disk.profile()
                                                                        .map(", profile "::concat)
                                                                        .orElse(""),
                                                                room.freeOn(disk)))
                                        .toList());
    }
}

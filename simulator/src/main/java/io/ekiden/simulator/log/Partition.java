package io.ekiden.simulator.log;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// One partition of a topic. Readers see what is committed, up to the first record that is not
/// decided yet.
public final class Partition {
    private final String topic;
    private final ArrayList<Slot> slots = new ArrayList<>();
    private final ArrayList<Runnable> watchers = new ArrayList<>();
    private long end;
    private long stable;

    Partition(String topic) {
        this.topic = topic;
    }

    /// What a reader gets.
    ///
    /// @param next where it reads on
    public record Read(List<Slot> slots, long next) {}

    public String topic() {
        return topic;
    }

    /// Offset of the next record.
    public long end() {
        return end;
    }

    /// Before it, everything is decided.
    public long stable() {
        return stable;
    }

    Slot append(String key, Optional<Object> value, long timestamp, Optional<Transaction> within) {
        var slot = new Slot(this, end, key, value, timestamp, within);
        slots.add(slot);
        end++;
        return slot;
    }

    /// Moves the end of what readers may see; tells the watchers when it has moved.
    void settle() {
        long before = stable;
        int i = index(stable);
        while (i < slots.size() && !slots.get(i).undecided()) {
            i++;
        }
        stable = i < slots.size() ? slots.get(i).offset() : end;
        if (stable != before) {
            List.copyOf(watchers).forEach(Runnable::run);
        }
    }

    public Read read(long from, int most) {
        var read = new ArrayList<Slot>();
        int i = index(from);
        long next = from;
        while (i < slots.size() && slots.get(i).offset() < stable && read.size() < most) {
            var slot = slots.get(i++);
            if (slot.visible()) {
                read.add(slot);
            }
            next = slot.offset() + 1;
        }
        boolean all = i >= slots.size() || slots.get(i).offset() >= stable;
        return new Read(read, all ? Math.max(from, stable) : next);
    }

    /// All that is committed.
    public List<Slot> committed() {
        return read(0, Integer.MAX_VALUE).slots();
    }

    void watch(Runnable watcher) {
        watchers.add(watcher);
    }

    void unwatch(Runnable watcher) {
        watchers.remove(watcher);
    }

    /// Keeps of each key only the newest record below the stable end, and removes tombstones that
    /// are older than `tombstonesBefore`.
    void compact(long tombstonesBefore) {
        var newest = new HashMap<String, Long>();
        for (var slot : slots) {
            if (slot.offset() < stable && slot.visible()) {
                newest.put(slot.key(), slot.offset());
            }
        }
        var kept = new HashSet<>(newest.values());
        slots.removeIf(slot -> slot.offset() < stable && !kept(slot, kept, tombstonesBefore));
    }

    private static boolean kept(Slot slot, Set<Long> newest, long tombstonesBefore) {
        boolean removed = slot.value().isEmpty() && slot.timestamp() < tombstonesBefore;
        return newest.contains(slot.offset()) && !removed;
    }

    private int index(long offset) {
        int low = 0;
        int high = slots.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (slots.get(middle).offset() < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}

package io.ekiden.simulator.shrink;

import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;

/// Simpler lists of choices made from given ones, which are left as they are. The simulator's
/// choices are made for this: zero is always calm, and so is what is not there any more.
final class Edits {
    private Edits() {}

    /// Labels without any choice.
    static SortedMap<String, int[]> without(
            SortedMap<String, int[]> choices, Iterable<String> labels) {
        var fewer = new TreeMap<>(choices);
        labels.forEach(fewer::remove);
        return fewer;
    }

    /// Some of a label's choices made calm.
    static SortedMap<String, int[]> calmed(
            SortedMap<String, int[]> choices, String label, int from, int to) {
        var calm = choices.get(label).clone();
        Arrays.fill(calm, Math.min(from, calm.length), Math.min(to, calm.length), 0);
        return with(choices, label, calm);
    }

    /// Some of a label's choices left out: those after them come earlier.
    static SortedMap<String, int[]> cut(
            SortedMap<String, int[]> choices, String label, int from, int to) {
        var old = choices.get(label);
        int begin = Math.min(from, old.length);
        int end = Math.min(to, old.length);
        var kept = Arrays.copyOf(old, old.length - (end - begin));
        System.arraycopy(old, end, kept, begin, old.length - end);
        return with(choices, label, kept);
    }

    static SortedMap<String, int[]> changed(
            SortedMap<String, int[]> choices, String label, int at, int value) {
        var changed = choices.get(label).clone();
        changed[at] = value;
        return with(choices, label, changed);
    }

    private static SortedMap<String, int[]> with(
            SortedMap<String, int[]> choices, String label, int[] list) {
        var changed = new TreeMap<>(choices);
        changed.put(label, list);
        return changed;
    }
}

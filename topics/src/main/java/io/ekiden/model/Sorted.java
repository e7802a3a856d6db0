package io.ekiden.model;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Unmodifiable sorted copies. `Map.copyOf` and `Set.copyOf` iterate in an order that differs from
/// one JVM to the next, which would make two replays of one log differ.
public final class Sorted {
    private Sorted() {}

    public static <K extends Comparable<? super K>, V> SortedMap<K, V> copyOf(Map<K, V> map) {
        // Most are empty, and there are many of them.
        return map.isEmpty()
                ? Collections.emptySortedMap()
                : Collections.unmodifiableSortedMap(new TreeMap<>(map));
    }

    public static <T extends Comparable<? super T>> SortedSet<T> copyOf(Collection<T> items) {
        return items.isEmpty()
                ? Collections.emptySortedSet()
                : Collections.unmodifiableSortedSet(new TreeSet<>(items));
    }
}

package io.ekiden.simulator;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// How often what was met: cells of matrices, each named `row|column`. Seeds that meet nothing
/// prove nothing.
public final class Coverage {
    private final TreeMap<String, Long> cells = new TreeMap<>();

    public void met(String row, String column) {
        cells.merge(row + "|" + column, 1L, Long::sum);
    }

    public void add(Coverage other) {
        other.cells.forEach((cell, times) -> cells.merge(cell, times, Long::sum));
    }

    public SortedMap<String, Long> cells() {
        return Collections.unmodifiableSortedMap(cells);
    }
}

package io.ekiden.planner.stream;

import java.util.HashMap;
import java.util.Map;

/// Counts how often this process failed at one input. Three times, and the input is set aside: a
/// bug of ours must not stop the cluster for ever. Outlives the threads that die of it.
final class Strikes {
    static final int LIMIT = 3;

    /// Where an input came from.
    record Origin(String topic, int partition, long offset) {}

    private final Map<Origin, Integer> failures = new HashMap<>();

    synchronized void failed(Origin origin) {
        failures.merge(origin, 1, Integer::sum);
    }

    synchronized boolean out(Origin origin) {
        return failures.getOrDefault(origin, 0) >= LIMIT;
    }

    synchronized void passed(Origin origin) {
        failures.remove(origin);
    }
}

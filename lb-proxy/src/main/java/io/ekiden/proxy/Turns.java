package io.ekiden.proxy;

import io.ekiden.model.PathId;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/// The turns of a route's round robins, which go on when the table is swapped.
///
/// @param amongApps that share it
record Turns(AtomicInteger amongApps, Map<PathId, AtomicInteger> ofApps) {
    Turns() {
        this(new AtomicInteger(), new HashMap<>());
    }

    AtomicInteger of(PathId app) {
        return ofApps.computeIfAbsent(app, _ -> new AtomicInteger());
    }
}

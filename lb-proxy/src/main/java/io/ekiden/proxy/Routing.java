package io.ekiden.proxy;

import io.ekiden.model.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// The routing table in force. One thread changes it, the follower's; everybody reads it.
///
/// A change is made in this order: endpoints that are ready accept, the new table is put in force,
/// those that are no longer ready stop accepting, then those who listen are told. So what `drains`
/// reports has happened; and however many change at once, whoever finds nothing that accepts in a
/// table finds it in the next.
final class Routing {
    private final Map<String, Backend> backends = new ConcurrentHashMap<>();
    private final ProxyConfig config;
    private final Drains drains;
    private final Consumer<RouteTable> listener;
    private volatile SortedMap<String, Endpoint> endpoints = new TreeMap<>();
    private volatile RouteTable table = RouteTable.EMPTY;

    Routing(ProxyConfig config, Drains drains, Consumer<RouteTable> listener) {
        this.config = config;
        this.drains = drains;
        this.listener = listener;
    }

    RouteTable table() {
        return table;
    }

    /// By key.
    SortedMap<String, Endpoint> endpoints() {
        return endpoints;
    }

    Optional<Backend> backend(String key) {
        return Optional.ofNullable(backends.get(key));
    }

    /// Changes some endpoints.
    ///
    /// @param changes by key; empty for one that has gone
    void apply(Map<String, Optional<Endpoint>> changes) {
        var next = new TreeMap<>(endpoints);
        changes.forEach((key, change) ->
                change.ifPresentOrElse(e -> next.put(key, e), () -> next.remove(key)));
        replace(next);
    }

    void replace(SortedMap<String, Endpoint> next) {
        var stopping = new ArrayList<Backend>();
        long ejectNanos = config.timeouts().eject().toNanos();
        for (var endpoint : next.values()) {
            var backend = backends.get(endpoint.key());
            if (backend == null || !backend.isOf(endpoint)) {
                var fresh =
                        new Backend(
                                endpoint, PortLabels.upstream(endpoint), ejectNanos, drains::idle);
                Optional.ofNullable(backends.put(endpoint.key(), fresh)).ifPresent(stopping::add);
            }
        }
        backends.forEach((key, backend) -> {
            if (isReady(next.get(key))) {
                backend.accept();
            } else {
                stopping.add(backend);
            }
        });
        backends.keySet().retainAll(next.keySet());
        var now = RouteTable.of(config, next.values(), e -> backends.get(e.key()), table);
        endpoints = next;
        table = now;
        stopping.forEach(Backend::stop);
        drains.inForce(draining(next));
        listener.accept(now);
    }

    /// Says again how far the drains are, for a planner that may have given this proxy up.
    void repeatDrains() {
        drains.repeat();
    }

    private static boolean isReady(Endpoint endpoint) {
        return endpoint != null && endpoint.state() == Endpoint.State.READY;
    }

    private List<Backend> draining(SortedMap<String, Endpoint> next) {
        return next.values().stream()
                .filter(e -> e.state() == Endpoint.State.DRAINING)
                .map(e -> backends.get(e.key()))
                .toList();
    }
}

package io.ekiden.proxy;

import io.ekiden.model.Endpoint;
import io.ekiden.model.PathId;
import io.ekiden.proxy.PortLabels.Handling;
import io.ekiden.proxy.PortLabels.Mode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/// Which apps want which names or ports, and who gets them.
final class Claims<K extends Comparable<K>> {
    private static final Comparator<Claim> FIRST =
            Comparator.comparingInt((Claim claim) -> -claim.precedence)
                    .thenComparing(claim -> claim.runSpecId);

    private final Map<K, SortedMap<PathId, Claim>> claims = new HashMap<>();

    void add(K key, Endpoint endpoint, PortLabels labels, Backend backend) {
        claims.computeIfAbsent(key, _ -> new TreeMap<>())
                .computeIfAbsent(endpoint.runSpecId(), Claim::new)
                .add(endpoint, labels, backend);
    }

    /// @param what names a key in a problem
    /// @param sites where the route of a key is found
    /// @param before the routes of the table before
    /// @param problems is told who does not get what it wants
    SortedMap<K, Route> routes(
            Function<K, String> what,
            Function<K, Site> sites,
            Map<K, Route> before,
            List<RouteTable.Problem> problems) {
        var routes = new TreeMap<K, Route>();
        claims.forEach((key, rivals) -> {
            var winner = rivals.values().stream().min(FIRST).orElseThrow();
            rivals.keySet().stream()
                    .filter(app -> !app.equals(winner.runSpecId))
                    .map(app ->
                            new RouteTable.Problem(
                                    app, what.apply(key) + " belongs to " + winner.runSpecId))
                    .forEach(problems::add);
            routes.put(key, winner.route(sites.apply(key), Optional.ofNullable(before.get(key))));
        });
        return routes;
    }

    /// What one app has on one name or port. While versions that differ run side by side, what most
    /// endpoints say is done; but `tcp` wins: bytes can carry HTTP, not the other way round.
    private static final class Claim {
        private final PathId runSpecId;
        private final List<Backend> all = new ArrayList<>();
        private final List<Backend> ready = new ArrayList<>();
        private final Map<Handling, Integer> votes = new LinkedHashMap<>();
        private int precedence = Integer.MIN_VALUE;

        Claim(PathId runSpecId) {
            this.runSpecId = runSpecId;
        }

        void add(Endpoint endpoint, PortLabels labels, Backend backend) {
            all.add(backend);
            if (endpoint.state() == Endpoint.State.READY) {
                ready.add(backend);
            }
            votes.merge(labels.handling(), 1, Integer::sum);
            precedence = Math.max(precedence, labels.precedence());
        }

        Route route(Site site, Optional<Route> before) {
            var handling = handling();
            var turn = before.map(route -> route.pool().turn()).orElseGet(AtomicInteger::new);
            return new Route(
                    runSpecId,
                    precedence,
                    handling,
                    all,
                    new Pool(handling.balance(), ready, turn),
                    site,
                    before.flatMap(Route::auth));
        }

        private Handling handling() {
            boolean tcp = votes.keySet().stream().anyMatch(h -> h.mode() == Mode.TCP);
            return votes.entrySet().stream()
                    .filter(vote -> !tcp || vote.getKey().mode() == Mode.TCP)
                    // The first of several: they come in the order of their keys.
                    .reduce((a, b) -> b.getValue() > a.getValue() ? b : a)
                    .orElseThrow()
                    .getKey();
        }
    }
}

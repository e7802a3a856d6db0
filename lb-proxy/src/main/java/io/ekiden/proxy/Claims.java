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
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/// Which apps want which names or ports, and who gets them.
final class Claims<K extends Comparable<K>> {
    private static final Comparator<Claim> FIRST =
            Comparator.comparingInt((Claim claim) -> -claim.precedence)
                    .thenComparing(claim -> claim.owner);

    private final Map<K, SortedMap<PathId, Claim>> claims = new HashMap<>();

    void add(K key, PathId owner, Endpoint endpoint, PortLabels labels, Backend backend) {
        claims.computeIfAbsent(key, _ -> new TreeMap<>())
                .computeIfAbsent(owner, Claim::new)
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
            var sharing = new ArrayList<Claim>();
            for (var claim : rivals.values()) {
                var why = claim == winner ? Optional.<String>empty() : winner.excludes(claim);
                why.ifPresentOrElse(
                        reason -> problems.add(claim.problem(what.apply(key) + reason)),
                        () -> sharing.add(claim));
            }
            routes.put(
                    key,
                    winner.route(sharing, sites.apply(key), Optional.ofNullable(before.get(key))));
        });
        return routes;
    }

    /// What one app has on one name or port. While versions that differ run side by side, what most
    /// endpoints say is done; but `tcp` wins: bytes can carry HTTP, not the other way round.
    private static final class Claim {
        private final PathId owner;
        private final List<Backend> all = new ArrayList<>();
        private final List<Backend> ready = new ArrayList<>();
        private final Map<Handling, Integer> votes = new LinkedHashMap<>();
        private final Map<OptionalInt, Integer> weights = new LinkedHashMap<>();
        private int precedence = Integer.MIN_VALUE;

        Claim(PathId owner) {
            this.owner = owner;
        }

        void add(Endpoint endpoint, PortLabels labels, Backend backend) {
            all.add(backend);
            if (endpoint.state() == Endpoint.State.READY) {
                ready.add(backend);
            }
            votes.merge(labels.handling(), 1, Integer::sum);
            weights.merge(labels.weight(), 1, Integer::sum);
            precedence = Math.max(precedence, labels.precedence());
        }

        /// Why another has no part in what is this one's; empty when they share.
        Optional<String> excludes(Claim other) {
            var belongs = " belongs to " + owner;
            if (weight().isEmpty() || other.weight().isEmpty()) {
                return Optional.of(belongs);
            }
            if (!owner.parent().equals(other.owner.parent())) {
                return Optional.of(belongs + ", and only apps of one group share");
            }
            return handling().guardsAs(other.handling())
                    ? Optional.empty()
                    : Optional.of(belongs + ", and only apps with the same HAPROXY labels share");
        }

        RouteTable.Problem problem(String reason) {
            return new RouteTable.Problem(owner, reason);
        }

        /// @param sharing all that share, this one included
        Route route(List<Claim> sharing, Site site, Optional<Route> before) {
            var turns = before.map(Route::turns).orElseGet(Turns::new);
            return new Route(
                    owner,
                    precedence,
                    handling(),
                    sharing.stream().flatMap(claim -> claim.all.stream()).toList(),
                    sharing.size() == 1 ? pool(turns) : shares(sharing, turns),
                    turns,
                    site,
                    before.flatMap(Route::auth));
        }

        /// What an app without a ready endpoint would get is divided among the others.
        private static Picker shares(List<Claim> sharing, Turns turns) {
            var shares =
                    sharing.stream()
                            .filter(claim -> claim.weight().orElse(0) > 0 && !claim.ready.isEmpty())
                            .map(claim ->
                                    new Shares.Share(claim.pool(turns), claim.weight().getAsInt()))
                            .toList();
            return shares.isEmpty()
                    ? (_, _, _) -> Optional.empty()
                    : new Shares(shares, turns.amongApps());
        }

        private Pool pool(Turns turns) {
            return new Pool(handling().balance(), ready, turns.of(owner));
        }

        private OptionalInt weight() {
            return mostSaid(weights);
        }

        private Handling handling() {
            boolean tcp = votes.keySet().stream().anyMatch(h -> h.mode() == Mode.TCP);
            var heard = new LinkedHashMap<>(votes);
            heard.keySet().removeIf(h -> tcp && h.mode() != Mode.TCP);
            return mostSaid(heard);
        }

        /// The first of several: they come in the order of their keys.
        private static <T> T mostSaid(Map<T, Integer> votes) {
            return votes.entrySet().stream()
                    .reduce((a, b) -> b.getValue() > a.getValue() ? b : a)
                    .orElseThrow()
                    .getKey();
        }
    }
}

package io.ekiden.proxy;

import io.ekiden.model.Endpoint;
import io.ekiden.model.PathId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/// Which endpoints answer for which service port and virtual host: immutable, and swapped as a
/// whole. A name or port that several apps want belongs to the first of them by id, on every proxy
/// alike; the others are told so in [#problems].
final class RouteTable {
    static final RouteTable EMPTY = new RouteTable(Map.of(), new TreeMap<>(), List.of());

    private final Map<String, Route> byHost;
    private final SortedMap<Integer, Route> byPort;
    private final List<Problem> problems;

    /// Why something that labels or ports ask for is not done.
    record Problem(PathId runSpecId, String reason) {}

    private RouteTable(
            Map<String, Route> byHost, SortedMap<Integer, Route> byPort, List<Problem> problems) {
        this.byHost = byHost;
        this.byPort = byPort;
        this.problems = problems;
    }

    /// @param backends the backend of an endpoint
    /// @param before the table that this one replaces
    static RouteTable of(
            Collection<Endpoint> endpoints,
            Function<Endpoint, Backend> backends,
            RouteTable before) {
        var draft = new Draft(backends);
        endpoints.forEach(draft::add);
        return new RouteTable(
                draft.routes(draft.hosts, before.byHost),
                new TreeMap<>(draft.routes(draft.ports, before.byPort)),
                draft.problems.stream().distinct().toList());
    }

    /// @param host as [PortLabels#normalHost] gives it
    Optional<Route> host(String host) {
        return Optional.ofNullable(byHost.get(host));
    }

    Optional<Route> port(int servicePort) {
        return Optional.ofNullable(byPort.get(servicePort));
    }

    Map<String, Route> hosts() {
        return new TreeMap<>(byHost);
    }

    SortedMap<Integer, Route> ports() {
        return byPort;
    }

    List<Problem> problems() {
        return problems;
    }

    /// A table in the making.
    private static final class Draft {
        private final Function<Endpoint, Backend> backends;
        private final Map<String, Claim> hosts = new HashMap<>();
        private final Map<Integer, Claim> ports = new HashMap<>();
        private final List<Problem> problems = new ArrayList<>();

        Draft(Function<Endpoint, Backend> backends) {
            this.backends = backends;
        }

        void add(Endpoint endpoint) {
            var labels = PortLabels.of(endpoint);
            labels.problems().forEach(p -> problems.add(new Problem(endpoint.runSpecId(), p)));
            if (!endpoint.protocol().contains("tcp")) {
                problems.add(
                        new Problem(
                                endpoint.runSpecId(),
                                "port " + endpoint.portIndex() + " is udp, which is not balanced"));
                return;
            }
            for (var host : labels.hosts()) {
                claim(hosts, host, "virtual host " + host, endpoint, labels.mode());
            }
            if (endpoint.servicePort() > 0) {
                int port = endpoint.servicePort();
                claim(ports, port, "service port " + port, endpoint, labels.mode());
            }
        }

        private <K> void claim(
                Map<K, Claim> claims, K key, String what, Endpoint endpoint, PortLabels.Mode mode) {
            var claim = claims.get(key);
            if (claim == null) {
                claim = new Claim(endpoint.runSpecId());
                claims.put(key, claim);
            } else if (!claim.runSpecId.equals(endpoint.runSpecId())) {
                boolean first = endpoint.runSpecId().compareTo(claim.runSpecId) < 0;
                var loser = first ? claim.runSpecId : endpoint.runSpecId();
                var winner = first ? endpoint.runSpecId() : claim.runSpecId;
                problems.add(new Problem(loser, what + " belongs to " + winner));
                if (!first) {
                    return;
                }
                claim = new Claim(winner);
                claims.put(key, claim);
            }
            claim.add(endpoint, backends.apply(endpoint), mode);
        }

        <K> Map<K, Route> routes(Map<K, Claim> claims, Map<K, Route> before) {
            var routes = new HashMap<K, Route>();
            claims.forEach((key, claim) -> {
                var old = before.get(key);
                var turn = old == null ? new AtomicInteger() : old.turn();
                routes.put(key, claim.route(turn));
            });
            return routes;
        }
    }

    /// What one app has on one name or port. While versions that differ run side by side, `tcp`
    /// wins: bytes can carry HTTP, but not the other way round.
    private static final class Claim {
        private final PathId runSpecId;
        private final List<Backend> all = new ArrayList<>();
        private final List<Backend> ready = new ArrayList<>();
        private PortLabels.Mode mode = PortLabels.Mode.HTTP;

        Claim(PathId runSpecId) {
            this.runSpecId = runSpecId;
        }

        void add(Endpoint endpoint, Backend backend, PortLabels.Mode mode) {
            all.add(backend);
            if (endpoint.state() == Endpoint.State.READY) {
                ready.add(backend);
            }
            this.mode = mode == PortLabels.Mode.TCP ? mode : this.mode;
        }

        Route route(AtomicInteger turn) {
            return new Route(runSpecId, mode, all, ready, turn);
        }
    }
}

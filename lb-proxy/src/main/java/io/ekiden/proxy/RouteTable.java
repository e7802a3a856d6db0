package io.ekiden.proxy;

import io.ekiden.model.Endpoint;
import io.ekiden.model.PathId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/// Which endpoints answer for which service port and virtual host: immutable, and swapped as a
/// whole. A name or port that several apps want belongs to the one with the highest precedence, and
/// of several to the first by id, on every proxy alike; the others are told so in [#problems].
final class RouteTable {
    static final RouteTable EMPTY =
            new RouteTable(new TreeMap<>(), new TreeMap<>(), List.of(), Map.of());

    private final SortedMap<Name, Route> byName;
    private final SortedMap<Integer, Route> byPort;
    private final List<Problem> problems;
    private final Map<String, Labelled> labelled;
    private final Map<String, Named[]> byHost;
    private final SortedMap<String, Route> byApp;

    /// Why something that labels or ports ask for is not done.
    record Problem(PathId runSpecId, String reason) {}

    /// A virtual host, or the part of one whose paths begin so.
    record Name(String host, PathPrefix path) implements Comparable<Name> {
        private static final Comparator<Name> ORDER =
                Comparator.comparing(Name::host)
                        .thenComparing(name -> name.path.text())
                        .thenComparing(name -> name.path.ignoreCase());

        @Override
        public int compareTo(Name other) {
            return ORDER.compare(this, other);
        }

        @Override
        public String toString() {
            return host + path;
        }
    }

    /// An endpoint with its labels, which the next table need not read again.
    private record Labelled(Endpoint endpoint, PortLabels labels) {}

    private record Named(PathPrefix path, Route route) {}

    private RouteTable(
            SortedMap<Name, Route> byName,
            SortedMap<Integer, Route> byPort,
            List<Problem> problems,
            Map<String, Labelled> labelled) {
        this.byName = byName;
        this.byPort = byPort;
        this.problems = problems;
        this.labelled = labelled;
        this.byHost = byHost(byName);
        this.byApp = byApp(byPort);
    }

    /// Of each app the lowest service port for HTTP.
    private static SortedMap<String, Route> byApp(SortedMap<Integer, Route> byPort) {
        var apps = new TreeMap<String, Route>();
        byPort.values().stream()
                .filter(route -> route.mode() == PortLabels.Mode.HTTP)
                .forEach(route -> apps.putIfAbsent(route.runSpecId().value(), route));
        return apps;
    }

    /// Of each host those first that have the highest precedence, and of several the longest path.
    private static Map<String, Named[]> byHost(SortedMap<Name, Route> byName) {
        var hosts = new HashMap<String, List<Named>>();
        byName.forEach((name, route) ->
                hosts.computeIfAbsent(name.host(), _ -> new ArrayList<>())
                        .add(new Named(name.path(), route)));
        var sorted = new HashMap<String, Named[]>();
        hosts.forEach((host, named) -> {
            named.sort(
                    Comparator.comparingInt((Named n) -> -n.route.precedence())
                            .thenComparingInt(n -> -n.path.text().length()));
            sorted.put(host, named.toArray(Named[]::new));
        });
        return sorted;
    }

    /// @param backends the backend of an endpoint
    /// @param before the table that this one replaces
    static RouteTable of(
            ProxyConfig config,
            Collection<Endpoint> endpoints,
            Function<Endpoint, Backend> backends,
            RouteTable before) {
        var draft = new Draft(config, backends, before);
        endpoints.forEach(draft::add);
        return draft.table();
    }

    /// @param host as [HostNames#normal] gives it
    /// @param uri the path, with or without a query
    Optional<Route> host(String host, String uri) {
        var named = byHost.get(host);
        if (named != null) {
            for (var candidate : named) {
                if (candidate.path.matches(uri)) {
                    return Optional.of(candidate.route);
                }
            }
        }
        return Optional.empty();
    }

    Optional<Route> port(int servicePort) {
        return Optional.ofNullable(byPort.get(servicePort));
    }

    /// By the id of its app.
    Optional<Route> app(String id) {
        return Optional.ofNullable(byApp.get(id));
    }

    SortedMap<String, Route> apps() {
        return byApp;
    }

    SortedMap<Name, Route> names() {
        return byName;
    }

    SortedMap<Integer, Route> ports() {
        return byPort;
    }

    List<Problem> problems() {
        return problems;
    }

    /// A table in the making.
    private static final class Draft {
        private final ProxyConfig config;
        private final Function<Endpoint, Backend> backends;
        private final RouteTable before;
        private final Map<String, Labelled> labelled = new HashMap<>();
        private final Claims<Name> names = new Claims<>();
        private final Claims<Integer> ports = new Claims<>();
        private final Map<Coloured, List<Colour>> colours = new HashMap<>();
        private final Set<PathId> plain = new HashSet<>();
        private final List<Problem> problems = new ArrayList<>();

        /// A port of what is deployed in colours.
        private record Coloured(PathId owner, int portIndex) {}

        private record Colour(Endpoint endpoint, PortLabels labels) {}

        Draft(ProxyConfig config, Function<Endpoint, Backend> backends, RouteTable before) {
            this.config = config;
            this.backends = backends;
            this.before = before;
        }

        void add(Endpoint endpoint) {
            var labels = labels(endpoint);
            if (!labels.enabled() || !labels.isFor(config.frontends().groups())) {
                return;
            }
            labels.remarks().forEach(why -> problem(endpoint, why));
            var faults = faults(endpoint, labels);
            faults.forEach(why -> problem(endpoint, why + "; port not routed"));
            if (!faults.isEmpty()) {
                return;
            }
            var app = endpoint.runSpecId();
            if (labels.colours().isEmpty()) {
                plain.add(app);
                claim(app, endpoint, labels, names(labels), labels.servicePorts());
            } else {
                colours.computeIfAbsent(
                                new Coloured(labels.colours().get(), endpoint.portIndex()),
                                _ -> new ArrayList<>())
                        .add(new Colour(endpoint, labels));
            }
        }

        /// Each colour answers under the names and service ports of all.
        private void claim(PathId owner, List<Colour> sameOwner) {
            if (plain.contains(owner)) {
                sameOwner.forEach(colour ->
                        problem(
                                colour.endpoint,
                                "HAPROXY_DEPLOYMENT_GROUP: " + owner + " is an app without it"));
                return;
            }
            var names = new TreeSet<Name>();
            var ports = new TreeSet<Integer>();
            for (var colour : sameOwner) {
                names.addAll(names(colour.labels));
                ports.addAll(colour.labels.servicePorts());
            }
            sameOwner.forEach(colour -> claim(owner, colour.endpoint, colour.labels, names, ports));
        }

        private static List<Name> names(PortLabels labels) {
            return labels.hosts().stream()
                    .flatMap(host -> labels.paths().stream().map(path -> new Name(host, path)))
                    .toList();
        }

        private PortLabels labels(Endpoint endpoint) {
            var known = before.labelled.get(endpoint.key());
            var now =
                    known != null && known.endpoint.equals(endpoint)
                            ? known
                            : new Labelled(endpoint, PortLabels.of(endpoint));
            labelled.put(endpoint.key(), now);
            return now.labels;
        }

        private List<String> faults(Endpoint endpoint, PortLabels labels) {
            var faults = new ArrayList<>(labels.faults());
            if (!endpoint.protocol().contains("tcp")) {
                faults.add("port " + endpoint.portIndex() + " is udp, which is not balanced");
            }
            labels.handling()
                    .bindAddress()
                    .filter(address -> !config.mayListenOn(address))
                    .ifPresent(address ->
                            faults.add(
                                    "HAPROXY_%d_BIND_ADDR: this load balancer listens on %s only"
                                            .formatted(
                                                    endpoint.portIndex(), config.bindAddress())));
            return faults;
        }

        private void claim(
                PathId owner,
                Endpoint endpoint,
                PortLabels labels,
                Collection<Name> ofNames,
                Collection<Integer> ofPorts) {
            var backend = backends.apply(endpoint);
            ofNames.forEach(name -> names.add(name, owner, endpoint, labels, backend));
            ofPorts.forEach(port -> ports.add(port, owner, endpoint, labels, backend));
        }

        private void problem(Endpoint endpoint, String why) {
            problems.add(new Problem(endpoint.runSpecId(), why));
        }

        RouteTable table() {
            colours.forEach((coloured, endpoints) -> claim(coloured.owner, endpoints));
            var byName =
                    names.routes(
                            name -> "virtual host " + name,
                            name ->
                                    new Site(
                                            Optional.of(name.host()),
                                            config.frontends().httpsPort()),
                            before.byName,
                            problems);
            var byPort =
                    ports.routes(
                            port -> "service port " + port,
                            _ -> Site.SERVICE_PORT,
                            before.byPort,
                            problems);
            return new RouteTable(byName, byPort, problems.stream().distinct().toList(), labelled);
        }
    }
}

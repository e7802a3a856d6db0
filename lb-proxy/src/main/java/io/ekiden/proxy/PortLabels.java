package io.ekiden.proxy;

import io.ekiden.model.Endpoint;
import io.ekiden.model.PathId;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// What the labels of an endpoint say about its port: marathon-lb's `HAPROXY_{n}_…`, and
/// `EKIDEN_{n}_…` for what marathon-lb does not have, n being the port's index.
///
/// @param colours what stands for all colours of a blue-green deployment, if the app is one of them
/// @param weight its share of what it has in common with other apps; empty when it shares nothing
/// @param precedence of its virtual hosts and paths: the larger is asked first
/// @param servicePorts none, or its own, and behind it that of the other colour
/// @param groups of load balancers that are to route it; empty when it says nothing about that
/// @param upstream how its endpoint is spoken to
/// @param faults because of which it is not routed
/// @param remarks on what has no effect
record PortLabels(
        Optional<PathId> colours,
        OptionalInt weight,
        List<String> hosts,
        List<PathPrefix> paths,
        int precedence,
        List<Integer> servicePorts,
        boolean enabled,
        Set<String> groups,
        Handling handling,
        Upstream upstream,
        List<String> faults,
        List<String> remarks) {

    /// How connections to a service port are taken: as HTTP requests or as they are.
    enum Mode {
        HTTP,
        TCP
    }

    /// What is done with those who come.
    ///
    /// @param timeout until a backend has begun to answer; empty for that of the proxy
    /// @param retries further backends that are tried when one cannot be reached
    /// @param bindAddress of the service port; empty for that of the proxy
    /// @param certificate the file of the service port's, for TLS
    /// @param allowed who may come; empty for everybody
    record Handling(
            Mode mode,
            Optional<String> bindAddress,
            Optional<String> certificate,
            Balance balance,
            Optional<Networks> allowed,
            Optional<Duration> timeout,
            int retries,
            HttpLabels http) {

        /// The same where connections are passed on as they are.
        Handling ofConnections() {
            return new Handling(
                    Mode.TCP,
                    Optional.empty(),
                    Optional.empty(),
                    balance,
                    allowed,
                    timeout,
                    retries,
                    HttpLabels.NONE);
        }

        /// Whether who may do what is the same.
        boolean guardsAs(Handling other) {
            return mode == other.mode
                    && allowed.equals(other.allowed)
                    && http.equals(other.http)
                    && certificate.equals(other.certificate);
        }
    }

    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?");
    private static final int MAX_PORT = 65_535;
    private static final int MAX_WEIGHT = 1_000;
    private static final int MAX_TIMEOUT_SECONDS = 86_400;
    private static final int RETRIES = 2;
    private static final int MAX_RETRIES = 10;
    private static final int MAX_PRECEDENCE = 1_000_000;

    static PortLabels of(Endpoint endpoint) {
        var labels = new LabelReader(endpoint.labels(), endpoint.portIndex());
        Templates.refuse(labels);
        var handling = handling(labels);
        var hosts = HostNames.of(labels, labels.haproxy("VHOST"));
        var paths = paths(labels);
        return new PortLabels(
                colours(labels, endpoint.runSpecId()),
                weight(labels),
                hosts,
                paths,
                precedence(labels, paths),
                servicePorts(labels, endpoint),
                labels.isTrue(labels.haproxy("ENABLED"), true),
                groups(labels),
                handling,
                Upstream.of(labels, handling.mode()),
                labels.faults(),
                labels.remarks());
    }

    /// How an endpoint is to be spoken to.
    static Upstream upstream(Endpoint endpoint) {
        var labels = new LabelReader(endpoint.labels(), endpoint.portIndex());
        return Upstream.of(labels, mode(labels));
    }

    /// Whether a load balancer of these groups routes it; `*` is one of all groups.
    boolean isFor(Set<String> ofProxy) {
        return ofProxy.contains("*") || groups.stream().anyMatch(ofProxy::contains);
    }

    private static Handling handling(LabelReader labels) {
        var allowed = labels.haproxy("BACKEND_NETWORK_ALLOWED_ACL");
        var mode = mode(labels);
        return new Handling(
                mode,
                bindAddress(labels),
                certificate(labels, mode),
                Balance.of(labels, labels.haproxy("BALANCE")),
                labels.text(allowed).map(_ -> Networks.of(labels, allowed)),
                labels.seconds(labels.ekiden("TIMEOUT"), MAX_TIMEOUT_SECONDS),
                labels.number(labels.ekiden("RETRIES"), RETRIES, 0, MAX_RETRIES),
                HttpLabels.of(labels, mode));
    }

    private static OptionalInt weight(LabelReader labels) {
        var label = labels.ekiden("WEIGHT");
        int weight = labels.number(label, 0, 0, MAX_WEIGHT);
        return labels.text(label).isPresent() ? OptionalInt.of(weight) : OptionalInt.empty();
    }

    /// Only apps of one group can be colours of one: nobody joins what is another's.
    private static Optional<PathId> colours(LabelReader labels, PathId app) {
        var label = "HAPROXY_DEPLOYMENT_GROUP";
        var group = labels.text(label);
        if (group.isEmpty()) {
            return Optional.empty();
        }
        var name = group.get().startsWith("/") ? group.get().substring(1) : group.get();
        if (!NAME.matcher(name).matches()) {
            labels.fault(label, group.get(), "is not a name such as shop");
            return Optional.empty();
        }
        return Optional.of(app.parent().resolve(name));
    }

    /// A colour answers on the other's port too, so that a client of either need not know which of
    /// them is there. Who deploys in colours has one port, as with marathon-lb.
    private static List<Integer> servicePorts(LabelReader labels, Endpoint endpoint) {
        int own = labels.number(labels.haproxy("PORT"), endpoint.servicePort(), 1, MAX_PORT);
        boolean hasOther =
                endpoint.portIndex() == 0 && labels.text("HAPROXY_DEPLOYMENT_GROUP").isPresent();
        int other = hasOther ? labels.number("HAPROXY_DEPLOYMENT_ALT_PORT", 0, 1, MAX_PORT) : 0;
        return IntStream.of(own, other).filter(port -> port > 0).boxed().toList();
    }

    private static Mode mode(LabelReader labels) {
        var label = labels.haproxy("MODE");
        var value = labels.text(label).orElse("http");
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "http" -> Mode.HTTP;
            case "tcp" -> Mode.TCP;
            default -> {
                labels.fault(label, value, "is neither http nor tcp");
                yield Mode.HTTP;
            }
        };
    }

    private static List<PathPrefix> paths(LabelReader labels) {
        var label = labels.haproxy("PATH");
        if (labels.text(label).isEmpty()) {
            return List.of(PathPrefix.ANY);
        }
        if (labels.text(labels.haproxy("VHOST")).isEmpty()) {
            labels.remark(label, "has no effect without " + labels.haproxy("VHOST"));
        }
        return PathPrefix.of(labels, label);
    }

    private static int precedence(LabelReader labels, List<PathPrefix> paths) {
        var label = labels.haproxy("BACKEND_WEIGHT");
        int given = labels.number(label, 0, -MAX_PRECEDENCE, MAX_PRECEDENCE);
        return given == 0 && !paths.contains(PathPrefix.ANY) ? 1 : given;
    }

    private static Optional<String> bindAddress(LabelReader labels) {
        var label = labels.haproxy("BIND_ADDR");
        var value = labels.text(label).filter(address -> !address.equals("*"));
        value.ifPresent(address -> {
            try {
                InetAddress.ofLiteral(address);
            } catch (IllegalArgumentException e) {
                labels.fault(label, address, "is not an IP address");
            }
        });
        return value;
    }

    private static Optional<String> certificate(LabelReader labels, Mode mode) {
        var label = labels.haproxy("SSL_CERT");
        var value = labels.text(label);
        if (value.isPresent() && mode == Mode.TCP) {
            labels.fault(label, "cannot be offered in tcp mode");
        }
        return value;
    }

    private static Set<String> groups(LabelReader labels) {
        var own = labels.list(labels.haproxy("GROUP"));
        var groups = new HashSet<>(own.isEmpty() ? labels.list("HAPROXY_GROUP") : own);
        groups.remove("");
        return Set.copyOf(groups);
    }
}

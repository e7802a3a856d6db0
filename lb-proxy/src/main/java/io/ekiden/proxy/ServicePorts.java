package io.ekiden.proxy;

import io.netty.channel.Channel;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A listener for each service port that an endpoint has. The port of an app whose last endpoint
/// has gone goes on listening for a while and answers 503 (or closes the connection): an app that
/// restarts is told apart from one that never was, and nobody else takes its port meanwhile.
///
/// A port that cannot be bound is a problem to be shown, tried again, and no other port's concern.
final class ServicePorts {
    private static final Logger LOG = LoggerFactory.getLogger(ServicePorts.class);

    private final ProxyConfig config;
    private final Routing routing;
    private final List<Lane> lanes;
    private final TcpFrontend tcp;
    private final Certificates certificates;
    private final Predicate<String> isHere;
    private final Map<Integer, Listener> listeners = new HashMap<>();
    private boolean closed;

    private enum State {
        OPENING,
        OPEN,
        FAILED,
        CLOSING
    }

    /// What listens at a port.
    ///
    /// @param certificate its file, for TLS
    private record Binding(PortLabels.Mode mode, String address, Optional<String> certificate) {}

    /// One port's listener.
    private static final class Listener {
        private final Binding binding;
        private State state = State.OPENING;
        private Optional<Channel> channel = Optional.empty();
        private String problem = "";
        private long since;

        Listener(Binding binding, long now) {
            this.binding = binding;
            this.since = now;
        }
    }

    /// @param isHere whether a host name is this machine's
    ServicePorts(
            ProxyConfig config,
            Routing routing,
            List<Lane> lanes,
            TcpFrontend tcp,
            Certificates certificates,
            Predicate<String> isHere) {
        this.config = config;
        this.routing = routing;
        this.lanes = List.copyOf(lanes);
        this.tcp = tcp;
        this.certificates = certificates;
        this.isHere = isHere;
    }

    /// Brings the listeners in line with the table in force; also called now and then, to try again
    /// and to close what has lingered. Completes when what it has begun to open is open or has
    /// failed.
    synchronized Future<Void> reconcile() {
        if (closed) {
            return Future.succeededFuture();
        }
        var wanted = wanted();
        long now = System.nanoTime();
        List.copyOf(listeners.keySet()).forEach(port -> retire(port, wanted.get(port), now));
        var opening = new ArrayList<Future<Void>>();
        wanted.forEach((port, binding) -> {
            if (!listeners.containsKey(port)) {
                opening.add(open(port, binding, now));
            }
        });
        return Future.join(opening).otherwiseEmpty().mapEmpty();
    }

    /// Has those with TLS use the certificates of now.
    synchronized Future<Void> renew() {
        var renewing = new ArrayList<Future<Void>>();
        listeners.forEach((port, listener) -> {
            var tls = listener.binding.certificate().flatMap(certificates::one);
            if (listener.state == State.OPEN && tls.isPresent()) {
                lanes.forEach(lane -> renewing.add(lane.renew(port, tls.get())));
            }
        });
        return Future.join(renewing).mapEmpty();
    }

    /// Accepts no more connections in TCP mode; the lanes close their own listeners.
    synchronized void close() {
        closed = true;
        listeners.values().forEach(listener -> listener.channel.ifPresent(TcpFrontend::close));
    }

    /// Ports that are not offered though an app has them, and why.
    synchronized SortedMap<Integer, String> problems() {
        var problems = new TreeMap<Integer, String>();
        routing.table().ports().keySet().stream()
                .filter(port -> !config.servicePorts().contains(port))
                .forEach(port -> problems.put(port, outside()));
        listeners.forEach((port, listener) -> {
            if (listener.state == State.FAILED) {
                problems.put(port, listener.problem);
            }
        });
        return problems;
    }

    synchronized boolean isOpen(int port) {
        var listener = listeners.get(port);
        return listener != null && listener.state == State.OPEN;
    }

    private SortedMap<Integer, Binding> wanted() {
        var wanted = new TreeMap<Integer, Binding>();
        routing.table()
                .ports()
                .forEach((port, route) -> {
                    if (config.servicePorts().contains(port) && !isTaskOwn(port, route)) {
                        wanted.put(port, binding(route));
                    }
                });
        return wanted;
    }

    private Binding binding(Route route) {
        var handling = route.handling();
        return new Binding(
                handling.mode(),
                handling.bindAddress().orElse(config.bindAddress()),
                handling.certificate());
    }

    /// With `requirePorts` the service port is the host port: on the task's own machine it is the
    /// task that listens there, and so must its successor be able to.
    private boolean isTaskOwn(int port, Route route) {
        return route.all().stream().anyMatch(b -> b.port() == port && isHere.test(b.host()));
    }

    private void retire(int port, Binding wanted, long now) {
        var listener = listeners.get(port);
        var timeouts = config.timeouts();
        switch (listener.state) {
            case OPENING, CLOSING -> {}
            case FAILED -> {
                if (wanted == null || now - listener.since > timeouts.retry().toNanos()) {
                    listeners.remove(port);
                }
            }
            case OPEN -> {
                if (listener.binding.equals(wanted)) {
                    listener.since = now;
                } else if (wanted != null || now - listener.since > timeouts.linger().toNanos()) {
                    close(port, listener);
                }
            }
        }
    }

    private Future<Void> open(int port, Binding binding, long now) {
        var listener = new Listener(binding, now);
        listeners.put(port, listener);
        Future<?> bound =
                switch (binding.mode()) {
                    case HTTP -> openHttp(port, binding);
                    case TCP ->
                            tcp.listen(binding.address(), port)
                                    .onSuccess(ch -> listener.channel = Optional.of(ch));
                };
        return bound.transform(done -> {
            opened(port, listener, done.cause());
            return Future.succeededFuture();
        });
    }

    private Future<?> openHttp(int port, Binding binding) {
        var tls = binding.certificate().flatMap(certificates::one);
        if (binding.certificate().isPresent() && tls.isEmpty()) {
            return Future.failedFuture(
                    "no usable certificate " + Texts.printable(binding.certificate().get()));
        }
        var listening = new ArrayList<Future<Integer>>();
        var frontend = new Frontend.ServicePort(port);
        lanes.forEach(lane -> listening.add(lane.listen(binding.address(), port, frontend, tls)));
        return Future.join(listening);
    }

    private synchronized void opened(int port, Listener listener, Throwable failure) {
        listener.since = System.nanoTime();
        if (failure == null) {
            listener.state = State.OPEN;
            LOG.info("servicePort={} mode={} open", port, listener.binding.mode());
            if (closed) {
                listener.channel.ifPresent(TcpFrontend::close);
            }
            return;
        }
        // Some lanes may have it.
        lanes.forEach(lane -> lane.close(port));
        listener.state = State.FAILED;
        listener.problem = "cannot listen: " + Texts.reason(failure);
        LOG.warn("servicePort={} not offered reason={}", port, Texts.reason(failure));
    }

    private void close(int port, Listener listener) {
        listener.state = State.CLOSING;
        LOG.info("servicePort={} mode={} closing", port, listener.binding.mode());
        var closing = new ArrayList<Future<?>>();
        switch (listener.binding.mode()) {
            case HTTP -> lanes.forEach(lane -> closing.add(lane.close(port)));
            case TCP -> listener.channel.ifPresent(ch -> closing.add(TcpFrontend.close(ch)));
        }
        Future.join(closing).onComplete(_ -> closed(port));
    }

    private void closed(int port) {
        synchronized (this) {
            listeners.remove(port);
        }
        reconcile();
    }

    private String outside() {
        return "outside of the offered service ports "
                + config.servicePorts().begin()
                + "-"
                + config.servicePorts().end();
    }
}

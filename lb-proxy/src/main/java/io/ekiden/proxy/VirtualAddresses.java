package io.ekiden.proxy;

import io.ekiden.model.Endpoint;
import io.ekiden.proxy.vip.AddressRange;
import io.ekiden.proxy.vip.Vip;
import io.ekiden.proxy.vip.VipTable;
import io.netty.channel.Channel;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A listener for each virtual address that an endpoint has, on a local address of its own, passing
/// on what comes as service ports in TCP mode do. As with those, a listener lingers when the last
/// endpoint has gone, and an address that cannot be bound is shown, tried again, and no other's
/// concern.
final class VirtualAddresses {
    private static final Logger LOG = LoggerFactory.getLogger(VirtualAddresses.class);

    private final ProxyConfig config;
    private final Routing routing;
    private final TcpFrontend tcp;
    private final AddressRange range;
    private final Map<InetSocketAddress, Listener> listeners = new HashMap<>();
    private final Map<InetSocketAddress, String> refused = new HashMap<>();
    private SortedMap<String, Endpoint> seen = new TreeMap<>();
    private volatile InForce inForce;
    private boolean closed;

    /// What is served: the table, and a route by the address where it is served.
    ///
    /// @param problems also those of the table
    private record InForce(
            VipTable table,
            Map<InetSocketAddress, Route> routes,
            List<VipTable.Problem> problems) {}

    private enum State {
        OPENING,
        OPEN,
        FAILED,
        CLOSING
    }

    private static final class Listener {
        private State state = State.OPENING;
        private Optional<Channel> channel = Optional.empty();
        private long since;

        Listener(long now) {
            this.since = now;
        }
    }

    VirtualAddresses(ProxyConfig config, Routing routing, TcpFrontend tcp) {
        this.config = config;
        this.routing = routing;
        this.tcp = tcp;
        this.range = config.virtualAddresses();
        this.inForce = new InForce(VipTable.of(List.of(), range), Map.of(), List.of());
    }

    /// Brings the listeners in line with the endpoints in force; also called now and then.
    /// Completes when what it has begun to open is open or has failed.
    synchronized Future<Void> reconcile() {
        if (closed) {
            return Future.succeededFuture();
        }
        follow();
        long now = System.nanoTime();
        var routes = inForce.routes();
        List.copyOf(listeners.keySet())
                .forEach(address -> retire(address, routes.containsKey(address), now));
        var opening = new ArrayList<Future<Void>>();
        refused.keySet().retainAll(routes.keySet());
        for (var address : routes.keySet()) {
            if (!listeners.containsKey(address)) {
                opening.add(open(address, now));
            }
        }
        return Future.join(opening).otherwiseEmpty().mapEmpty();
    }

    // Tables are swapped whole: it is another one, or nothing has changed.
    @SuppressWarnings("ReferenceEquality")
    private void follow() {
        var endpoints = routing.endpoints();
        if (endpoints == seen) {
            return;
        }
        seen = endpoints;
        var table = VipTable.of(endpoints.values(), range);
        var before = inForce.routes();
        var routes = new HashMap<InetSocketAddress, Route>();
        var problems = new LinkedHashSet<>(table.problems());
        table.endpoints()
                .forEach((vip, its) -> {
                    var address = new InetSocketAddress(table.address(vip), vip.port());
                    var turns =
                            Optional.ofNullable(before.get(address))
                                    .map(Route::turns)
                                    .orElseGet(Turns::new);
                    routes.put(address, route(vip, its, turns, problems));
                });
        inForce = new InForce(table, routes, List.copyOf(problems));
    }

    /// The first app by id says who may come; others that share the address must say the same, or
    /// one could open what another has closed.
    private Route route(
            Vip vip, List<Endpoint> endpoints, Turns turns, Set<VipTable.Problem> problems) {
        var first = endpoints.getFirst();
        var handling = handling(first);
        var all = new ArrayList<Backend>();
        var ready = new ArrayList<Backend>();
        for (var endpoint : endpoints) {
            var app = endpoint.runSpecId();
            if (!app.equals(first.runSpecId())
                    && !handling(endpoint).allowed().equals(handling.allowed())) {
                problems.add(
                        new VipTable.Problem(
                                app,
                                "%s is %s's, and only apps that allow the same networks share it"
                                        .formatted(vip, first.runSpecId())));
                continue;
            }
            routing.backend(endpoint.key())
                    .ifPresent(backend -> {
                        all.add(backend);
                        if (endpoint.state() == Endpoint.State.READY) {
                            ready.add(backend);
                        }
                    });
        }
        var pool = new Pool(handling.balance(), ready, turns.of(first.runSpecId()));
        return new Route(
                first.runSpecId(),
                0,
                handling,
                all,
                pool,
                turns,
                Site.SERVICE_PORT,
                Optional.empty());
    }

    private static PortLabels.Handling handling(Endpoint endpoint) {
        return PortLabels.of(endpoint).handling().ofConnections();
    }

    private void retire(InetSocketAddress address, boolean wanted, long now) {
        var listener = listeners.get(address);
        var timeouts = config.timeouts();
        switch (listener.state) {
            case OPENING, CLOSING -> {}
            case FAILED -> {
                if (!wanted || now - listener.since > timeouts.retry().toNanos()) {
                    listeners.remove(address);
                }
            }
            case OPEN -> {
                if (wanted) {
                    listener.since = now;
                } else if (now - listener.since > timeouts.linger().toNanos()) {
                    close(address, listener);
                }
            }
        }
    }

    private Future<Void> open(InetSocketAddress address, long now) {
        var listener = new Listener(now);
        listeners.put(address, listener);
        return tcp.listen(
                        address,
                        () -> Optional.ofNullable(inForce.routes().get(address)),
                        Networks.NONE)
                .transform(done -> {
                    opened(address, listener, done.result(), done.cause());
                    return Future.succeededFuture();
                });
    }

    private synchronized void opened(
            InetSocketAddress address, Listener listener, Channel channel, Throwable failure) {
        listener.since = System.nanoTime();
        if (failure == null) {
            listener.state = State.OPEN;
            refused.remove(address);
            listener.channel = Optional.of(channel);
            LOG.info("virtualAddress={} open", address);
            if (closed) {
                listener.channel.ifPresent(TcpFrontend::close);
            }
            return;
        }
        listener.state = State.FAILED;
        // Another proxy of this machine may have it for as long as both run: said once.
        if (refused.put(address, "cannot listen: " + Texts.reason(failure)) == null) {
            LOG.warn("virtualAddress={} not offered reason={}", address, Texts.reason(failure));
        }
    }

    private void close(InetSocketAddress address, Listener listener) {
        listener.state = State.CLOSING;
        LOG.info("virtualAddress={} closing", address);
        listener.channel
                .map(TcpFrontend::close)
                .orElseGet(Future::succeededFuture)
                .onComplete(_ -> closed(address));
    }

    private void closed(InetSocketAddress address) {
        synchronized (this) {
            listeners.remove(address);
        }
        reconcile();
    }

    /// Accepts no more connections.
    synchronized void close() {
        closed = true;
        listeners.values().forEach(listener -> listener.channel.ifPresent(TcpFrontend::close));
    }

    List<VipTable.Problem> problems() {
        return inForce.problems();
    }

    /// As operators see them, by what the labels say.
    synchronized JsonObject json() {
        var json = new JsonObject();
        var shown = inForce;
        for (var vip : shown.table().endpoints().keySet()) {
            json.put(vip.toString(), json(shown, vip));
        }
        return json;
    }

    private JsonObject json(InForce shown, Vip vip) {
        var address = new InetSocketAddress(shown.table().address(vip), vip.port());
        var listener = Optional.ofNullable(listeners.get(address));
        var endpoints = new JsonArray();
        shown.table()
                .endpoints()
                .get(vip)
                .forEach(e -> endpoints.add(e.key().substring(Endpoint.PREFIX.length())));
        var json =
                new JsonObject()
                        .put("address", address.getAddress().getHostAddress() + ":" + vip.port())
                        .put("listening", listener.filter(l -> l.state == State.OPEN).isPresent())
                        .put("endpoints", endpoints);
        Optional.ofNullable(refused.get(address)).ifPresent(why -> json.put("problem", why));
        return json;
    }
}

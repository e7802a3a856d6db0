package io.ekiden.proxy;

import io.ekiden.log.AgentReport.Drain;
import io.ekiden.log.Topics;
import io.ekiden.model.Endpoint;
import io.ekiden.model.PortRange;
import io.ekiden.proxy.vip.AddressRange;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The data path of a proxy with its real sockets, told its endpoints by the test and not by Kafka.
final class TestFrontend implements AutoCloseable {
    private static final int THREADS = 2;

    private final Vertx vertx;
    private final List<String> drained = new CopyOnWriteArrayList<>();
    private final AtomicInteger clients = new AtomicInteger();
    private final Routing routing;
    private final ServicePorts ports;
    private final TcpFrontend tcp;

    private final int lbPort;

    TestFrontend(ProxyConfig.Timeouts timeouts) throws Exception {
        this(timeouts, ProxyConfig.Frontends.DEFAULT);
    }

    TestFrontend(ProxyConfig.Timeouts timeouts, ProxyConfig.Frontends frontends) throws Exception {
        var config =
                new ProxyConfig(
                        "nowhere:1",
                        new Topics("t."),
                        "p",
                        "this-host",
                        "127.0.0.1",
                        0,
                        0,
                        new PortRange(1024, 65_535),
                        AddressRange.LOOPBACK,
                        Optional.empty(),
                        THREADS,
                        frontends,
                        timeouts,
                        Map.of());
        var arrivals = new Arrivals(frontends.proxies(), _ -> false);
        vertx = arrivals.vertx(new VertxOptions().setEventLoopPoolSize(THREADS));
        routing = new Routing(config, new Drains(this::drained), _ -> {});
        var lanes =
                Stream.generate(() -> new Lane(config, routing, clients, arrivals))
                        .limit(THREADS)
                        .toList();
        for (var lane : lanes) {
            vertx.deployVerticle(lane).await(10, TimeUnit.SECONDS);
        }
        lbPort =
                Lane.listen(lanes, "127.0.0.1", 0, new Frontend.VirtualHosts(), Optional.empty())
                        .await(10, TimeUnit.SECONDS);
        var loops = (VertxInternal) vertx;
        tcp =
                new TcpFrontend(
                        config,
                        routing,
                        loops.acceptorEventLoopGroup(),
                        loops.nettyEventLoopGroup(),
                        loops.nameResolver().nettyAddressResolverGroup(),
                        clients);
        ports =
                new ServicePorts(
                        config,
                        routing,
                        lanes,
                        tcp,
                        new Certificates(vertx, Optional.empty()),
                        _ -> false);
    }

    /// For HTTP by virtual host.
    int lbPort() {
        return lbPort;
    }

    List<String> problems() {
        return routing.table().problems().stream()
                .map(p -> p.runSpecId() + " " + p.reason())
                .toList();
    }

    /// @param now in nanoseconds of the monotonic clock
    String stats(long now) {
        return HaproxyStats.csv(routing.table(), now);
    }

    /// When this returns the endpoints are in force and their ports open.
    synchronized void put(Endpoint... endpoints) throws Exception {
        for (var endpoint : endpoints) {
            routing.apply(Map.of(endpoint.key(), Optional.of(endpoint)));
        }
        ports.reconcile().await(10, TimeUnit.SECONDS);
    }

    /// All at once, as the follower does with what it reads at once; of endpoints whose ports are
    /// open.
    synchronized void change(Endpoint... endpoints) {
        routing.apply(Stream.of(endpoints).collect(Collectors.toMap(Endpoint::key, Optional::of)));
    }

    synchronized void remove(Endpoint endpoint) {
        routing.apply(Map.of(endpoint.key(), Optional.empty()));
    }

    Backend backend(Endpoint endpoint) {
        return routing.backend(endpoint.key()).orElseThrow();
    }

    /// Whether this was acknowledged.
    boolean drained(Endpoint endpoint, Drain drain) {
        return drained.contains(endpoint.taskId() + " " + drain);
    }

    int clients() {
        return clients.get();
    }

    /// Stands still for a while, as a process does on a busy machine.
    void stall(Duration time) throws InterruptedException {
        var stalled = new CountDownLatch(THREADS);
        for (var loop : ((VertxInternal) vertx).nettyEventLoopGroup()) {
            loop.execute(() -> {
                LockSupport.parkNanos(time.toNanos());
                stalled.countDown();
            });
        }
        stalled.await();
    }

    private void drained(Backend backend, Drain drain) {
        drained.add(backend.taskId() + " " + drain);
    }

    @Override
    public void close() {
        ports.close();
        tcp.close(Duration.ZERO);
        vertx.close().await();
    }
}

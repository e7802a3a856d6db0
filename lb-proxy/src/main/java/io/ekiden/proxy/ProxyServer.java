package io.ekiden.proxy;

import io.ekiden.proxy.dns.DnsServer;
import io.ekiden.proxy.dns.MesosDnsApi;
import io.ekiden.proxy.dns.Zones;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.internal.VertxInternal;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One load balancer, a member of the cluster. [#start] completes when the table is loaded, every
/// port is bound that can be, and the proxy has begun to join; it waits for Kafka as long as that
/// takes. [#close] accepts nothing more, lets work in flight end (up to `timeouts.shutdown`), and
/// says good-bye. Neither may be called on an event loop.
public final class ProxyServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyServer.class);

    private static final long RECONCILE_MS = 1_000;
    private static final long CERTIFICATES_MS = 2_000;
    private static final Duration PATIENCE_FOR_KAFKA = Duration.ofSeconds(5);

    private final ProxyConfig config;
    private final Vertx vertx;
    private final Reports reports;
    private final Routing routing;
    private final EndpointFollower follower;
    private final List<Lane> lanes = new ArrayList<>();
    private final TcpFrontend tcp;
    private final Certificates certificates;
    private final HttpsPort https;
    private final ServicePorts servicePorts;
    private final VirtualAddresses virtualAddresses;
    private final Optional<DnsServer> dns;
    private final Admin admin;
    private volatile boolean listening;
    private volatile boolean closed;
    private volatile int lbPort;
    private volatile OptionalInt appIdPort = OptionalInt.empty();
    private volatile Optional<HttpServer> adminServer = Optional.empty();

    public ProxyServer(ProxyConfig config) {
        this.config = config;
        var arrivals = new Arrivals(config.frontends().proxies(), port -> port == adminPort());
        this.vertx =
                arrivals.vertx(
                        new VertxOptions()
                                .setEventLoopPoolSize(config.threads())
                                .setWorkerPoolSize(2)
                                .setInternalBlockingPoolSize(2));
        var clients = new AtomicInteger();
        this.reports = Reports.of(config);
        this.routing = new Routing(config, new Drains(reports::drained), _ -> tableChanged());
        this.follower = new EndpointFollower(config, routing, reports);
        for (int i = 0; i < config.threads(); i++) {
            lanes.add(new Lane(config, routing, clients, arrivals));
        }
        var loops = (VertxInternal) vertx;
        this.tcp =
                new TcpFrontend(
                        config,
                        routing,
                        loops.acceptorEventLoopGroup(),
                        loops.nettyEventLoopGroup(),
                        loops.nameResolver().nettyAddressResolverGroup(),
                        clients);
        this.certificates = new Certificates(vertx, config.frontends().certificates());
        this.https = new HttpsPort(config, lanes, certificates);
        this.servicePorts =
                new ServicePorts(config, routing, lanes, tcp, certificates, localHosts()::contains);
        this.virtualAddresses = new VirtualAddresses(config, routing, tcp);
        var zones = new Zones(routing::endpoints, config.virtualAddresses());
        this.dns = config.dns().map(names -> new DnsServer(names, zones));
        this.admin =
                new Admin(
                        config,
                        routing,
                        servicePorts,
                        certificates,
                        https,
                        virtualAddresses,
                        zones,
                        new MesosDnsApi(config.dns(), zones, this::dnsPort),
                        follower,
                        new Metrics(
                                routing,
                                follower,
                                reports,
                                clients,
                                () -> dns.map(DnsServer::answered).orElse(0L)));
    }

    public Future<Void> start() {
        reports.start(routing::repeatDrains);
        return admin.listen(vertx)
                .compose(server -> {
                    adminServer = Optional.of(server);
                    follower.start();
                    return deploy();
                })
                .compose(_ -> Future.fromCompletionStage(follower.loaded()))
                .compose(_ -> listen())
                .compose(_ -> dns.map(DnsServer::start).orElse(Future.succeededFuture(0)))
                .onSuccess(_ -> join())
                .mapEmpty();
    }

    /// The port for HTTP by virtual host, once started.
    public int lbPort() {
        return lbPort;
    }

    /// The port for HTTP by the header `X-Marathon-App-Id`, if there is one, once started.
    public OptionalInt appIdPort() {
        return appIdPort;
    }

    /// The port for HTTPS by virtual host, once it is open.
    public OptionalInt httpsPort() {
        return https.port();
    }

    public int adminPort() {
        return adminServer.map(HttpServer::actualPort).orElse(config.adminPort());
    }

    /// The port for names; 0 when they are not served.
    public int dnsPort() {
        return dns.map(DnsServer::port).orElse(0);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        LOG.info("proxy={} closing", config.proxyId());
        var patience = config.timeouts().shutdown().plusSeconds(2);
        dns.ifPresent(DnsServer::close);
        servicePorts.close();
        virtualAddresses.close();
        await(Future.join(lanes.stream().map(Lane::closeAll).toList()), patience);
        tcp.close(config.timeouts().shutdown());
        follower.close();
        reports.close(PATIENCE_FOR_KAFKA);
        await(vertx.close(), patience);
        LOG.info("proxy={} closed", config.proxyId());
    }

    private Future<Void> deploy() {
        var deployed = new ArrayList<Future<String>>();
        lanes.forEach(lane -> deployed.add(vertx.deployVerticle(lane, new DeploymentOptions())));
        return Future.all(deployed).mapEmpty();
    }

    private Future<Void> listen() {
        return listen(config.lbPort(), new Frontend.VirtualHosts())
                .compose(port -> {
                    lbPort = port;
                    return listenForAppIds();
                })
                .compose(_ -> loadCertificates())
                .compose(_ -> {
                    listening = true;
                    return reconcile();
                });
    }

    private Future<Void> listenForAppIds() {
        var wanted = config.frontends().appIdPort();
        if (wanted.isEmpty()) {
            return Future.succeededFuture();
        }
        return listen(wanted.getAsInt(), new Frontend.AppIds())
                .onSuccess(port -> appIdPort = OptionalInt.of(port))
                .mapEmpty();
    }

    private Future<Integer> listen(int port, Frontend frontend) {
        return Lane.listen(lanes, config.bindAddress(), port, frontend, Optional.empty());
    }

    private Future<Void> loadCertificates() {
        return vertx.executeBlocking(certificates::load)
                .compose(changed ->
                        changed || https.problem().isPresent()
                                ? Future.join(https.renew(), servicePorts.renew()).mapEmpty()
                                : Future.succeededFuture());
    }

    private void join() {
        vertx.setPeriodic(RECONCILE_MS, _ -> servicePorts.reconcile());
        vertx.setPeriodic(CERTIFICATES_MS, _ -> loadCertificates());
        vertx.setPeriodic(RECONCILE_MS, _ -> reconcile());
        reports.join();
        LOG.info("proxy={} lbPort={} adminPort={} started", config.proxyId(), lbPort, adminPort());
    }

    private void tableChanged() {
        if (listening && !closed) {
            reconcile();
        }
    }

    private Future<Void> reconcile() {
        return Future.join(servicePorts.reconcile(), virtualAddresses.reconcile()).mapEmpty();
    }

    private static void await(Future<?> future, Duration patience) {
        try {
            future.await(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.warn("closing goes on reason={}", "work in flight did not end in time");
        }
    }

    /// By these names endpoints on this machine may be known.
    private Set<String> localHosts() {
        var hosts = new HashSet<>(List.of("localhost", "127.0.0.1", "::1", config.hostname()));
        try {
            NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .forEach(address -> hosts.add(address.getHostAddress()));
        } catch (SocketException e) {
            LOG.warn("own addresses unknown reason={}", Texts.reason(e));
        }
        return hosts;
    }
}

package io.ekiden.standalone;

import io.ekiden.agent.AgentDaemon;
import io.ekiden.agent.AgentSpec;
import io.ekiden.agent.runtime.docker.VolumeDrivers;
import io.ekiden.gateway.GatewayConfig;
import io.ekiden.gateway.GatewayServer;
import io.ekiden.gateway.Security;
import io.ekiden.gateway.secrets.MasterKeys;
import io.ekiden.log.TopicAdmin;
import io.ekiden.log.Topics;
import io.ekiden.model.PortRange;
import io.ekiden.planner.core.Settings.Strategy;
import io.ekiden.planner.stream.PlannerConfig;
import io.ekiden.planner.stream.PlannerStream;
import io.ekiden.proxy.ProxyConfig;
import io.ekiden.proxy.ProxyServer;
import io.ekiden.proxy.dns.DnsConfig;
import io.ekiden.proxy.vip.AddressRange;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The whole of Ekiden in this process: broker, planner, gateway, agents and load balancer, each
/// wired to the others by nothing but Kafka and HTTP, as if each ran alone.
final class Standalone implements AutoCloseable {
    /// A definition may name any service port; the option's range is for those that name none.
    private static final PortRange ANY_PORT = new PortRange(1, 65_535);

    private static final Logger LOG = LoggerFactory.getLogger(Standalone.class);
    private static final Duration KAFKA_PATIENCE = Duration.ofSeconds(60);
    private static final Duration READY_PATIENCE = Duration.ofSeconds(60);
    private static final long POLL_MS = 20;
    private static final short ONE_REPLICA = 1;
    private static final String PROXY = "proxy-1";

    /// That resolvers ask at: theirs has no place for another.
    static final int DNS_PORT = 53;

    private final EmbeddedBroker broker;
    private final PlannerStream planner;
    private final GatewayServer gateway;
    private final ProxyServer proxy;
    private final List<AgentDaemon> agents;
    private final Vertx vertx;
    private final Settings settings;

    private Standalone(
            EmbeddedBroker broker,
            PlannerStream planner,
            GatewayServer gateway,
            ProxyServer proxy,
            List<AgentDaemon> agents,
            Vertx vertx,
            Settings settings) {
        this.broker = broker;
        this.planner = planner;
        this.gateway = gateway;
        this.proxy = proxy;
        this.agents = agents;
        this.vertx = vertx;
        this.settings = settings;
    }

    /// What all agents are told.
    ///
    /// @param privileged containers may have all rights on the machine
    /// @param volumeDrivers the Docker volume drivers that tasks may use
    /// @param fetchFiles the directory whose files may be fetched by `file:`
    record Agents(
            List<AgentSpec> specs,
            boolean privileged,
            VolumeDrivers volumeDrivers,
            Optional<Path> fetchFiles) {
        Agents {
            specs = List.copyOf(specs);
        }
    }

    /// How services are found.
    ///
    /// @param containerDns an address of the machine at which containers ask for names
    /// @param virtualAddresses for what has a `VIP_n` label
    record Discovery(Optional<InetAddress> containerDns, AddressRange virtualAddresses) {}

    /// What one standalone is told.
    ///
    /// @param frontends the load balancer's, and for whom it routes
    /// @param placement which agent of several an instance is given
    /// @param insecure `bind` may be an address that is not loopback, though it is not secured
    /// @param security of the API
    record Settings(
            DataDirectory directory,
            String bind,
            Ports ports,
            ProxyConfig.Frontends frontends,
            Discovery discovery,
            Agents agents,
            Strategy placement,
            boolean insecure,
            Security security) {
        /// What asks nobody who he is: for this process alone, as nobody else needs it, unless
        /// everything is meant to be open.
        String brokerBind() {
            return insecure ? bind : InetAddress.getLoopbackAddress().getHostAddress();
        }

        /// Speaks to the API of this very process.
        Api api(String url) throws IOException {
            return new Api(url, security.ownToken(), security.tls().map(Security.Tls::certificate));
        }
    }

    /// Returns once the API answers and the planner has decided an input.
    ///
    /// @throws CommandFailure when a part cannot start; what had started is stopped again
    static Standalone start(Settings settings, Consumer<String> progress)
            throws CommandFailure, IOException, InterruptedException {
        progress.accept("starting the broker");
        var broker =
                EmbeddedBroker.start(
                        settings.directory().kafka(),
                        settings.brokerBind(),
                        settings.ports().kafka());
        progress.accept("starting planner, gateway, load balancer and agents");
        var standalone = assemble(broker, settings);
        try {
            standalone.startParts();
            standalone.awaitReady();
            return standalone;
        } catch (CommandFailure | IOException | InterruptedException | RuntimeException e) {
            standalone.close();
            throw e;
        }
    }

    private static Standalone assemble(EmbeddedBroker broker, Settings settings)
            throws IOException {
        var kafka = broker.bootstrapServers();
        var topics = new Topics(Topics.DEFAULT_PREFIX);
        var ports = settings.ports();
        var planner =
                PlannerConfig.of(kafka, topics, settings.directory().path().resolve("planner"))
                        .withSettings(
                                io.ekiden.planner.core.Settings.DEFAULT
                                        .withServicePorts(ports.services())
                                        .withStrategy(settings.placement()));
        var agentToken = randomToken();
        var gateway =
                GatewayConfig.of(
                                kafka,
                                topics,
                                settings.bind(),
                                ports.api(),
                                StandaloneMain.Version.number())
                        .withAgentToken(Optional.of(agentToken))
                        .withSecretsKeyFile(Optional.of(secretsKey(settings.directory())))
                        .withSecurity(settings.security())
                        .withInsecure(settings.insecure());
        var proxy =
                new ProxyConfig(
                        kafka,
                        topics,
                        PROXY,
                        Machine.hostname(settings.bind()),
                        settings.bind(),
                        ports.lb(),
                        ports.admin(),
                        ANY_PORT,
                        settings.discovery().virtualAddresses(),
                        dns(settings),
                        Machine.proxyThreads(),
                        settings.frontends(),
                        ProxyConfig.Timeouts.DEFAULT,
                        Map.of());
        var vertx = dataPlane();
        var containerDns =
                settings.discovery().containerDns().stream()
                        .map(InetAddress::getHostAddress)
                        .toList();
        var agents =
                Machine.agents(settings.agents().specs(), kafka, topics, settings.directory())
                        .stream()
                        .map(config ->
                                config.withAgentToken(Optional.of(agentToken))
                                        .withPrivileged(settings.agents().privileged())
                                        .withVolumeDrivers(settings.agents().volumeDrivers())
                                        .withFetchFiles(settings.agents().fetchFiles())
                                        .withContainerDns(containerDns))
                        .map(config -> new AgentDaemon(config, Optional.of(vertx)))
                        .toList();
        return new Standalone(
                broker,
                new PlannerStream(planner),
                new GatewayServer(gateway),
                new ProxyServer(proxy),
                agents,
                vertx,
                settings);
    }

    private static Optional<DnsConfig> dns(Settings settings) throws IOException {
        var listen = new ArrayList<InetSocketAddress>();
        if (settings.ports().dns().isPresent()) {
            listen.add(
                    new InetSocketAddress(
                            InetAddress.getByName(settings.bind()),
                            settings.ports().dns().getAsInt()));
        }
        settings.discovery()
                .containerDns()
                .ifPresent(address -> listen.add(new InetSocketAddress(address, DNS_PORT)));
        return listen.isEmpty()
                ? Optional.empty()
                : Optional.of(new DnsConfig(listen, DnsConfig.TIME_TO_LIVE));
    }

    private static Path secretsKey(DataDirectory directory) throws IOException {
        MasterKeys.make(directory.secretsKey());
        return directory.secretsKey();
    }

    /// Known to nobody but this process: whoever asks an agent for files is its gateway.
    private static String randomToken() {
        var bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /// On which all agents serve their tasks' files.
    private static Vertx dataPlane() {
        return Vertx.vertx(
                new VertxOptions()
                        .setEventLoopPoolSize(1)
                        .setFileSystemOptions(
                                new FileSystemOptions()
                                        .setFileCachingEnabled(false)
                                        .setClassPathResolvingEnabled(false)));
    }

    /// All at once: none needs another to have started, only the topics to be there.
    private void startParts() throws CommandFailure, IOException, InterruptedException {
        TopicAdmin.ensure(
                broker.bootstrapServers(),
                new Topics(Topics.DEFAULT_PREFIX),
                ONE_REPLICA,
                KAFKA_PATIENCE);
        var parts = new ArrayList<Callable<Void>>();
        parts.add(part(planner::start));
        parts.add(part(gateway::start));
        parts.add(part(() -> proxy.start().await(KAFKA_PATIENCE.toSeconds(), TimeUnit.SECONDS)));
        agents.forEach(agent -> parts.add(part(agent::start)));
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            for (Future<Void> part : threads.invokeAll(parts)) {
                part.get();
            }
        } catch (ExecutionException e) {
            throw CommandFailure.failed("cannot start: " + e.getCause().getMessage());
        }
    }

    private interface Start {
        void run() throws Exception;
    }

    private static Callable<Void> part(Start start) {
        return () -> {
            start.run();
            return null;
        };
    }

    private void awaitReady() throws CommandFailure, IOException, InterruptedException {
        long end = System.nanoTime() + READY_PATIENCE.toNanos();
        try (var api = settings.api(apiUrl())) {
            while (System.nanoTime() < end) {
                if (planner.refusal().isPresent()) {
                    throw CommandFailure.failed("the planner refuses: " + planner.refusal().get());
                }
                if (api.isReady()) {
                    return;
                }
                Thread.sleep(POLL_MS);
            }
        }
        throw CommandFailure.failed(
                "the API does not answer after %d s; see %s"
                        .formatted(READY_PATIENCE.toSeconds(), settings.directory().log()));
    }

    private String apiUrl() {
        var url = Instance.url(Machine.hostname(settings.bind()), gateway.port());
        return settings.security().tls().isPresent() ? url.replaceFirst("^http:", "https:") : url;
    }

    /// As others find it.
    Instance instance() {
        var host = Machine.hostname(settings.bind());
        var ports = settings.ports();
        return new Instance(
                ProcessHandle.current().pid(),
                Instance.ownStart(),
                gateway.port(),
                proxy.lbPort(),
                proxy.adminPort(),
                proxy.dnsPort(),
                proxy.httpsPort().orElse(0),
                proxy.appIdPort().orElse(0),
                broker.port(),
                ports.services().begin() + "-" + ports.services().end(),
                apiUrl(),
                Instance.url(host, proxy.lbPort()),
                apiUrl() + "/ui/",
                broker.bootstrapServers(),
                settings.directory().path().toString());
    }

    /// Waits until the planner has stopped by itself, which it never does when all is well.
    String awaitTrouble() throws InterruptedException {
        boolean ended = false;
        while (!ended) {
            ended = planner.awaitEnd(Duration.ofHours(1));
        }
        return planner.refusal().orElse("the planner has ended");
    }

    /// Says good-bye for the agents; returns when that is done.
    ///
    /// @param keepTasks their tasks run on; else they are stopped first
    void leave(boolean keepTasks) throws InterruptedException {
        var farewells = agents.stream().map(agent -> part(() -> leave(agent, keepTasks))).toList();
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            threads.invokeAll(farewells);
        }
    }

    private static void leave(AgentDaemon agent, boolean keepTasks) {
        if (!agent.leave(!keepTasks)) {
            LOG.warn("agent left without a good-bye tasks={}", agent.liveTasks());
        }
    }

    /// In the order in which nobody misses what has gone.
    @Override
    public void close() {
        agents.forEach(AgentDaemon::close);
        var _ = vertx.close();
        proxy.close();
        gateway.close();
        planner.close();
        broker.close();
    }
}

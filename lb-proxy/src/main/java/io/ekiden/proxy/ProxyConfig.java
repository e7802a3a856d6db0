package io.ekiden.proxy;

import io.ekiden.log.Topics;
import io.ekiden.model.PortRange;
import io.ekiden.proxy.dns.DnsConfig;
import io.ekiden.proxy.vip.AddressRange;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// What one load balancer is told.
///
/// @param bootstrapServers of Kafka
/// @param proxyId its name as a member; two that run at once must not share one
/// @param hostname of the machine it runs on: a task on it that has its service port as its host
///   port is left alone on that port
/// @param bindAddress of every listener
/// @param lbPort for HTTP by virtual host; 0 picks one
/// @param adminPort 0 picks one
/// @param servicePorts outside of them no service port is offered
/// @param virtualAddresses local addresses for what has a `VIP_n` label
/// @param dns how names of services are served; empty for not at all
/// @param threads event loops; 0 is one for each core
/// @param frontends which apps are routed, and where
/// @param kafka further settings of the Kafka clients, such as those for TLS
public record ProxyConfig(
        String bootstrapServers,
        Topics topics,
        String proxyId,
        String hostname,
        String bindAddress,
        int lbPort,
        int adminPort,
        PortRange servicePorts,
        AddressRange virtualAddresses,
        Optional<DnsConfig> dns,
        int threads,
        Frontends frontends,
        Timeouts timeouts,
        Map<String, String> kafka) {

    /// Client connections over all listeners; one more is closed at once.
    public static final int MAX_CONNECTIONS = 50_000;

    /// Bytes of all header lines of one request.
    static final int MAX_HEADER_BYTES = 16 << 10;

    /// Bytes of the request line.
    static final int MAX_REQUEST_LINE_BYTES = 8 << 10;

    public ProxyConfig {
        kafka = Map.copyOf(kafka);
        threads = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
    }

    /// Whether a label may have a service port listen there: none opens what `bindAddress` closes.
    boolean mayListenOn(String address) {
        try {
            var own = InetAddress.getByName(bindAddress);
            var other = InetAddress.ofLiteral(address);
            return own.isAnyLocalAddress()
                    || own.equals(other)
                    || (own.isLoopbackAddress() && other.isLoopbackAddress());
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /// Whom it is there for.
    ///
    /// @param groups only apps of one of these `HAPROXY_GROUP`s are routed; `*` stands for all, and
    ///   for those of none
    /// @param appIdPort for HTTP by the header `X-Marathon-App-Id`, if wanted
    /// @param httpsPort for HTTPS by virtual host, if wanted
    /// @param certificates a directory of PEM files, each with a chain and its private key
    /// @param proxies whose connections begin with a header of the PROXY protocol, and are of whom
    ///   that names
    /// @param accessLog whether a line is logged for each request
    public record Frontends(
            Set<String> groups,
            OptionalInt appIdPort,
            OptionalInt httpsPort,
            Optional<Path> certificates,
            Networks proxies,
            boolean accessLog) {
        public static final Frontends DEFAULT =
                new Frontends(
                        Set.of("*"),
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        Optional.empty(),
                        Networks.NONE,
                        false);

        public Frontends {
            groups = Set.copyOf(groups);
        }
    }

    /// How long things may take.
    ///
    /// @param connect to a task
    /// @param response until a task has begun to answer
    /// @param header until a new client has sent the head of its first request
    /// @param idle of a client connection without a request, and of a body that does not move
    /// @param tunnel of a WebSocket or TCP connection on which nothing moves
    /// @param eject of an endpoint that could not be reached, the first time; doubled up to 30
    ///   times
    /// @param linger of the listener of a service port whose last endpoint has gone
    /// @param retry between attempts to bind a port that was taken
    /// @param shutdown for work in flight when the proxy ends
    /// @param heartbeat between two heartbeats
    /// @param away of Kafka, after which the proxy joins again
    public record Timeouts(
            Duration connect,
            Duration response,
            Duration header,
            Duration idle,
            Duration tunnel,
            Duration eject,
            Duration linger,
            Duration retry,
            Duration shutdown,
            Duration heartbeat,
            Duration away) {
        public static final Timeouts DEFAULT =
                new Timeouts(
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(60),
                        Duration.ofHours(1),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(10));
    }
}

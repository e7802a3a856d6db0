package io.ekiden.gateway;

import io.ekiden.log.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.CommonClientConfigs;

/// How a gateway is set up.
///
/// @param host to bind to
/// @param port 0 for any that is free
/// @param name and `version` as `/v2/info` tells them
/// @param allowedHosts names by which clients may call it besides `localhost`, its own `host` and
///   addresses; `*` for any
/// @param agentToken the secret that agents ask for when their tasks' files are read; when absent,
///   they cannot be
/// @param secretsKeyFile the master keys of secrets; without it, none can be set or brought to
///   tasks
/// @param insecure accept a bind address other than loopback though it is not secured
/// @param security who may call, and how
/// @param kafka further settings of the Kafka clients, such as those for TLS
public record GatewayConfig(
        String bootstrapServers,
        Topics topics,
        String host,
        int port,
        String name,
        String version,
        Set<String> allowedHosts,
        boolean insecure,
        Optional<String> agentToken,
        Optional<Path> secretsKeyFile,
        Security security,
        Map<String, String> kafka,
        Limits limits) {

    public GatewayConfig {
        allowedHosts = Set.copyOf(allowedHosts);
        kafka = Map.copyOf(kafka);
    }

    /// On loopback, with the limits of the architecture.
    public static GatewayConfig of(
            String bootstrapServers, Topics topics, String host, int port, String version) {
        return new GatewayConfig(
                bootstrapServers,
                topics,
                host,
                port,
                "ekiden",
                version,
                Set.of(),
                false,
                Optional.empty(),
                Optional.empty(),
                Security.NONE,
                Map.of(),
                Limits.DEFAULT);
    }

    public GatewayConfig withAllowedHosts(Set<String> hosts) {
        return new GatewayConfig(
                bootstrapServers,
                topics,
                host,
                port,
                name,
                version,
                hosts,
                insecure,
                agentToken,
                secretsKeyFile,
                security,
                kafka,
                limits);
    }

    public GatewayConfig withInsecure(boolean insecure) {
        return new GatewayConfig(
                bootstrapServers,
                topics,
                host,
                port,
                name,
                version,
                allowedHosts,
                insecure,
                agentToken,
                secretsKeyFile,
                security,
                kafka,
                limits);
    }

    public GatewayConfig withAgentToken(Optional<String> token) {
        return new GatewayConfig(
                bootstrapServers,
                topics,
                host,
                port,
                name,
                version,
                allowedHosts,
                insecure,
                token,
                secretsKeyFile,
                security,
                kafka,
                limits);
    }

    public GatewayConfig withSecretsKeyFile(Optional<Path> file) {
        return new GatewayConfig(
                bootstrapServers,
                topics,
                host,
                port,
                name,
                version,
                allowedHosts,
                insecure,
                agentToken,
                file,
                security,
                kafka,
                limits);
    }

    public GatewayConfig withSecurity(Security security) {
        return new GatewayConfig(
                bootstrapServers,
                topics,
                host,
                port,
                name,
                version,
                allowedHosts,
                insecure,
                agentToken,
                secretsKeyFile,
                security,
                kafka,
                limits);
    }

    public GatewayConfig withKafka(Map<String, String> settings) {
        return new GatewayConfig(
                bootstrapServers,
                topics,
                host,
                port,
                name,
                version,
                allowedHosts,
                insecure,
                agentToken,
                secretsKeyFile,
                security,
                settings,
                limits);
    }

    public GatewayConfig withLimits(Limits limits) {
        return new GatewayConfig(
                bootstrapServers,
                topics,
                host,
                port,
                name,
                version,
                allowedHosts,
                insecure,
                agentToken,
                secretsKeyFile,
                security,
                kafka,
                limits);
    }

    /// What every Kafka client of this gateway is given.
    Map<String, Object> clients() {
        var settings = new HashMap<String, Object>(kafka);
        settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        return settings;
    }

    /// @param write how long a change waits for its decision
    /// @param read how long a read waits for the newest state
    /// @param requests in flight at a time
    /// @param bodyBytes of one request
    /// @param streams of events at a time, and as many of files and logs
    /// @param outstandingEvents that wait for one slow reader of events
    /// @param heartbeat between two signs of life on a stream of events
    /// @param idle after which a silent connection is closed
    /// @param requestsEach and `streamsEach`, so many of these one user may have; where he is not
    ///   known, one address
    public record Limits(
            Duration write,
            Duration read,
            int requests,
            long bodyBytes,
            int streams,
            int outstandingEvents,
            Duration heartbeat,
            Duration idle,
            int requestsEach,
            int streamsEach) {
        public static final Limits DEFAULT =
                new Limits(
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(2),
                        1000,
                        4L << 20,
                        2000,
                        1024,
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(60),
                        500,
                        1000);
    }
}

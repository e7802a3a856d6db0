package io.ekiden.proxy.dns;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/// How names are served.
///
/// @param listen at least one address, each for UDP and TCP; port 0 picks one
/// @param timeToLive how long an answer may be remembered, also that there is none
public record DnsConfig(List<InetSocketAddress> listen, Duration timeToLive) {
    /// A task leaves the names the moment it is no longer ready; what is left is the time for which
    /// a client goes on with what it was told. Mesos-DNS's minute was the time between two looks at
    /// the cluster, which a server that follows a log does not have.
    public static final Duration TIME_TO_LIVE = Duration.ofSeconds(5);

    public DnsConfig {
        listen = List.copyOf(listen);
    }
}

package io.ekiden.model;

import java.util.Optional;
import java.util.SortedMap;

/// One port of an app: a port definition on the host network, a port mapping on a container
/// network. `port` is the service port (0: to be assigned); the host port is dynamic unless the app
/// requires its ports or the mapping names one.
///
/// @param protocol `tcp`, `udp` or `udp,tcp`
/// @param mapping on a container network only
public record PortDefinition(
        int port,
        Optional<String> name,
        String protocol,
        SortedMap<String, String> labels,
        Optional<Mapping> mapping) {

    /// @param containerPort at which the task listens in its container; 0: the same as the host
    ///   port
    /// @param hostPort 0: dynamic
    public record Mapping(int containerPort, int hostPort) {}

    public PortDefinition {
        labels = Sorted.copyOf(labels);
    }

    public PortDefinition withPort(int port) {
        return new PortDefinition(port, name, protocol, labels, mapping);
    }

    /// Where the task itself listens when it was given this host port.
    public int containerPort(int hostPort) {
        return mapping.map(Mapping::containerPort).filter(port -> port != 0).orElse(hostPort);
    }
}

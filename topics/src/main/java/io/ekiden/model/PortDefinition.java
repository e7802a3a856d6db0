package io.ekiden.model;

import java.util.Optional;
import java.util.SortedMap;

/// One port of an app on the host network. `port` is the service port (0: to be assigned); the host
/// port is dynamic unless the app requires its ports.
///
/// @param protocol `tcp`, `udp` or `udp,tcp`
public record PortDefinition(
        int port, Optional<String> name, String protocol, SortedMap<String, String> labels) {
    public PortDefinition {
        labels = Sorted.copyOf(labels);
    }

    public PortDefinition withPort(int port) {
        return new PortDefinition(port, name, protocol, labels);
    }
}

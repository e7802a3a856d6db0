package io.ekiden.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
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

    /// Among host ports: that of a port which takes none.
    public static final int NO_HOST_PORT = 0;

    /// The first port that needs no rights to listen on.
    private static final int FIRST_CHOSEN = 1024;

    /// @param containerPort at which the task listens in its container; 0: the same as the host
    ///   port, or a chosen one where there is none
    /// @param hostPort 0: dynamic; absent: none, so that the port is reached at the task's own
    ///   address alone
    public record Mapping(int containerPort, Optional<Integer> hostPort) {}

    public PortDefinition {
        labels = Sorted.copyOf(labels);
    }

    public PortDefinition withPort(int port) {
        return new PortDefinition(port, name, protocol, labels, mapping);
    }

    /// The host ports that are taken, of those of a task.
    public static List<Integer> held(List<Integer> hostPorts) {
        return hostPorts.stream().filter(port -> port != NO_HOST_PORT).toList();
    }

    /// At which ports a task listens itself that was given these host ports: one for each of them.
    /// Where neither a definition nor a host port says it, it is one that no other has.
    static List<Integer> listening(List<PortDefinition> definitions, List<Integer> hostPorts) {
        var ports = new ArrayList<>(hostPorts);
        for (int i = 0; i < Math.min(definitions.size(), ports.size()); i++) {
            int hostPort = hostPorts.get(i);
            var mapping = definitions.get(i).mapping();
            ports.set(
                    i,
                    mapping.map(Mapping::containerPort).filter(port -> port != 0).orElse(hostPort));
        }
        var taken = new HashSet<>(ports);
        int chosen = FIRST_CHOSEN;
        for (int i = 0; i < ports.size(); i++) {
            if (ports.get(i) == NO_HOST_PORT) {
                while (taken.contains(chosen)) {
                    chosen++;
                }
                ports.set(i, chosen++);
            }
        }
        return List.copyOf(ports);
    }
}

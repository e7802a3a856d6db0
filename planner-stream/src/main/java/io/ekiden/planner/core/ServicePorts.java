package io.ekiden.planner.core;

import io.ekiden.model.App;
import io.ekiden.model.PathId;
import io.ekiden.model.Pod;
import io.ekiden.model.PortDefinition;
import io.ekiden.model.PortRange;
import io.ekiden.model.RunSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/// Assigns the service ports that definitions leave open (0): ports that the app had before first,
/// then the lowest free ones of the range. Ports that a definition names are taken as they are.
final class ServicePorts {
    private ServicePorts() {}

    /// Empty when the range is exhausted.
    static Optional<RunSpec> assign(
            RunSpec spec, Map<PathId, RunSpec> others, Optional<RunSpec> before, PortRange range) {
        return switch (spec) {
            case App app -> assign(app, others, before, range).map(RunSpec.class::cast);
            // Pods have no service ports.
            case Pod pod -> Optional.of(pod);
        };
    }

    private static Optional<App> assign(
            App app, Map<PathId, RunSpec> others, Optional<RunSpec> before, PortRange range) {
        if (app.portDefinitions().isEmpty()) {
            return Optional.of(app);
        }
        var taken = new TreeSet<Integer>();
        others.values().stream()
                .filter(other -> !other.id().equals(app.id()))
                .forEach(other -> taken.addAll(ports(other)));
        taken.addAll(ports(app));
        var formerly = new ArrayList<>(before.map(ServicePorts::ports).orElse(List.of()));
        formerly.removeAll(taken);
        var assigned = new ArrayList<PortDefinition>();
        int next = range.begin();
        for (var definition : app.portDefinitions()) {
            int port = definition.port();
            if (port == 0 && !formerly.isEmpty()) {
                port = formerly.removeFirst();
            } else if (port == 0) {
                while (taken.contains(next)) {
                    next++;
                }
                if (next > range.end()) {
                    return Optional.empty();
                }
                port = next;
            }
            taken.add(port);
            assigned.add(definition.withPort(port));
        }
        return Optional.of(app.withPortDefinitions(assigned));
    }

    private static List<Integer> ports(RunSpec spec) {
        return spec.ports().stream().map(PortDefinition::port).filter(port -> port != 0).toList();
    }
}

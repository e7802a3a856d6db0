package io.ekiden.planner.core;

import io.ekiden.model.App;
import io.ekiden.model.Pod;
import io.ekiden.model.PortDefinition;
import io.ekiden.model.PortRange;
import io.ekiden.model.RunSpec;
import io.ekiden.state.Definitions;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Assigns the service ports that definitions leave open (0): ports that the app had before first,
/// then the lowest free ones of the range. Ports that a definition names are taken as they are.
final class ServicePorts {
    private final PortRange range;
    private final BitSet taken;

    /// @param specs as the change would leave them
    ServicePorts(PortRange range, Definitions before, Overlay<RunSpec> specs) {
        this.range = range;
        taken = before.servicePorts();
        var difference = new HashMap<Integer, Integer>();
        for (var id : specs.changed()) {
            specs.before(id).ifPresent(was -> count(was, -1, difference));
            specs.get(id).ifPresent(is -> count(is, 1, difference));
        }
        difference.forEach((port, change) -> taken.set(port, before.named(port) + change > 0));
    }

    private static void count(RunSpec spec, int change, Map<Integer, Integer> counts) {
        Definitions.servicePorts(spec).forEach(port -> counts.merge(port, change, Integer::sum));
    }

    /// Empty when the range is exhausted.
    Optional<RunSpec> assign(RunSpec spec, Optional<RunSpec> was) {
        return switch (spec) {
            case App app -> assign(app, was).map(RunSpec.class::cast);
            // Pods have no service ports.
            case Pod pod -> Optional.of(pod);
        };
    }

    private Optional<App> assign(App app, Optional<RunSpec> was) {
        if (app.portDefinitions().stream().allMatch(definition -> definition.port() != 0)) {
            return Optional.of(app);
        }
        var formerly = new ArrayList<>(was.map(Definitions::servicePorts).orElse(List.of()));
        formerly.removeIf(taken::get);
        var assigned = new ArrayList<PortDefinition>();
        for (var definition : app.portDefinitions()) {
            int port = definition.port();
            if (port == 0) {
                port =
                        formerly.isEmpty()
                                ? taken.nextClearBit(range.begin())
                                : formerly.removeFirst();
                if (port > range.end()) {
                    return Optional.empty();
                }
                taken.set(port);
            }
            assigned.add(definition.withPort(port));
        }
        return Optional.of(app.withPortDefinitions(assigned));
    }
}

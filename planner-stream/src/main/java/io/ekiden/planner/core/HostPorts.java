package io.ekiden.planner.core;

import io.ekiden.model.PortDefinition;
import io.ekiden.model.RunSpec;
import io.ekiden.state.AgentRoom;
import java.util.ArrayList;
import java.util.List;

/// Chooses an instance's host ports on its agent.
final class HostPorts {
    /// How far apart the dynamic ports of two entries of the journal begin.
    private static final long STRIDE = 7;

    private HostPorts() {}

    /// One for each of the run spec's ports, in their order, and [PortDefinition#NO_HOST_PORT]
    /// where none is asked for; the agent must have been found to fit.
    ///
    /// @param sequence spreads dynamic ports, so that a port is not given again as soon as it is
    ///   free
    static List<Integer> choose(RunSpec spec, AgentRoom room, long sequence) {
        var requested = spec.requestedHostPorts();
        // Those that have to be come first, so that none is given away before.
        var taken = new ArrayList<Integer>();
        requested.forEach(port -> taken.add(port.orElse(PortDefinition.NO_HOST_PORT)));
        long next = sequence * STRIDE;
        for (int i = 0; i < requested.size(); i++) {
            while (requested.get(i).isPresent() && taken.get(i) == 0) {
                int port = room.port(next++);
                if (!room.load().holds(port) && !taken.contains(port)) {
                    taken.set(i, port);
                }
            }
        }
        return taken;
    }
}

package io.ekiden.simulator.check;

import io.ekiden.model.Agent;
import io.ekiden.model.Instance;
import io.ekiden.model.PortRange;
import io.ekiden.model.Resources;
import io.ekiden.model.RunSpec;
import io.ekiden.state.ClusterImage;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// Counts, naively and anew each time, what is held on agents.
public final class Room {
    private Room() {}

    /// What the instances of an image hold on one agent.
    static Resources held(ClusterImage image, String agentId) {
        var held = Resources.NONE;
        for (var instance : image.instances()) {
            if (holds(instance, agentId)) {
                held = held.plus(instance.resources());
            }
        }
        return held;
    }

    static boolean holds(Instance instance, String agentId) {
        boolean reserved =
                instance.reservation().filter(r -> r.agentId().equals(agentId)).isPresent();
        boolean placed =
                instance.condition().holdsResources()
                        && instance.placement()
                                .filter(p -> p.agentId().equals(agentId))
                                .isPresent();
        return reserved || placed;
    }

    static boolean within(Resources held, Resources all) {
        return held.cpus() <= all.cpus()
                && held.mem() <= all.mem()
                && held.disk() <= all.disk()
                && held.gpus() <= all.gpus();
    }

    /// Whether some active agent that the constraints allow has room for a waiting instance.
    public static boolean anywhere(ClusterImage image, RunSpec spec, Instance instance) {
        return image.agents().stream()
                .filter(Agent::takesWork)
                .anyMatch(agent -> has(image, agent, spec, instance));
    }

    private static boolean has(ClusterImage image, Agent agent, RunSpec spec, Instance instance) {
        var reserved = instance.reservation();
        if (reserved.filter(r -> !r.agentId().equals(agent.id())).isPresent()) {
            return false;
        }
        var others =
                image.instances(spec.id()).stream()
                        .filter(other -> !other.id().equals(instance.id()))
                        .toList();
        var spread = new Spread(image, spec, others);
        // Who has volumes cannot choose.
        boolean isTooFar = reserved.isEmpty() && !spread.isWhereMostAre(agent);
        boolean placeable = drives(agent, spec) && volumesAreFree(image, spec);
        if (isTooFar || spread.broken(agent).isPresent() || !placeable) {
            return false;
        }
        long ports = agent.ports().stream().mapToInt(PortRange::size).sum();
        long used =
                image.instances().stream()
                        .filter(i -> i.condition().holdsResources())
                        .flatMap(i -> i.placement().stream())
                        .filter(at -> at.agentId().equals(agent.id()))
                        .map(Instance.Placement::heldPorts)
                        .mapToLong(Collection::size)
                        .sum();
        long wanted = spec.requestedHostPorts().stream().filter(Optional::isPresent).count();
        boolean portsFit = ports - used >= wanted && named(image, agent, spec);
        boolean resourcesFit =
                reserved.isPresent()
                        || within(
                                held(image, agent.id()).plus(spec.footprint()), agent.resources());
        return portsFit && resourcesFit;
    }

    /// Whether the agent has the drivers of all external volumes.
    static boolean drives(Agent agent, RunSpec spec) {
        var drivers = List.of(agent.attributes().get("volume-drivers").split(",", -1));
        return spec.externalVolumes().stream()
                .allMatch(volume -> drivers.contains(volume.driver()));
    }

    private static boolean volumesAreFree(ClusterImage image, RunSpec spec) {
        return spec.externalVolumes().stream()
                .allMatch(volume ->
                        image.instances().stream()
                                .flatMap(other -> other.volumesInUse().stream())
                                .filter(used -> used.name().equals(volume.name()))
                                .allMatch(used -> used.shared() && volume.shared()));
    }

    /// Whether the host ports that a definition names are there and free.
    private static boolean named(ClusterImage image, Agent agent, RunSpec spec) {
        return spec.requestedHostPorts().stream()
                .flatMap(Optional::stream)
                .filter(port -> port != 0)
                .allMatch(port ->
                        agent.ports().stream().anyMatch(range -> range.contains(port))
                                && image.instances().stream()
                                        .filter(other -> other.condition().holdsResources())
                                        .flatMap(other -> other.placement().stream())
                                        .filter(at -> at.agentId().equals(agent.id()))
                                        .noneMatch(at -> at.heldPorts().contains(port)));
    }
}

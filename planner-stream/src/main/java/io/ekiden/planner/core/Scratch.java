package io.ekiden.planner.core;

import io.ekiden.model.Agent;
import io.ekiden.model.Instance;
import io.ekiden.model.InstanceId;
import io.ekiden.model.LaunchQueueItem.Reason;
import io.ekiden.model.PortRange;
import io.ekiden.model.Resources;
import io.ekiden.model.RunSpec;
import io.ekiden.state.ClusterImage;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// The room on all agents while instances are being placed: what the image says, less what this
/// placement has already taken.
final class Scratch {
    private final List<Room> rooms = new ArrayList<>();

    /// @param seed spreads dynamic ports, so that a port is not given again as soon as it is free
    Scratch(ClusterImage image, long seed) {
        for (var agent : image.agents()) {
            if (agent.state() == Agent.State.ACTIVE) {
                rooms.add(new Room(agent, image, seed));
            }
        }
    }

    /// An agent, or how many agents were turned down for which reason.
    record Choice(Optional<Agent> agent, Map<Reason, Integer> rejections) {}

    int agents() {
        return rooms.size();
    }

    /// @param instance one that has volumes can only run on the agent that keeps them
    Choice choose(RunSpec app, Instance instance) {
        Map<Reason, Integer> rejections = new EnumMap<>(Reason.class);
        Room best = null;
        for (var room : rooms) {
            var reason = room.refuses(app, instance);
            reason.ifPresent(why -> rejections.merge(why, 1, Integer::sum));
            if (reason.isEmpty() && (best == null || room.better(best, app))) {
                best = room;
            }
        }
        return new Choice(Optional.ofNullable(best).map(room -> room.agent), rejections);
    }

    /// Takes an instance's room on an agent; returns its host ports.
    List<Integer> take(RunSpec app, Instance instance, Agent agent) {
        return rooms.stream()
                .filter(room -> room.agent.equals(agent))
                .findFirst()
                .orElseThrow()
                .take(app, instance);
    }

    /// One agent's room.
    private static final class Room {
        private final Agent agent;
        private final TreeMap<String, Integer> instances = new TreeMap<>();
        private final TreeSet<Integer> ports;
        private final int size;
        private long nextPort;
        private Resources free;

        Room(Agent agent, ClusterImage image, long seed) {
            var load = image.loadOf(agent.id());
            this.agent = agent;
            this.free = agent.resources().minus(load.used());
            this.ports = new TreeSet<>(load.ports().keySet());
            this.size = agent.ports().stream().mapToInt(PortRange::size).sum();
            this.nextPort = seed * 7;
            load.instances().stream()
                    .map(InstanceId::runSpecId)
                    .forEach(app -> instances.merge(app.value(), 1, Integer::sum));
        }

        /// The first reason, in Marathon's order, for which the agent can't take an instance.
        Optional<Reason> refuses(RunSpec app, Instance instance) {
            if (agent.draining()) {
                return Optional.of(Reason.AgentMaintenance);
            }
            if (!agent.runtimes().contains(app.runtime())) {
                return Optional.of(Reason.UnfulfilledConstraint);
            }
            var reserved = instance.reservation();
            if (reserved.isPresent()) {
                boolean here = reserved.get().agentId().equals(agent.id());
                return here
                        ? refusesPorts(app)
                        : Optional.of(Reason.NoCorrespondingReservationFound);
            }
            var wanted = app.footprint();
            if (wanted.cpus() > free.cpus()) {
                return Optional.of(Reason.InsufficientCpus);
            }
            if (wanted.mem() > free.mem()) {
                return Optional.of(Reason.InsufficientMemory);
            }
            if (wanted.disk() > free.disk()) {
                return Optional.of(Reason.InsufficientDisk);
            }
            if (wanted.gpus() > free.gpus()) {
                return Optional.of(Reason.InsufficientGpus);
            }
            return refusesPorts(app);
        }

        private Optional<Reason> refusesPorts(RunSpec app) {
            var fixed = app.requestedHostPorts().stream().filter(port -> port != 0).toList();
            boolean fits =
                    fixed.stream().allMatch(port -> offered(port) && !ports.contains(port))
                            && fixed.stream().distinct().count() == fixed.size()
                            && size - held() >= app.ports().size();
            return fits ? Optional.empty() : Optional.of(Reason.InsufficientPorts);
        }

        private long held() {
            return ports.stream().filter(this::offered).count();
        }

        private boolean offered(int port) {
            return agent.ports().stream().anyMatch(range -> range.contains(port));
        }

        /// Fewer instances of the app, then a smaller share of the cpus in use, then the first by
        /// id.
        boolean better(Room other, RunSpec app) {
            int mine = count(app);
            int theirs = other.count(app);
            return mine != theirs ? mine < theirs : freeShare() > other.freeShare();
        }

        private int count(RunSpec app) {
            return instances.getOrDefault(app.id().value(), 0);
        }

        /// In millionths of the agent's cpus.
        private long freeShare() {
            return agent.resources().cpus() == 0
                    ? 0
                    : free.cpus() * 1_000_000 / agent.resources().cpus();
        }

        List<Integer> take(RunSpec app, Instance instance) {
            if (instance.reservation().isEmpty()) {
                free = free.minus(app.footprint());
                instances.merge(app.id().value(), 1, Integer::sum);
            }
            // Those that have to be come first, so that none is given away before.
            app.requestedHostPorts().stream().filter(port -> port != 0).forEach(ports::add);
            var taken = new ArrayList<Integer>();
            for (int requested : app.requestedHostPorts()) {
                int port = requested == 0 ? dynamic() : requested;
                ports.add(port);
                taken.add(port);
            }
            return taken;
        }

        private int dynamic() {
            int port = at(nextPort++);
            while (ports.contains(port)) {
                port = at(nextPort++);
            }
            return port;
        }

        /// The n-th port of the agent's ranges, counted round and round.
        private int at(long n) {
            int index = (int) Math.floorMod(n, (long) size);
            for (var range : agent.ports()) {
                if (index < range.size()) {
                    return range.begin() + index;
                }
                index -= range.size();
            }
            throw new IllegalStateException("agent " + agent.id() + " offers no port");
        }
    }
}

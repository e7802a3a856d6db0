package io.ekiden.planner.core;

import static io.ekiden.model.Container.Type.DOCKER;
import static io.ekiden.model.Container.Type.MESOS;

import io.ekiden.model.Agent;
import io.ekiden.model.Disk;
import io.ekiden.model.Instance;
import io.ekiden.model.LaunchQueueItem.Reason;
import io.ekiden.model.LaunchQueueItem.Refusal;
import io.ekiden.model.LocalVolume;
import io.ekiden.model.Network;
import io.ekiden.model.Resources;
import io.ekiden.model.RunSpec;
import io.ekiden.model.Volume;
import io.ekiden.state.AgentIndex;
import io.ekiden.state.AgentRoom;
import io.ekiden.state.Rule;
import io.ekiden.state.SpecInstances;
import io.ekiden.state.VolumeUsers;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Judges whether an agent can take an instance of one run spec, by Marathon's rules and in its
/// order of reasons.
///
/// An agent whose attribute `@role` is set offers its resources to that role, any other to `*`. A
/// run spec takes what its `acceptedResourceRoles` name; without them `*` and its own role.
final class Fit {
    private static final String ROLE = "@role";

    /// What an agent's engine can mount, told by its runtime.
    private static final String DRIVERS = "volume-drivers";

    private final RunSpec spec;
    private final Optional<Instance.Reservation> reserved;
    private final AgentIndex agents;
    private final SpecInstances instances;
    private final Resources wanted;
    private final List<Volume.External> external;
    private final Disks disks;
    private final List<String> nativeNeeds;
    private final List<Integer> fixedPorts;
    private final boolean portTwice;
    private final int ports;
    private final List<String> roles;
    private final List<Judged> rules = new ArrayList<>();

    /// A constraint, with what it admits now if it counts; what it counts changes when an instance
    /// is placed.
    private static final class Judged {
        private final Rule rule;
        private final Collection<String> seen;
        private Optional<Balance> balance = Optional.empty();

        Judged(Rule rule, Collection<String> seen) {
            this.rule = rule;
            this.seen = seen;
        }

        boolean outdated() {
            return balance.filter(last -> !last.outdated()).isEmpty();
        }

        boolean admits(Optional<String> value) {
            return rule.admits(value)
                    && (balance.isEmpty() || balance.get().admits(value.orElseThrow()));
        }
    }

    /// @param reserved an instance that has volumes can only run on the agent that keeps them
    Fit(
            RunSpec spec,
            Optional<Instance.Reservation> reserved,
            AgentIndex agents,
            SpecInstances instances) {
        this.spec = spec;
        this.reserved = reserved;
        this.agents = agents;
        this.instances = instances;
        wanted = spec.footprint();
        external = spec.externalVolumes();
        disks = new Disks(spec.persistentVolumes());
        nativeNeeds = spec.nativeNeeds();
        var requested = spec.requestedHostPorts().stream().flatMap(Optional::stream).toList();
        fixedPorts = requested.stream().filter(port -> port != 0).toList();
        portTwice = fixedPorts.stream().distinct().count() < fixedPorts.size();
        ports = requested.size();
        var accepted = spec.acceptedResourceRoles();
        roles =
                Stream.of(Roles.ANY, spec.role())
                        .filter(role -> accepted.isEmpty() || accepted.contains(role))
                        .distinct()
                        .toList();
        for (var rule : instances.rules()) {
            boolean spreads = rule.counts() && rule.number() == 0;
            rules.add(new Judged(rule, spreads ? seen(rule) : List.of()));
        }
        recount();
    }

    RunSpec spec() {
        return spec;
    }

    /// What an instance takes of its agent.
    Resources wanted() {
        return wanted;
    }

    /// For each persistent volume its part of one of the disks of an agent that fits.
    List<Optional<LocalVolume.Part>> parts(AgentRoom room) {
        return disks.choose(room).orElseThrow();
    }

    List<Rule> rules() {
        return instances.rules();
    }

    /// To be called each time an instance of the run spec has been placed.
    void recount() {
        for (var judged : rules) {
            if (judged.rule.counts() && judged.outdated()) {
                var counts = withoutItself(judged.rule, instances.tally(judged.rule.field()));
                judged.balance = Optional.of(balance(judged, counts));
            }
        }
    }

    private Balance balance(Judged judged, SortedMap<String, Integer> counts) {
        return reserved.isPresent()
                ? Balance.ofKept(judged.rule, counts, spec.instances(), judged.seen)
                : Balance.of(judged.rule, counts, spec.instances(), judged.seen);
    }

    /// What an instance keeps by its reservation is not in its own way.
    private SortedMap<String, Integer> withoutItself(Rule rule, SortedMap<String, Integer> counts) {
        var own =
                reserved.flatMap(kept -> agents.room(kept.agentId()))
                        .flatMap(room -> rule.value(room.agent()))
                        .filter(value -> counts.containsKey(value));
        if (own.isEmpty()) {
            return counts;
        }
        var others = new TreeMap<String, Integer>();
        others.putAll(counts);
        others.computeIfPresent(own.get(), (_, n) -> n == 1 ? null : Integer.valueOf(n - 1));
        return others;
    }

    /// The values of a field among the agents that the run spec could ever have: over those it is
    /// spread.
    private List<String> seen(Rule rule) {
        return agents.by(rule.field()).entrySet().stream()
                .filter(value -> value.getValue().stream().anyMatch(this::ever))
                .map(Map.Entry::getKey)
                .toList();
    }

    private boolean ever(AgentRoom room) {
        return accepts(room)
                && instances.rules().stream()
                        .allMatch(rule -> rule.admits(rule.value(room.agent())));
    }

    private boolean accepts(AgentRoom room) {
        return takesRole(room) && runs(room.agent()) && undrivable(room).isEmpty();
    }

    /// An image is run by an engine or, where an agent says so, without one: an app's as its type
    /// says, and a pod's, which has no type, by whichever there is, unless only an engine has the
    /// network.
    private boolean runs(Agent agent) {
        var runtimes = agent.runtimes();
        return switch (spec.runtime()) {
            case MESOS -> runsNatively(agent);
            case DOCKER ->
                    runtimes.contains(DOCKER)
                            || (spec.kind() == RunSpec.Kind.POD
                                    && spec.network() == Network.HOST
                                    && runsNatively(agent));
        };
    }

    private boolean runsNatively(Agent agent) {
        return agent.runtimes().contains(MESOS)
                && agent.attributes().keySet().containsAll(nativeNeeds);
    }

    private boolean takesRole(AgentRoom room) {
        var offered = room.agent().attributes().get(ROLE);
        return roles.contains(offered == null ? Roles.ANY : offered);
    }

    /// Whether an agent with this value of a field passes the constraints on it.
    boolean admits(String field, String value) {
        for (var judged : rules) {
            if (judged.rule.field().equals(field) && !judged.admits(Optional.of(value))) {
                return false;
            }
        }
        return true;
    }

    boolean fits(AgentRoom room) {
        return reason(room).isEmpty();
    }

    /// The first reason, in Marathon's order, for which the agent can't take an instance.
    Optional<Reason> reason(AgentRoom room) {
        if (!takesRole(room)) {
            return Optional.of(Reason.UnfulfilledRole);
        }
        if (!runs(room.agent())
                || broken(room).isPresent()
                || undrivable(room).isPresent()
                || takenVolume().isPresent()) {
            return Optional.of(Reason.UnfulfilledConstraint);
        }
        if (reserved.filter(kept -> !keeps(room, kept)).isPresent()) {
            return Optional.of(Reason.NoCorrespondingReservationFound);
        }
        if (room.agent().draining()) {
            return Optional.of(Reason.AgentMaintenance);
        }
        return reserved.isPresent() ? ports(room) : resources(room);
    }

    private static boolean keeps(AgentRoom room, Instance.Reservation kept) {
        return kept.agentId().equals(room.agent().id()) && missingDisk(room, kept).isEmpty();
    }

    /// The first disk with one of the volumes that the agent has not, or has no more.
    private static Optional<String> missingDisk(AgentRoom room, Instance.Reservation kept) {
        var there = room.disks().stream().map(Disk::path).toList();
        return kept.volumes().stream()
                .flatMap(volume -> volume.part().stream())
                .map(LocalVolume.Part::disk)
                .filter(disk -> !there.contains(disk))
                .findFirst();
    }

    private Optional<Rule> broken(AgentRoom room) {
        for (var judged : rules) {
            if (!judged.admits(judged.rule.value(room.agent()))) {
                return Optional.of(judged.rule);
            }
        }
        return Optional.empty();
    }

    /// The first external volume whose driver the agent has not.
    private Optional<Volume.External> undrivable(AgentRoom room) {
        for (var volume : external) {
            if (!drivers(room).contains(volume.driver())) {
                return Optional.of(volume);
            }
        }
        return Optional.empty();
    }

    private static List<String> drivers(AgentRoom room) {
        return List.of(room.agent().attributes().getOrDefault(DRIVERS, "").split(",", -1));
    }

    /// The first external volume that another task uses, though one of both wants it alone.
    private Optional<Volume.External> takenVolume() {
        for (var volume : external) {
            for (var user : agents.usersOf(volume.name()).values()) {
                if (!agree(volume, user)) {
                    return Optional.of(volume);
                }
            }
        }
        return Optional.empty();
    }

    private static boolean agree(Volume.External volume, VolumeUsers.User user) {
        return volume.shared() && user.shared();
    }

    private Optional<Reason> resources(AgentRoom room) {
        var all = room.agent().resources();
        var used = room.load().used();
        if (wanted.cpus() > all.cpus() - used.cpus()) {
            return Optional.of(Reason.InsufficientCpus);
        }
        if (wanted.mem() > all.mem() - used.mem()) {
            return Optional.of(Reason.InsufficientMemory);
        }
        if (wanted.disk() > all.disk() - used.disk() || !disks.fit(room)) {
            return Optional.of(Reason.InsufficientDisk);
        }
        if (wanted.gpus() > all.gpus() - used.gpus()) {
            return Optional.of(Reason.InsufficientGpus);
        }
        return ports(room);
    }

    private Optional<Reason> ports(AgentRoom room) {
        boolean fits = ports == 0 || (room.freePorts() >= ports && freeOn(room));
        return fits ? Optional.empty() : Optional.of(Reason.InsufficientPorts);
    }

    /// Whether the ports that were asked for by number are to be had.
    private boolean freeOn(AgentRoom room) {
        if (portTwice) {
            return false;
        }
        for (int port : fixedPorts) {
            if (!room.offers(port) || room.load().holds(port)) {
                return false;
            }
        }
        return true;
    }

    /// For people: why this agent, which does not fit, is turned down.
    Refusal refusal(AgentRoom room) {
        var why = reason(room).orElseThrow();
        var agent = room.agent();
        var free = room.free();
        return switch (why) {
            case UnfulfilledRole ->
                    refusal(
                            room,
                            why,
                            "role " + String.join(" or ", roles),
                            "role " + agent.attributes().getOrDefault(ROLE, Roles.ANY));
            case UnfulfilledConstraint -> unfulfilled(room, why);
            case NoCorrespondingReservationFound -> elsewhere(room, why, reserved.orElseThrow());
            case AgentMaintenance -> refusal(room, why, "an agent that stays", "draining");
            case DeclinedScarceResources ->
                    throw new IllegalStateException("no resource is kept back here");
            case InsufficientCpus -> amount(room, why, "cpus", wanted.cpus(), free.cpus());
            case InsufficientMemory -> amount(room, why, "mem", wanted.mem(), free.mem());
            case InsufficientDisk ->
                    wanted.disk() > free.disk()
                            ? amount(room, why, "disk", wanted.disk(), free.disk())
                            : refusal(room, why, disks.wanted(), Disks.there(room));
            case InsufficientGpus -> amount(room, why, "gpus", wanted.gpus(), free.gpus());
            case InsufficientPorts ->
                    refusal(
                            room,
                            why,
                            "%d ports, of them %s".formatted(ports, fixedPorts),
                            "%d free ports, of those wanted held or not offered %s"
                                    .formatted(
                                            room.freePorts(),
                                            fixedPorts.stream()
                                                    .filter(port ->
                                                            !room.offers(port)
                                                                    || room.load().holds(port))
                                                    .toList()));
        };
    }

    private Refusal unfulfilled(AgentRoom room, Reason why) {
        if (!runs(room.agent())) {
            return runtime(room, why);
        }
        return broken(room)
                .map(rule -> constraint(why, rule, room))
                .or(() ->
                        undrivable(room)
                                .map(volume ->
                                        refusal(
                                                room,
                                                why,
                                                "volume driver " + volume.driver(),
                                                "volume drivers " + drivers(room))))
                .orElseGet(() -> taken(room, why, takenVolume().orElseThrow()));
    }

    private Refusal elsewhere(AgentRoom room, Reason why, Instance.Reservation kept) {
        var there = room.agent().id();
        return kept.agentId().equals(there)
                ? refusal(
                        room,
                        why,
                        "disk " + missingDisk(room, kept).orElseThrow(),
                        Disks.there(room))
                : refusal(room, why, "agent " + kept.agentId(), "agent " + there);
    }

    private Refusal runtime(AgentRoom room, Reason why) {
        var agent = room.agent();
        var lacks =
                spec.runtime() == MESOS && agent.runtimes().contains(MESOS)
                        ? nativeNeeds.stream()
                                .filter(need -> !agent.attributes().containsKey(need))
                                .toList()
                        : List.<String>of();
        var named = String.join(", ", lacks);
        return refusal(
                room,
                why,
                "runtime " + spec.runtime() + (lacks.isEmpty() ? "" : " with " + named),
                "runtimes " + agent.runtimes() + (lacks.isEmpty() ? "" : " without " + named));
    }

    private Refusal taken(AgentRoom room, Reason why, Volume.External volume) {
        var user =
                agents.usersOf(volume.name()).entrySet().stream()
                        .filter(entry -> !agree(volume, entry.getValue()))
                        .findFirst()
                        .orElseThrow();
        var agentId = user.getValue().agentId();
        boolean silent =
                agents.room(agentId)
                        .filter(there -> there.agent().state() == Agent.State.ACTIVE)
                        .isEmpty();
        return refusal(
                room,
                why,
                "volume %s %s"
                        .formatted(volume.name(), volume.shared() ? "with others" : "for itself"),
                "volume %s in use by %s on agent %s%s"
                        .formatted(
                                volume.name(),
                                user.getKey(),
                                agentId,
                                silent ? ", which is silent" : ""));
    }

    private Refusal constraint(Reason why, Rule rule, AgentRoom room) {
        var value = rule.value(room.agent());
        var there = value.map(text -> rule.field() + " " + text).orElse("no " + rule.field());
        boolean counted = rule.counts() && value.isPresent();
        return refusal(
                room,
                why,
                "%s %s %s"
                        .formatted(
                                rule.field(), rule.operator(), rule.constraint().value().orElse(""))
                        .strip(),
                counted
                        ? "%s with %d instances"
                                .formatted(
                                        there,
                                        instances.tally(rule.field()).getOrDefault(value.get(), 0))
                        : there);
    }

    private static Refusal amount(AgentRoom room, Reason why, String name, long wanted, long free) {
        return refusal(
                room,
                why,
                name + " " + Resources.number(wanted),
                name + " " + Resources.number(free));
    }

    private static Refusal refusal(AgentRoom room, Reason why, String wanted, String there) {
        return new Refusal(room.agent().id(), why, wanted, there);
    }
}

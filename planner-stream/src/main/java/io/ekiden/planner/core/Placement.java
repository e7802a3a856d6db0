package io.ekiden.planner.core;

import io.ekiden.log.Fact;
import io.ekiden.model.Agent;
import io.ekiden.model.Cluster;
import io.ekiden.model.Condition;
import io.ekiden.model.Constraint.Operator;
import io.ekiden.model.ContainerNetwork;
import io.ekiden.model.Goal;
import io.ekiden.model.Instance;
import io.ekiden.model.LaunchQueueItem;
import io.ekiden.model.PathId;
import io.ekiden.model.RunSpec;
import io.ekiden.state.AgentRoom;
import io.ekiden.state.Phase;
import io.ekiden.state.SpecInstances;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;

/// Gives scheduled instances their agents, or says why not.
///
/// What an input touched is placed anywhere. Of what queues, an instance was refused by all agents
/// when it was tried last, so it is tried again only on those that have more room since. At most
/// [Turn#SLICE] instances are placed for one input; the rest follows in the next.
final class Placement {
    private final Turn turn;
    private final Candidates candidates;
    private int left = Turn.SLICE;

    private Placement(Turn turn) {
        this.turn = turn;
        this.candidates = new Candidates(turn.image().rooms(), turn.settings().strategy());
    }

    /// Where an app's instances are tried.
    private enum Where {
        ANYWHERE,
        FREED
    }

    /// Places what waits of these apps and, where there may be new room, of all that queue.
    static void place(Turn turn, NavigableSet<PathId> touched) {
        var tries = new TreeMap<PathId, Where>();
        if (turn.agentsChanged() || !turn.freed().isEmpty()) {
            for (var item : turn.image().queue()) {
                tries.put(item.runSpecId(), where(turn, item));
            }
        }
        touched.forEach(id -> tries.put(id, Where.ANYWHERE));
        var placement = new Placement(turn);
        tries.forEach(placement::place);
        if (placement.left == 0 || !turn.unfinished().isEmpty()) {
            var cluster = turn.image().cluster().orElseThrow();
            turn.add(
                    new Fact.ClusterPut(
                            new Cluster(
                                    cluster.id(),
                                    Optional.of(turn.now()),
                                    cluster.lastReplacement())));
        }
    }

    private static Where where(Turn turn, LaunchQueueItem item) {
        // With an agent a value of the field may come or go, over which the others are spread.
        boolean respread =
                turn.agentsChanged()
                        && turn.image().instancesOf(item.runSpecId()).rules().stream()
                                .anyMatch(rule -> rule.operator() == Operator.GROUP_BY);
        boolean volumeFreed =
                turn.image()
                        .runSpec(item.runSpecId())
                        .filter(spec -> ExternalVolumes.anyOf(spec, turn.freedVolumes()))
                        .isPresent();
        return respread || volumeFreed ? Where.ANYWHERE : Where.FREED;
    }

    private void place(PathId id, Where where) {
        var spec = turn.image().runSpec(id);
        var instances = turn.image().instancesOf(id);
        if (spec.isEmpty() || settled(id, instances)) {
            unqueue(id);
        } else if (Backoff.holds(turn, spec.get())) {
            queue(spec.get(), Explanation.NONE);
        } else {
            launch(spec.get(), instances, where);
        }
    }

    private void launch(RunSpec spec, SpecInstances instances, Where where) {
        var launches = new Launches(spec, where);
        var refused = new ArrayList<Fit>();
        for (var kept : instances.in(phase -> phase.waiting() && phase.reserved())) {
            var fit = fit(spec, kept.reservation());
            if (left > 0 && !launches.add(kept, fit)) {
                refused.add(fit);
            }
        }
        var fit = fit(spec, Optional.empty());
        // What one is refused, its equals are refused too.
        for (var free : instances.in(phase -> phase.waiting() && !phase.reserved(), left)) {
            if (!launches.add(free, fit)) {
                refused.addFirst(fit);
                break;
            }
        }
        launches.record();
        if (settled(spec.id(), instances)) {
            unqueue(spec.id());
        } else if (left == 0 || turn.unfinished().contains(spec.id())) {
            queue(spec, Explanation.NONE);
        } else if (where == Where.ANYWHERE && !refused.isEmpty()) {
            queue(spec, Explanation.of(refused, turn.image().rooms()));
        }
    }

    private boolean settled(PathId id, SpecInstances instances) {
        return instances.count(Phase::waiting) == 0 && !turn.unfinished().contains(id);
    }

    private Fit fit(RunSpec spec, Optional<Instance.Reservation> reserved) {
        return new Fit(spec, reserved, turn.image().rooms(), turn.image().instancesOf(spec.id()));
    }

    /// One run spec's launches of this input.
    private final class Launches {
        private final RunSpec spec;
        private final Where where;
        private final List<Instance> launched = new ArrayList<>();
        private final List<Fact.Target> targets = new ArrayList<>();

        Launches(RunSpec spec, Where where) {
            this.spec = spec;
            this.where = where;
        }

        /// False when no agent can take the instance.
        boolean add(Instance instance, Fit fit) {
            var room = choose(instance, fit);
            if (room.isEmpty()) {
                return false;
            }
            var agent = room.get().agent();
            var ports = HostPorts.choose(spec, room.get(), turn.sequence());
            var provisioned = provisioned(spec, fit, instance, room.get(), ports);
            turn.launch(provisioned);
            fit.recount();
            launched.add(provisioned);
            targets.add(new Fact.Target(agent.partition(), agent.epoch()));
            left--;
            return true;
        }

        private Optional<AgentRoom> choose(Instance instance, Fit fit) {
            if (instance.reservation().isPresent()) {
                return candidates.best(fit, rooms(List.of(instance.reservation().get().agentId())));
            }
            return switch (where) {
                case ANYWHERE -> candidates.best(fit);
                case FREED -> candidates.best(fit, rooms(turn.freed()));
            };
        }

        private List<AgentRoom> rooms(Collection<String> agents) {
            return agents.stream()
                    .flatMap(agent -> turn.image().rooms().room(agent).stream())
                    .filter(room -> room.agent().state() == Agent.State.ACTIVE)
                    .toList();
        }

        void record() {
            if (!launched.isEmpty()) {
                turn.record(new Fact.Launched(spec, launched, targets));
            }
        }
    }

    private Instance provisioned(
            RunSpec spec, Fit fit, Instance instance, AgentRoom room, List<Integer> ports) {
        Instant now = turn.now();
        var agent = room.agent();
        return new Instance(
                instance.id(),
                spec.id(),
                instance.incarnation(),
                spec.version(),
                spec.configVersion(),
                fit.wanted(),
                Goal.RUNNING,
                Condition.PROVISIONED,
                now,
                Optional.of(
                        new Instance.Placement(
                                agent.id(),
                                agent.hostname(),
                                agent.ip(),
                                ports,
                                turn.sequence(),
                                spec.containerNetwork().map(Placement::toBeTold),
                                ExternalVolumes.used(spec))),
                instance.reservation()
                        .or(() -> Volumes.reserve(turn, spec, agent, fit.parts(room))),
                Optional.of(now),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(now.plus(turn.settings().launchTimeout())));
    }

    private static Instance.OwnAddress toBeTold(ContainerNetwork network) {
        return new Instance.OwnAddress(network.name(), Optional.empty());
    }

    private void unqueue(PathId id) {
        turn.image().queueItem(id).ifPresent(_ -> turn.add(new Fact.QueueGone(id)));
    }

    /// Notes why an app waits, unless that is known.
    private void queue(RunSpec spec, Explanation why) {
        var known = turn.image().queueItem(spec.id());
        if (known.filter(why::says).isPresent()) {
            return;
        }
        var since =
                known.map(LaunchQueueItem::since)
                        .orElseGet(() ->
                                turn.image().instancesOf(spec.id()).in(Phase::waiting).stream()
                                        .map(Instance::since)
                                        .min(Instant::compareTo)
                                        .orElse(turn.now()));
        turn.add(new Fact.QueuePut(why.item(spec.id(), since, turn.now())));
    }
}

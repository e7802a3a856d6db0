package io.ekiden.planner.core;

import io.ekiden.log.Fact;
import io.ekiden.model.Agent;
import io.ekiden.model.Cluster;
import io.ekiden.model.Condition;
import io.ekiden.model.Goal;
import io.ekiden.model.Instance;
import io.ekiden.model.LaunchQueueItem;
import io.ekiden.model.LaunchQueueItem.Reason;
import io.ekiden.model.LaunchQueueItem.Rejected;
import io.ekiden.model.PathId;
import io.ekiden.model.RunSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/// Gives scheduled instances their agents, or says why not.
///
/// An app's instances are spread: of the agents with room, the one with the fewest of them is
/// taken, among equals the one that is least loaded. At most [#SLICE] instances are placed for one
/// input; the rest follows in the next.
final class Placement {
    /// Instances placed for one input, so that a journal entry stays small.
    static final int SLICE = 200;

    private final Turn turn;
    private final Scratch scratch;
    private int left = SLICE;

    private Placement(Turn turn) {
        this.turn = turn;
        this.scratch = new Scratch(turn.image(), turn.sequence());
    }

    /// Places what waits of these apps and, when there may be new room, of all that queue.
    static void place(Turn turn, NavigableSet<PathId> apps, boolean room) {
        var candidates = new TreeSet<>(apps);
        if (room) {
            turn.image().queue().forEach(item -> candidates.add(item.runSpecId()));
        }
        var placement = new Placement(turn);
        candidates.forEach(placement::place);
        if (placement.left == 0) {
            var cluster = turn.image().cluster().orElseThrow();
            turn.add(
                    new Fact.ClusterPut(
                            new Cluster(
                                    cluster.id(),
                                    Optional.of(turn.now()),
                                    cluster.lastReplacement())));
        }
    }

    private void place(PathId id) {
        var app = turn.image().runSpec(id);
        var waiting = app.isEmpty() ? List.<Instance>of() : waiting(app.get());
        if (waiting.isEmpty()) {
            turn.image().queueItem(id).ifPresent(_ -> turn.add(new Fact.QueueGone(id)));
            return;
        }
        if (Backoff.holds(turn, app.get())) {
            queue(app.get(), waiting, 0, List.of());
            return;
        }
        launch(app.get(), waiting);
    }

    private List<Instance> waiting(RunSpec app) {
        return turn.image().instances(app.id()).stream()
                .filter(instance ->
                        instance.condition() == Condition.SCHEDULED
                                && instance.goal() == Goal.RUNNING)
                .toList();
    }

    private void launch(RunSpec app, List<Instance> waiting) {
        var launched = new ArrayList<Instance>();
        var targets = new ArrayList<Fact.Target>();
        Map<Reason, Integer> rejections = new EnumMap<>(Reason.class);
        boolean full = false;
        for (var instance : waiting) {
            if (left == 0) {
                break;
            }
            if (full && instance.reservation().isEmpty()) {
                continue;
            }
            var choice = scratch.choose(app, instance);
            if (choice.agent().isEmpty()) {
                // What one instance is refused, its equals are refused too; one that has volumes
                // has no equal.
                full |= instance.reservation().isEmpty();
                choice.rejections().forEach(rejections::putIfAbsent);
                continue;
            }
            var agent = choice.agent().get();
            launched.add(provisioned(app, instance, agent, scratch.take(app, instance, agent)));
            targets.add(new Fact.Target(agent.partition(), agent.epoch()));
            left--;
        }
        if (!launched.isEmpty()) {
            turn.add(new Fact.Launched(app, launched, targets));
        }
        if (launched.size() == waiting.size()) {
            turn.image().queueItem(app.id()).ifPresent(_ -> turn.add(new Fact.QueueGone(app.id())));
        } else {
            queue(app, waiting, scratch.agents(), inOrder(rejections));
        }
    }

    private static List<Rejected> inOrder(Map<Reason, Integer> rejections) {
        return rejections.entrySet().stream()
                .map(entry -> new Rejected(entry.getKey(), entry.getValue()))
                .toList();
    }

    private Instance provisioned(RunSpec app, Instance instance, Agent agent, List<Integer> ports) {
        Instant now = turn.now();
        return new Instance(
                instance.id(),
                app.id(),
                instance.incarnation(),
                app.version(),
                app.configVersion(),
                app.footprint(),
                Goal.RUNNING,
                Condition.PROVISIONED,
                now,
                Optional.of(
                        new Instance.Placement(
                                agent.id(), agent.hostname(), agent.ip(), ports, turn.sequence())),
                instance.reservation().or(() -> Volumes.reserve(turn, app, agent)),
                Optional.of(now),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Optional.of(now.plus(turn.settings().launchTimeout())));
    }

    /// Notes why an app waits, unless that is known.
    private void queue(
            RunSpec app, List<Instance> waiting, int processed, List<Rejected> rejections) {
        var known = turn.image().queueItem(app.id());
        if (known.isPresent() && known.get().rejections().equals(rejections)) {
            return;
        }
        var since =
                known.map(LaunchQueueItem::since)
                        .orElse(
                                waiting.stream()
                                        .map(Instance::since)
                                        .min(Instant::compareTo)
                                        .orElse(turn.now()));
        turn.add(
                new Fact.QueuePut(
                        new LaunchQueueItem(app.id(), since, processed, rejections, turn.now())));
    }
}

package io.ekiden.planner.core;

import io.ekiden.model.Agent;
import io.ekiden.model.LaunchQueueItem;
import io.ekiden.model.LaunchQueueItem.Reason;
import io.ekiden.model.LaunchQueueItem.Refusal;
import io.ekiden.model.LaunchQueueItem.Rejected;
import io.ekiden.model.PathId;
import io.ekiden.state.AgentIndex;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Why instances of an app are not placed: of all agents how many were turned down for which
/// reason, and of some agents what was wanted and what was there.
///
/// @param processed agents looked at; 0: it was not tried
record Explanation(int processed, List<Rejected> rejections, List<Refusal> refusals) {
    /// Not tried: a backoff holds it, or others came first.
    static final Explanation NONE = new Explanation(0, List.of(), List.of());

    /// Tells first of those that failed latest in Marathon's order: they were nearest to it.
    ///
    /// @param fits of what was refused; the first of them counts, the others only for reasons that
    ///   it does not have
    static Explanation of(List<Fit> fits, AgentIndex agents) {
        var looked = new ArrayList<>(agents.all());
        agents.draining().stream()
                .filter(room -> room.agent().state() == Agent.State.ACTIVE)
                .forEach(looked::add);
        var declined = new EnumMap<Reason, Integer>(Reason.class);
        var refusals = new EnumMap<Reason, List<Refusal>>(Reason.class);
        for (var fit : fits) {
            var counts = new EnumMap<Reason, Integer>(Reason.class);
            for (var room : looked) {
                var reason = fit.reason(room);
                reason.ifPresent(why -> counts.merge(why, 1, Integer::sum));
                reason.filter(_ -> fits.getFirst() == fit)
                        .map(why -> refusals.computeIfAbsent(why, _ -> new ArrayList<>()))
                        .filter(some -> some.size() < LaunchQueueItem.MAX_REFUSALS)
                        .ifPresent(some -> some.add(fit.refusal(room)));
            }
            counts.forEach(declined::putIfAbsent);
        }
        return new Explanation(looked.size(), inOrder(declined), nearest(refusals));
    }

    private static List<Rejected> inOrder(Map<Reason, Integer> declined) {
        return declined.entrySet().stream()
                .map(entry -> new Rejected(entry.getKey(), entry.getValue()))
                .toList();
    }

    private static List<Refusal> nearest(EnumMap<Reason, List<Refusal>> refusals) {
        return List.copyOf(refusals.values()).reversed().stream()
                .flatMap(List::stream)
                .limit(LaunchQueueItem.MAX_REFUSALS)
                .toList();
    }

    boolean says(LaunchQueueItem item) {
        return item.tried() == processed > 0
                && item.rejections().equals(rejections)
                && item.refusals().equals(refusals);
    }

    LaunchQueueItem item(PathId id, Instant since, Instant now) {
        return new LaunchQueueItem(id, since, processed, rejections, refusals, now);
    }
}

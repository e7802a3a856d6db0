package io.ekiden.model;

import java.time.Instant;
import java.util.List;

/// Why instances of an app wait: the last attempt to place them, for `/v2/queue`.
///
/// @param since when the first of them began to wait
/// @param processed agents looked at in the last attempt; 0 when it was not tried, because a
///   backoff holds it or others came first
/// @param rejections the reasons in Marathon's order, each with the agents it excluded
/// @param refusals of some of these agents, what was wanted and what was there: at most
///   [#MAX_REFUSALS]
public record LaunchQueueItem(
        PathId runSpecId,
        Instant since,
        int processed,
        List<Rejected> rejections,
        List<Refusal> refusals,
        Instant at)
        implements Entity {
    public static final int MAX_REFUSALS = 20;

    /// Marathon's reasons, in the order in which an agent is judged.
    public enum Reason {
        UnfulfilledRole,
        UnfulfilledConstraint,
        NoCorrespondingReservationFound,
        AgentMaintenance,
        InsufficientCpus,
        InsufficientMemory,
        InsufficientDisk,
        InsufficientGpus,
        InsufficientPorts,
        DeclinedScarceResources
    }

    /// So many agents were turned down for this reason.
    public record Rejected(Reason reason, int declined) {}

    /// One agent was turned down: an instance wanted this, and this was there.
    public record Refusal(String agentId, Reason reason, String wanted, String there) {}

    public LaunchQueueItem {
        rejections = List.copyOf(rejections);
        refusals = List.copyOf(refusals);
    }

    /// Whether agents were looked at.
    public boolean tried() {
        return processed > 0;
    }

    public static String key(PathId app) {
        return "queue" + app;
    }

    @Override
    public String key() {
        return key(runSpecId);
    }
}

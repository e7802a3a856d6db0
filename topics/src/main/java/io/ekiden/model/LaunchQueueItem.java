package io.ekiden.model;

import java.time.Instant;
import java.util.List;

/// Why instances of an app wait: the last attempt to place them, for `/v2/queue`.
///
/// @param since when the first of them began to wait
/// @param processed agents looked at in the last attempt
/// @param rejections the reasons in Marathon's order, each with the agents it excluded
public record LaunchQueueItem(
        PathId runSpecId, Instant since, int processed, List<Rejected> rejections, Instant at)
        implements Entity {

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

    public LaunchQueueItem {
        rejections = List.copyOf(rejections);
    }

    public static String key(PathId app) {
        return "queue" + app;
    }

    @Override
    public String key() {
        return key(runSpecId);
    }
}

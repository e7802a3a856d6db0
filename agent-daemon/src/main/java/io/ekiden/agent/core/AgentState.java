package io.ekiden.agent.core;

import io.ekiden.model.TaskId;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;

/// All that an agent's decisions depend on.
///
/// @param session of the newest attempt to join: `<life>.<n>`, the same `life` for all attempts of
///   one process
/// @param clusterId of the cluster that its work directory belongs to; absent before its first
///   welcome
/// @param condemned volumes to destroy when no task uses them any more
/// @param waiting tasks that are not started yet, since another still has one of their host ports
/// @param defaultGraceSeconds between SIGTERM and SIGKILL when neither order nor app says
public record AgentState(
        String agentId,
        Optional<String> clusterId,
        int defaultGraceSeconds,
        Membership membership,
        String session,
        SortedMap<TaskId, LocalTask> tasks,
        Outbox outbox,
        SortedSet<String> condemned,
        SortedSet<TaskId> waiting) {

    /// Whether a session is one of this process's own.
    boolean isOwn(String other) {
        return !session.isEmpty() && life(other).equals(life(session));
    }

    private static String life(String session) {
        return session.substring(0, Math.max(0, session.lastIndexOf('.')));
    }
}

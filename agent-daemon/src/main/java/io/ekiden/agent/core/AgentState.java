package io.ekiden.agent.core;

import io.ekiden.model.TaskId;
import java.util.Optional;
import java.util.SortedMap;

/// All that an agent's decisions depend on.
///
/// @param clusterId of the cluster that its work directory belongs to; absent before its first
///   welcome
/// @param defaultGraceSeconds between SIGTERM and SIGKILL when neither order nor app says
public record AgentState(
        String agentId,
        Optional<String> clusterId,
        int defaultGraceSeconds,
        Membership membership,
        SortedMap<TaskId, LocalTask> tasks,
        Outbox outbox) {}

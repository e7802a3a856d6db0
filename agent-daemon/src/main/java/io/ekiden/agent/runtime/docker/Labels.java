package io.ekiden.agent.runtime.docker;

import io.ekiden.log.AgentCommand;
import io.ekiden.model.TaskId;
import io.ekiden.model.Timestamps;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/// Whose a container is, written on the container itself. One that does not say that it is this
/// agent's, of this agent's cluster, is never touched.
///
/// @param clusterId absent until the agent was first welcomed
record Labels(String agentId, Supplier<Optional<String>> clusterId) {
    static final String TASK = "io.ekiden.task";
    private static final String AGENT = "io.ekiden.agent";
    private static final String CLUSTER = "io.ekiden.cluster";
    private static final String APP = "io.ekiden.app";
    private static final String VERSION = "io.ekiden.version";

    SortedMap<String, String> of(AgentCommand.Task task) {
        var labels = new TreeMap<>(mine());
        labels.put(TASK, task.taskId().value());
        labels.put(APP, task.spec().id().value());
        labels.put(VERSION, Timestamps.format(task.spec().version()));
        return labels;
    }

    /// Those by which this agent's containers are found.
    SortedMap<String, String> mine() {
        var labels = new TreeMap<String, String>();
        labels.put(AGENT, agentId);
        clusterId.get().ifPresent(id -> labels.put(CLUSTER, id));
        return labels;
    }

    /// The task whose container this is; empty when it is not this agent's.
    Optional<TaskId> task(Map<String, String> labels) {
        boolean own =
                agentId.equals(labels.get(AGENT))
                        && clusterId.get().filter(id -> id.equals(labels.get(CLUSTER))).isPresent();
        return own
                ? Optional.ofNullable(labels.get(TASK)).flatMap(TaskId::parse)
                : Optional.empty();
    }
}

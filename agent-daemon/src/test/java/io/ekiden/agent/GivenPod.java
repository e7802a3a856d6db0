package io.ekiden.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.json.Parsed;
import io.ekiden.json.PodJson;
import io.ekiden.log.AgentCommand;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.model.InstanceId;
import io.ekiden.model.LocalVolume;
import io.ekiden.model.PathId;
import io.ekiden.model.Pod;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Tasks of pods, from their JSON with single quotes.
public final class GivenPod {
    private static final ObjectMapper JSON = new ObjectMapper();

    private GivenPod() {}

    public static Pod pod(String json) {
        try {
            var tree = (ObjectNode) JSON.readTree(json.replace('\'', '"'));
            return switch (PodJson.read(PathId.of("/shop/pod"), tree)) {
                case Parsed.Ok<Pod>(var pod) -> pod;
                case Parsed.Invalid<Pod>(var problems) ->
                        throw new AssertionError(problems.toString());
            };
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(json, e);
        }
    }

    /// Of containers `name: command`, in the pod `more` (fields of JSON, each after a comma).
    ///
    /// @param ofContainers fields of JSON of each container, each before a comma
    public static LocalTask of(String ofContainers, String more, String... namesAndCommands) {
        var containers = new StringBuilder();
        for (int i = 0; i < namesAndCommands.length; i += 2) {
            containers.append(
                    "%s{%s'name': '%s', 'exec': {'command': {'shell': '%s'}}, 'resources': {'cpus': 0.1, 'mem': 64}%s}"
                            .formatted(
                                    i == 0 ? "" : ", ",
                                    ofContainers,
                                    namesAndCommands[i],
                                    namesAndCommands[i + 1],
                                    more.contains("volumes")
                                            ? ", 'volumeMounts': [{'name': 'v', 'mountPath': 'in/shared'}]"
                                            : ""));
        }
        return task(pod("{'containers': [%s]%s}".formatted(containers, more)), List.of());
    }

    public static LocalTask task(Pod pod, List<Integer> hostPorts, LocalVolume... volumes) {
        var id = InstanceId.of(pod.id(), UUID.randomUUID().toString()).task(1);
        return new LocalTask(
                id,
                Optional.of(new AgentCommand.Task(id, pod, hostPorts, List.of(volumes), true)),
                7,
                TaskState.STARTING,
                Optional.empty(),
                Optional.empty(),
                "",
                false,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }
}

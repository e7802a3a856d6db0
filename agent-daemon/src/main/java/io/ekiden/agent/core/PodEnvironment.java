package io.ekiden.agent.core;

import io.ekiden.log.AgentCommand;
import io.ekiden.model.InstanceId;
import io.ekiden.model.Pod;
import io.ekiden.model.PortDefinition;
import io.ekiden.model.Timestamps;
import java.util.SortedMap;
import java.util.TreeMap;

/// The environment variables of a pod's container. Unlike in apps, those that are generated
/// override the user's (Marathon's order).
final class PodEnvironment {
    private static final String INSTANCE = ".instance-";

    private PodEnvironment() {}

    /// @param task the container's
    static SortedMap<String, String> of(
            Pod pod,
            AgentCommand.Task task,
            String host,
            String sandbox,
            SortedMap<String, String> secrets) {
        var name = task.taskId().container().orElse("");
        var labels = new TreeMap<>(pod.labels());
        var env = new TreeMap<>(pod.environment());
        pod.container(name)
                .ifPresent(container -> {
                    env.putAll(container.environment());
                    labels.putAll(container.labels());
                    TaskEnvironment.resources(
                            "MARATHON_CONTAINER_RESOURCE_", container.resources(), env);
                });
        env.putAll(secrets);
        env.put("MESOS_SANDBOX", sandbox);
        env.put("MESOS_TASK_ID", task.taskId().value());
        env.put("MESOS_EXECUTOR_ID", executor(task.taskId().instanceId()));
        env.put("MARATHON_APP_ID", pod.id().value());
        env.put("MARATHON_APP_VERSION", Timestamps.format(pod.version()));
        env.put("MARATHON_CONTAINER_ID", name);
        env.put("HOST", host);
        TaskEnvironment.labels(labels, env);
        endpoints(pod, task, env);
        env.put(TaskEnvironment.MARK, task.taskId().value());
        return env;
    }

    private static String executor(InstanceId id) {
        int uuid = id.value().lastIndexOf(INSTANCE);
        return uuid < 0
                ? id.value()
                : "instance-%s.%s"
                        .formatted(
                                id.value().substring(0, uuid),
                                id.value().substring(uuid + INSTANCE.length()));
    }

    /// Of all containers: they find one another by them.
    private static void endpoints(Pod pod, AgentCommand.Task task, SortedMap<String, String> env) {
        var endpoints = pod.endpoints();
        var listening = task.listeningPorts();
        for (int i = 0; i < Math.min(endpoints.size(), task.hostPorts().size()); i++) {
            var name = TaskEnvironment.name(endpoints.get(i).name());
            int inside = listening.get(i);
            int port = task.hostPorts().get(i);
            if (port == PortDefinition.NO_HOST_PORT) {
                env.put("ENDPOINT_" + name, Integer.toString(inside));
            } else {
                env.put("ENDPOINT_" + name, Integer.toString(port));
                env.put("EP_HOST_" + name, Integer.toString(port));
            }
            env.put("EP_CONTAINER_" + name, Integer.toString(inside));
        }
    }
}

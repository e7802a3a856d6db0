package io.ekiden.gateway.core;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.model.Agent;
import io.ekiden.model.Condition;
import io.ekiden.model.Goal;
import io.ekiden.model.Instance;
import io.ekiden.model.PathId;
import io.ekiden.model.PortDefinition;
import io.ekiden.model.RunSpec;
import io.ekiden.model.Timestamps;
import io.ekiden.state.ClusterImage;
import java.util.List;
import java.util.Optional;

/// A task as Marathon prints it: its fields and no others, since strict clients refuse unknown
/// ones. Only instances that have an agent have a task to show.
final class TaskJson {

    private TaskJson() {}

    /// The instances of an app that have a task.
    static List<Instance> listed(ClusterImage image, PathId app) {
        return image.instances(app).stream().filter(TaskJson::isListed).toList();
    }

    static boolean isListed(Instance instance) {
        return instance.reservation().isPresent()
                || (instance.placement().isPresent()
                        && instance.condition() != Condition.SCHEDULED);
    }

    static ArrayNode all(ClusterImage image, List<Instance> instances) {
        var tasks = Answer.object().arrayNode();
        instances.forEach(instance -> tasks.add(of(image, instance)));
        return tasks;
    }

    static ObjectNode of(ClusterImage image, Instance instance) {
        var spec = image.runSpec(instance.runSpecId());
        var task = Answer.object();
        task.put("appId", instance.runSpecId().value());
        var results = task.putArray("healthCheckResults");
        instance.healthResults().forEach(result -> results.add(health(instance, result)));
        instance.check(instance.taskId().part())
                .ifPresent(result -> task.set("checkResult", CheckJson.of(result)));
        instance.hostname().ifPresent(hostname -> task.put("host", hostname));
        task.put("id", instance.taskId().value());
        task.set("ipAddresses", addresses(instance));
        if (isActive(instance.condition())) {
            var ports = task.putArray("ports");
            instance.placement().ifPresent(at -> at.heldPorts().forEach(ports::add));
            instance.stagedAt().ifPresent(at -> task.put("stagedAt", Timestamps.format(at)));
            instance.startedAt().ifPresent(at -> task.put("startedAt", Timestamps.format(at)));
            task.put("version", Timestamps.format(instance.version()));
        }
        if (instance.reservation().isPresent()) {
            task.set("localVolumes", volumes(instance));
        }
        instance.placement()
                .map(Instance.Placement::agentId)
                .or(() -> instance.reservation().map(Instance.Reservation::agentId))
                .ifPresent(agent -> task.put("slaveId", agent));
        domain(image, instance, "region").ifPresent(region -> task.put("region", region));
        domain(image, instance, "zone").ifPresent(zone -> task.put("zone", zone));
        task.put("state", state(instance));
        task.put("role", spec.map(RunSpec::role).orElse("*"));
        return task;
    }

    /// The region or zone of the instance's agent, if it is in one.
    static Optional<String> domain(ClusterImage image, Instance instance, String which) {
        return instance.holder()
                .flatMap(image::agent)
                .map(Agent::attributes)
                .map(all -> all.getOrDefault("@" + which, all.get(which)));
    }

    /// With `servicePorts`, as only `GET /v2/tasks` has them.
    static ObjectNode withServicePorts(ClusterImage image, Instance instance) {
        var task = of(image, instance);
        var ports = task.putArray("servicePorts");
        image.app(instance.runSpecId()).stream()
                .flatMap(app -> app.portDefinitions().stream())
                .map(PortDefinition::port)
                .forEach(ports::add);
        return task;
    }

    private static ObjectNode health(Instance instance, Instance.HealthResult result) {
        var json = Answer.object().put("alive", result.alive());
        json.put("consecutiveFailures", result.consecutiveFailures());
        result.firstSuccess().ifPresent(at -> json.put("firstSuccess", Timestamps.format(at)));
        result.lastFailure().ifPresent(at -> json.put("lastFailure", Timestamps.format(at)));
        result.lastSuccess().ifPresent(at -> json.put("lastSuccess", Timestamps.format(at)));
        result.lastFailureCause().ifPresent(cause -> json.put("lastFailureCause", cause));
        return json.put("instanceId", instance.id().value());
    }

    /// Between its lives a suspended instance is what its last task became by order.
    private static String state(Instance instance) {
        boolean suspended =
                instance.goal() == Goal.STOPPED && instance.condition() == Condition.SCHEDULED;
        return (suspended ? Condition.KILLED : instance.condition()).taskState();
    }

    static ArrayNode volumes(Instance instance) {
        var volumes = Answer.object().arrayNode();
        for (var volume : instance.volumes()) {
            volumes.addObject()
                    .put("runSpecId", instance.runSpecId().value())
                    .put("containerPath", volume.containerPath())
                    .put("uuid", volume.id().substring(volume.id().lastIndexOf('#') + 1))
                    .put("persistenceId", volume.id());
        }
        return volumes;
    }

    private static boolean isActive(Condition condition) {
        return switch (condition) {
            case PROVISIONED, STAGING, STARTING, RUNNING, KILLING -> true;
            case SCHEDULED,
                    KILLED,
                    FINISHED,
                    FAILED,
                    ERROR,
                    UNREACHABLE,
                    UNREACHABLE_INACTIVE,
                    GONE,
                    DROPPED,
                    UNKNOWN ->
                    false;
        };
    }

    /// The addresses at which a placed instance's task is reached; none while it is not known yet.
    static ArrayNode addresses(Instance instance) {
        var addresses = Answer.object().arrayNode();
        instance.placement()
                .flatMap(Instance.Placement::taskIp)
                .ifPresent(ip ->
                        addresses
                                .addObject()
                                .put("ipAddress", ip)
                                .put("protocol", ip.contains(":") ? "IPv6" : "IPv4"));
        return addresses;
    }
}

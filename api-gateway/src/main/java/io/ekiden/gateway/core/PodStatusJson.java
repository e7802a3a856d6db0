package io.ekiden.gateway.core;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.json.PodJson;
import io.ekiden.model.Condition;
import io.ekiden.model.Deployment;
import io.ekiden.model.Goal;
import io.ekiden.model.Instance;
import io.ekiden.model.Pod;
import io.ekiden.model.PodContainer;
import io.ekiden.model.PortDefinition;
import io.ekiden.model.TaskFailure;
import io.ekiden.model.Timestamps;
import io.ekiden.model.UnreachableStrategy;
import io.ekiden.state.ClusterImage;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Marathon's `PodStatus`, and an instance as the kills of instances answer it. A pod's containers
/// run as one, so that each is in the state of its instance.
final class PodStatusJson {
    private final ClusterImage image;
    private final Instant now;

    private PodStatusJson(ClusterImage image, Instant now) {
        this.image = image;
        this.now = now;
    }

    static ObjectNode of(ClusterImage image, Pod pod, Instant now) {
        return new PodStatusJson(image, now).pod(pod);
    }

    /// What has no agent yet is not shown.
    private ObjectNode pod(Pod pod) {
        var shown = TaskJson.listed(image, pod.id());
        var since =
                shown.stream()
                        .map(Instance::since)
                        .max(Comparator.naturalOrder())
                        .orElse(pod.version());
        var json = Answer.object().put("id", pod.id().value());
        json.set("spec", PodJson.write(pod));
        json.put("status", status(pod, shown));
        json.put("statusSince", Timestamps.format(since));
        var instances = json.putArray("instances");
        shown.forEach(instance -> instances.add(status(instance, definition(pod, instance))));
        var history = json.putArray("terminationHistory");
        image.lastFailure(pod.id()).ifPresent(failure -> history.add(termination(pod, failure)));
        return changed(json, since);
    }

    private ObjectNode changed(ObjectNode json, Instant since) {
        return json.put("lastUpdated", Timestamps.format(now))
                .put("lastChanged", Timestamps.format(since));
    }

    private String status(Pod pod, List<Instance> shown) {
        boolean stopping =
                image.deployments().stream()
                        .flatMap(deployment -> deployment.steps().stream())
                        .flatMap(step -> step.actions().stream())
                        .anyMatch(action ->
                                action.kind() == Deployment.Kind.STOP
                                        && action.runSpecId().equals(pod.id()));
        if (stopping) {
            return "TERMINAL";
        }
        long stable =
                shown.stream().filter(instance -> statusOf(instance, pod).equals("STABLE")).count();
        return stable >= pod.instances() ? "STABLE" : "DEGRADED";
    }

    /// The definition that an instance runs.
    private Pod definition(Pod pod, Instance instance) {
        return image.version(pod.id(), instance.version())
                .filter(Pod.class::isInstance)
                .map(Pod.class::cast)
                .orElse(pod);
    }

    private static String statusOf(Instance instance, Pod pod) {
        return switch (instance.condition()) {
            case SCHEDULED, PROVISIONED -> "PENDING";
            case STAGING, STARTING -> "STAGING";
            case RUNNING ->
                    pod.healthChecked() && !instance.healthy().orElse(false)
                            ? "DEGRADED"
                            : "STABLE";
            case UNREACHABLE, UNREACHABLE_INACTIVE, KILLING -> "DEGRADED";
            case KILLED, FINISHED, FAILED, ERROR, GONE, DROPPED, UNKNOWN -> "TERMINAL";
        };
    }

    private ObjectNode status(Instance instance, Pod pod) {
        var json = Answer.object().put("id", instance.id().value());
        var status = statusOf(instance, pod);
        json.put("status", status);
        json.put("statusSince", Timestamps.format(instance.since()));
        message(instance, status).ifPresent(text -> json.put("message", text));
        instance.hostname().ifPresent(name -> json.put("agentHostname", name));
        instance.holder().ifPresent(id -> json.put("agentId", id));
        TaskJson.domain(image, instance, "region").ifPresent(text -> json.put("agentRegion", text));
        TaskJson.domain(image, instance, "zone").ifPresent(text -> json.put("agentZone", text));
        json.set("resources", PodJson.write(instance.resources()));
        json.set("networks", networks(instance));
        json.set("containers", containers(instance, pod, status));
        json.put(
                "specReference",
                "/v2/pods%s::versions/%s"
                        .formatted(pod.id(), Timestamps.format(instance.version())));
        json.set("localVolumes", TaskJson.volumes(instance));
        return changed(json, instance.since()).put("role", pod.role());
    }

    private static Optional<String> message(Instance instance, String status) {
        if (instance.condition() == Condition.UNREACHABLE
                || instance.condition() == Condition.UNREACHABLE_INACTIVE) {
            return Optional.of("pod instance has become unreachable");
        }
        return instance.condition() == Condition.RUNNING && status.equals("DEGRADED")
                ? Optional.of("at least one container is not healthy")
                : Optional.empty();
    }

    private static ArrayNode networks(Instance instance) {
        var networks = Answer.object().arrayNode();
        instance.placement()
                .ifPresent(at -> {
                    var json = networks.addObject();
                    at.own().ifPresent(own -> json.put("name", own.network()));
                    var addresses = json.putArray("addresses");
                    at.taskIp().ifPresent(addresses::add);
                });
        return networks;
    }

    private ArrayNode containers(Instance instance, Pod pod, String status) {
        var containers = Answer.object().arrayNode();
        int first = 0;
        int checks = 0;
        for (var container : pod.containers()) {
            var json = containers.addObject().put("name", container.name());
            json.put("status", ofContainer(status));
            json.put("statusSince", Timestamps.format(instance.since()));
            var health = health(instance, container, checks);
            json.set("conditions", conditions(instance, container, health));
            json.put("containerId", instance.taskId().ofContainer(container.name()).value());
            json.set("endpoints", endpoints(instance, container, first, health));
            json.set("resources", PodJson.write(container.resources()));
            changed(json, instance.since());
            first += container.endpoints().size();
            checks += container.healthCheck().isPresent() ? 1 : 0;
        }
        return containers;
    }

    /// Containers have no status of the words of instances.
    private static String ofContainer(String status) {
        return switch (status) {
            case "PENDING", "STAGING" -> "TASK_STAGING";
            case "TERMINAL" -> "TASK_FINISHED";
            default -> "TASK_RUNNING";
        };
    }

    /// @param index of the container's check among those of the pod
    private static Optional<Boolean> health(Instance instance, PodContainer container, int index) {
        return container.healthCheck().isPresent() && index < instance.healthResults().size()
                ? Optional.of(instance.healthResults().get(index).alive())
                : Optional.empty();
    }

    private ArrayNode conditions(
            Instance instance, PodContainer container, Optional<Boolean> health) {
        var conditions = Answer.object().arrayNode();
        if (container.healthCheck().isPresent()) {
            var json = conditions.addObject().put("name", "healthy");
            json.put("value", Boolean.toString(health.orElse(false)));
            json.put(
                    "reason",
                    health.isPresent() ? "health-reported-by-mesos" : "health-unreported-by-mesos");
            changed(json, instance.since());
        }
        instance.check(container.name())
                .ifPresent(result -> {
                    var json = conditions.addObject().put("name", "check");
                    json.put("value", CheckJson.word(result));
                    changed(json, instance.since());
                });
        return conditions;
    }

    private static ArrayNode endpoints(
            Instance instance, PodContainer container, int first, Optional<Boolean> health) {
        var ports = instance.placement().map(Instance.Placement::hostPorts).orElse(List.of());
        var endpoints = Answer.object().arrayNode();
        for (int i = 0; i < container.endpoints().size(); i++) {
            var json = endpoints.addObject().put("name", container.endpoints().get(i).name());
            if (first + i < ports.size() && ports.get(first + i) != PortDefinition.NO_HOST_PORT) {
                json.put("allocatedHostPort", ports.get(first + i));
            }
            health.ifPresent(healthy -> json.put("healthy", healthy));
        }
        return endpoints;
    }

    private static ObjectNode termination(Pod pod, TaskFailure failure) {
        var json = Answer.object();
        json.put("instanceID", failure.taskId().instanceId().value());
        json.put("startedAt", Timestamps.format(failure.version()));
        json.put("terminatedAt", Timestamps.format(failure.timestamp()));
        json.put("message", failure.message());
        var containers = json.putArray("containers");
        for (var container : pod.containers()) {
            containers
                    .addObject()
                    .put("containerId", failure.taskId().ofContainer(container.name()).value())
                    .put("lastKnownState", failure.state());
        }
        return json;
    }

    /// As the kills of instances answer it.
    ///
    /// @param strategy of the pod
    static ObjectNode instance(
            ClusterImage image, Instance instance, UnreachableStrategy strategy) {
        var json = Answer.object();
        json.put("instanceId", instance.id().value());
        var state = json.putObject("state");
        state.put("condition", instance.condition().marathonName());
        state.put("since", Timestamps.format(instance.since()));
        instance.startedAt().ifPresent(at -> state.put("activeSince", Timestamps.format(at)));
        instance.healthy().ifPresent(healthy -> state.put("healthy", healthy));
        state.put("goal", goal(instance.goal()));
        instance.placement()
                .ifPresent(at -> agent(json.putObject("agentInfo"), image, instance, at));
        json.put("runSpecVersion", Timestamps.format(instance.version()));
        json.set("unreachableStrategy", PodJson.writeUnreachable(strategy));
        return json;
    }

    private static String goal(Goal goal) {
        return switch (goal) {
            // Held is ours: it is to run again as soon as it can.
            case RUNNING, HELD -> "Running";
            case STOPPED -> "Stopped";
            case DECOMMISSIONED -> "Decommissioned";
        };
    }

    private static void agent(
            ObjectNode json, ClusterImage image, Instance instance, Instance.Placement at) {
        json.put("host", at.hostname()).put("agentId", at.agentId());
        TaskJson.domain(image, instance, "region").ifPresent(text -> json.put("region", text));
        TaskJson.domain(image, instance, "zone").ifPresent(text -> json.put("zone", text));
        json.set("attributes", AgentJson.attributes(image.agent(at.agentId())));
    }
}

package io.ekiden.gateway.core;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.gateway.core.access.Caller;
import io.ekiden.log.Fact;
import io.ekiden.model.Deployment;
import io.ekiden.model.PathId;
import io.ekiden.model.RunSpec;
import io.ekiden.model.Timestamps;
import io.ekiden.state.ClusterImage;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Deployments as `/v2/deployments` and the events print them, and the result of a change.
final class DeploymentJson {
    private DeploymentJson() {}

    static Answer running(ApiRequest request, ClusterImage image) {
        var all = Answer.object().arrayNode();
        image.deployments().stream()
                .flatMap(deployment -> seen(deployment, request.caller()).stream())
                .forEach(deployment -> all.add(of(deployment, image)));
        return Answer.ok(all);
    }

    /// A deployment as far as the caller sees what it is about; empty when that is nothing.
    static Optional<Deployment> seen(Deployment deployment, Caller caller) {
        if (caller.seesAll()) {
            return Optional.of(deployment);
        }
        var seen = deployment.only(caller::sees);
        return seen.affected().isEmpty() ? Optional.empty() : Optional.of(seen);
    }

    private static ObjectNode of(Deployment deployment, ClusterImage image) {
        var json = plan(deployment);
        var apps = json.putArray("affectedApps");
        deployment.affected(RunSpec.Kind.APP).forEach(app -> apps.add(app.value()));
        var pods = json.putArray("affectedPods");
        deployment.affected(RunSpec.Kind.POD).forEach(pod -> pods.add(pod.value()));
        var current = json.putArray("currentActions");
        for (var action : deployment.current().map(Deployment.Step::actions).orElse(List.of())) {
            var running = action(action);
            running.set("readinessCheckResults", readiness(deployment, action, image));
            current.add(running);
        }
        json.put("currentStep", Math.min(deployment.currentStep() + 1, deployment.steps().size()));
        json.put("totalSteps", deployment.steps().size());
        // Beyond Marathon's fields, and only when there is something to say.
        if (deployment.paused()) {
            json.put("paused", true);
        }
        if (deployment.canaries() == Deployment.Canaries.WAITING) {
            json.put("awaitsPromotion", true);
        }
        deployment
                .progress()
                .ifPresent(progress ->
                        json.put("progressDeadline", Timestamps.format(progress.deadline())));
        if (!deployment.launchFailures().isEmpty()) {
            var failures = json.putObject("launchFailures");
            deployment.launchFailures().forEach((id, count) -> failures.put(id.value(), count));
        }
        return json;
    }

    /// Of the instances that were launched since the deployment began.
    private static ArrayNode readiness(
            Deployment deployment, Deployment.Action action, ClusterImage image) {
        var launched =
                image.instances(action.runSpecId()).stream()
                        .filter(instance ->
                                instance.stagedAt()
                                        .filter(at -> !at.isBefore(deployment.version()))
                                        .isPresent())
                        .toList();
        return image.runSpec(action.runSpecId())
                .map(spec -> ReadinessJson.of(spec, launched))
                .orElseGet(() -> Answer.object().arrayNode());
    }

    /// Marathon's light plan: what events carry. Beyond Marathon's fields, it names the deployment
    /// that it takes back.
    static ObjectNode plan(Deployment deployment) {
        var json = Answer.object();
        json.put("id", deployment.id());
        json.put("version", Timestamps.format(deployment.version()));
        json.setAll(steps(deployment.steps()));
        deployment.reverts().ifPresent(reverted -> json.put("reverts", reverted));
        return json;
    }

    /// Takes from an event's plan and step what is about other apps and pods than these.
    static void hide(ObjectNode event, Predicate<PathId> seen) {
        event.path("plan").path("steps").forEach(step -> hideActions(step, seen));
        hideActions(event.path("currentStep"), seen);
    }

    private static void hideActions(JsonNode step, Predicate<PathId> seen) {
        var actions = step.path("actions").elements();
        while (actions.hasNext()) {
            var action = actions.next();
            var id = action.path("app").asText(action.path("pod").asText());
            if (!seen.test(PathId.of(id))) {
                actions.remove();
            }
        }
    }

    static ObjectNode steps(List<Deployment.Step> steps) {
        var json = Answer.object();
        var array = json.putArray("steps");
        steps.forEach(step -> array.add(step(step)));
        return json;
    }

    static ObjectNode step(Deployment.Step step) {
        var json = Answer.object();
        var actions = json.putArray("actions");
        step.actions().forEach(action -> actions.add(action(action)));
        return json;
    }

    private static ObjectNode action(Deployment.Action action) {
        var name =
                switch (action.of()) {
                    case APP -> "app";
                    case POD -> "pod";
                };
        return Answer.object()
                .put("action", action.marathonName())
                .put(name, action.runSpecId().value());
    }

    /// `{"version": …, "deploymentId": …}`. A change without steps is a deployment that has ended
    /// already: it is named by its change id, so that clients which wait for it find it gone.
    static ObjectNode result(Applied applied, Fact.Accepted accepted) {
        return Answer.object()
                .put("version", Timestamps.format(accepted.version()))
                .put("deploymentId", id(applied, accepted));
    }

    static String id(Applied applied, Fact.Accepted accepted) {
        Optional<String> made = accepted.deploymentId();
        return made.or(() -> applied.entry().changeId()).orElse("");
    }
}

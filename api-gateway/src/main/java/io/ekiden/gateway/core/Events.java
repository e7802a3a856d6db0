package io.ekiden.gateway.core;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.json.AppJson;
import io.ekiden.log.AgentReport;
import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.log.Input;
import io.ekiden.log.JournalEntry;
import io.ekiden.log.WantedChange;
import io.ekiden.model.App;
import io.ekiden.model.Cluster;
import io.ekiden.model.Condition;
import io.ekiden.model.Deployment;
import io.ekiden.model.Instance;
import io.ekiden.model.KillCause;
import io.ekiden.model.PathId;
import io.ekiden.model.TaskId;
import io.ekiden.model.Timestamps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Marathon's events as a function of a journal entry alone: whoever has the entry, now or in a
/// year, gets the same events in the same order.
public final class Events {
    private final JournalEntry entry;
    private final List<Event> events = new ArrayList<>();

    private Events(JournalEntry entry) {
        this.entry = entry;
    }

    public static List<Event> of(JournalEntry entry) {
        var events = new Events(entry);
        if (entry.input() instanceof Input.Changed(var wanted)) {
            events.posted(wanted);
        }
        entry.facts().forEach(events::add);
        return List.copyOf(events.events);
    }

    private void add(Fact fact) {
        switch (fact) {
            case Fact.InstancePut(var instance, var from, var message) ->
                    instance(instance, from, message);
            case Fact.Launched launched -> launched.instances().forEach(this::changed);
            case Fact.InstanceGone(var last, var from, var message) ->
                    instance(last, Optional.of(from), message);
            case Fact.HealthPut(var instance, var failed) -> {
                var of = new HealthEvents(entry);
                events.addAll(of.failed(instance, failed.orElse(List.of())));
                events.addAll(of.changed(instance));
            }
            case Fact.UnknownEnded(var task, var condition) -> unknownEnded(task, condition);
            case Fact.RunSpecPut(var spec) -> events.addAll(new HealthEvents(entry).defined(spec));
            case Fact.KillOrdered kill -> unhealthyKill(kill);
            case Fact.RunSpecGone(var _, var id) -> {
                events.addAll(new HealthEvents(entry).removed(id));
                emit("app_terminated_event", Answer.object().put("appId", id.value()), id);
            }
            case Fact.Accepted(var version, var _, var _) -> {
                pod();
                subscription();
                groupChange(version);
            }
            case Fact.Refused(var rejection) -> groupChangeFailed(rejection.message());
            case Fact.InputFailed(var error) -> groupChangeFailed(error);
            case Fact.DeploymentStarted(var deployment) -> stepBegins(deployment);
            case Fact.DeploymentAdvanced(var deployment) -> {
                stepEnded(deployment, deployment.currentStep() - 1);
                stepBegins(deployment);
            }
            case Fact.DeploymentFinished(var deployment) -> {
                stepEnded(deployment, deployment.steps().size() - 1);
                emit("deployment_success", deployment, planned(deployment));
            }
            case Fact.DeploymentCancelled(var deployment, var reason) -> {
                stepFailed(deployment);
                emit("deployment_failed", deployment, planned(deployment).put("reason", reason));
            }
            case Fact.ClusterPut(var cluster) -> founded(cluster);
            case Fact.Planned _,
                    Fact.Repeated _,
                    Fact.RequestKept _,
                    Fact.RequestForgotten _,
                    Fact.DeadLettered _,
                    Fact.ReadinessPut _,
                    Fact.CheckPut _,
                    Fact.EndedTaskKept _,
                    Fact.EndedTaskForgotten _,
                    Fact.VolumeCondemned _,
                    Fact.VolumeGone _,
                    Fact.DeploymentPut _,
                    Fact.GroupPut _,
                    Fact.GroupGone _,
                    Fact.FormerKept _,
                    Fact.FormersForgotten _,
                    Fact.VersionKept _,
                    Fact.VersionForgotten _,
                    Fact.DelayPut _,
                    Fact.DelayGone _,
                    Fact.QueuePut _,
                    Fact.QueueGone _,
                    Fact.FailurePut _,
                    Fact.FailureGone _,
                    Fact.SubscriptionPut _,
                    Fact.SubscriptionGone _,
                    Fact.AgentPut _,
                    Fact.AgentGone _,
                    Fact.ProxyPut _,
                    Fact.ProxyGone _,
                    Fact.EndpointPut _,
                    Fact.EndpointGone _,
                    Fact.Welcomed _,
                    Fact.RejoinOrdered _ -> {}
        }
    }

    private void emit(String type, ObjectNode fields, PathId about) {
        events.add(Event.of(type, entry.time(), fields, Set.of(about)));
    }

    private void emit(String type, Deployment deployment, ObjectNode fields) {
        events.add(Event.of(type, entry.time(), fields, deployment.affected()));
    }

    /// Only for one app that is created or updated, as in Marathon.
    private void posted(WantedChange wanted) {
        Optional<PathId> one =
                switch (wanted.change()) {
                    case Change.CreateApp(var id, var _) -> Optional.of(id);
                    case Change.UpdateApps update ->
                            update.updates().size() == 1 && !isBulk(wanted.uri())
                                    ? Optional.of(update.updates().getFirst().id())
                                    : Optional.empty();
                    case Change.DeleteApp _,
                            Change.CreatePod _,
                            Change.UpdatePod _,
                            Change.DeletePod _,
                            Change.KillPodInstances _,
                            Change.RestartApp _,
                            Change.CreateGroup _,
                            Change.UpdateGroup _,
                            Change.EnforceRole _,
                            Change.DeleteGroup _,
                            Change.CancelDeployment _,
                            Change.DryRun _,
                            Change.KillTasks _,
                            Change.KillAppTasks _,
                            Change.PauseDeployment _,
                            Change.PromoteDeployment _,
                            Change.DrainAgent _,
                            Change.Subscribe _,
                            Change.Unsubscribe _,
                            Change.ResetDelay _ ->
                            Optional.empty();
                };
        one.ifPresent(id ->
                put(id).ifPresent(definition ->
                        emit(
                                "api_post_event",
                                Answer.object()
                                        .put("clientIp", wanted.actor().address().orElse(""))
                                        .put("uri", wanted.uri())
                                        .set("appDefinition", definition),
                                id)));
    }

    /// That a pod was created, updated or deleted.
    private void pod() {
        if (!(entry.input() instanceof Input.Changed(var wanted))) {
            return;
        }
        switch (wanted.change()) {
            case Change.CreatePod(var id, var _) -> pod("pod_created_event", wanted, id);
            case Change.UpdatePod(var id, var _) -> pod("pod_updated_event", wanted, id);
            case Change.DeletePod(var id) -> pod("pod_deleted_event", wanted, id);
            default -> {} // nothing of a pod's definition
        }
    }

    private void pod(String type, WantedChange wanted, PathId id) {
        emit(
                type,
                Answer.object()
                        .put("clientIp", wanted.actor().address().orElse(""))
                        .put("uri", wanted.uri()),
                id);
    }

    /// That somebody has subscribed to events, or does not want them any more.
    private void subscription() {
        if (!(entry.input() instanceof Input.Changed(var wanted))) {
            return;
        }
        switch (wanted.change()) {
            case Change.Subscribe(var url) -> subscription("subscribe_event", wanted, url);
            case Change.Unsubscribe(var url) -> subscription("unsubscribe_event", wanted, url);
            default -> {} // nothing of a subscription
        }
    }

    private void subscription(String type, WantedChange wanted, String callbackUrl) {
        emit(
                type,
                Answer.object()
                        .put("clientIp", wanted.actor().address().orElse(""))
                        // A query may have secrets, and whoever sees the root sees this.
                        .put("callbackUrl", callbackUrl.replaceFirst("\\?.*", "")),
                PathId.ROOT);
    }

    private static boolean isBulk(String uri) {
        return uri.replaceFirst("\\?.*", "").replaceFirst("/+$", "").endsWith("/v2/apps");
    }

    private Optional<ObjectNode> put(PathId id) {
        return entry.facts().stream()
                .filter(Fact.RunSpecPut.class::isInstance)
                .map(fact -> ((Fact.RunSpecPut) fact).spec())
                .filter(App.class::isInstance)
                .map(App.class::cast)
                .filter(app -> app.id().equals(id))
                .reduce((_, last) -> last)
                .map(AppJson::write);
    }

    private void instance(Instance instance, Optional<Condition> from, String message) {
        if (from.equals(Optional.of(instance.condition()))) {
            return;
        }
        if (hasStatus(instance.condition())) {
            status(instance, message);
        }
        changed(instance);
    }

    /// Whether a task in this condition was reported on. Scheduled and provisioned are the
    /// planner's own thoughts.
    private static boolean hasStatus(Condition condition) {
        return condition != Condition.SCHEDULED && condition != Condition.PROVISIONED;
    }

    private void status(Instance instance, String message) {
        var event = Answer.object();
        event.put("slaveId", agentId(instance));
        event.put("taskId", instance.taskId().value());
        event.put("taskStatus", instance.condition().taskState());
        event.put("message", message);
        event.put("appId", instance.runSpecId().value());
        event.put("host", host(instance));
        event.set("ipAddresses", TaskJson.addresses(instance));
        var ports = event.putArray("ports");
        instance.placement().ifPresent(at -> at.heldPorts().forEach(ports::add));
        event.put("version", Timestamps.format(instance.version()));
        emit("status_update_event", event, instance.runSpecId());
    }

    private void changed(Instance instance) {
        var event = Answer.object();
        event.put("instanceId", instance.id().value());
        event.put("condition", instance.condition().marathonName());
        event.put("runSpecId", instance.runSpecId().value());
        event.put("agentId", agentId(instance));
        event.put("host", host(instance));
        event.put("runSpecVersion", Timestamps.format(instance.version()));
        emit("instance_changed_event", event, instance.runSpecId());
    }

    private static String agentId(Instance instance) {
        return instance.placement().map(Instance.Placement::agentId).orElse("");
    }

    private static String host(Instance instance) {
        return instance.placement().map(Instance.Placement::hostname).orElse("");
    }

    private void unknownEnded(TaskId task, Condition condition) {
        // Its id is as its agent has it.
        var id = PathId.of(task.instanceId().runSpecId().value());
        var event = Answer.object();
        event.put("instanceId", task.instanceId().value());
        event.put("runSpecId", id.value());
        event.put("condition", condition.marathonName());
        emit("unknown_instance_terminated_event", event, id);
    }

    /// There is no master to register with but the cluster itself.
    private void founded(Cluster cluster) {
        if (entry.input() instanceof Input.Founded) {
            emit(
                    "scheduler_registered_event",
                    Answer.object().put("frameworkId", cluster.id()).put("master", ""),
                    PathId.ROOT);
        }
    }

    private void unhealthyKill(Fact.KillOrdered kill) {
        if (kill.cause() != KillCause.UNHEALTHY) {
            return;
        }
        var instance = latest(kill);
        // A kill that is ordered again is no second kill.
        if (instance.flatMap(Instance::stopping).filter(s -> s.attempts() > 1).isPresent()) {
            return;
        }
        var event = Answer.object();
        var id = kill.taskId().instanceId();
        event.put("appId", id.runSpecId().value());
        event.put("taskId", kill.taskId().value());
        event.put("instanceId", id.value());
        event.put("version", instance.map(i -> Timestamps.format(i.version())).orElse(""));
        event.put("reason", reason(instance));
        event.put("host", instance.map(Events::host).orElse(""));
        event.put("slaveId", kill.agentId());
        emit("unhealthy_instance_kill_event", event, id.runSpecId());
    }

    /// The instance as the entry leaves it.
    private Optional<Instance> latest(Fact.KillOrdered kill) {
        return entry.facts().stream()
                .flatMap(fact ->
                        switch (fact) {
                            case Fact.InstancePut put -> Optional.of(put.instance()).stream();
                            case Fact.HealthPut put -> Optional.of(put.instance()).stream();
                            default -> Optional.<Instance>empty().stream();
                        })
                .filter(instance -> instance.taskId().equals(kill.taskId()))
                .reduce((_, last) -> last);
    }

    private String reason(Optional<Instance> instance) {
        List<Instance.HealthResult> results =
                entry.input() instanceof Input.Reported(AgentReport.HealthChanged report)
                        ? report.results()
                        : instance.map(Instance::healthResults).orElse(List.of());
        return results.stream()
                .filter(result -> !result.alive())
                .flatMap(result -> result.lastFailureCause().stream())
                .findFirst()
                .orElse("");
    }

    /// Marathon names the group whose content was changed: the parent of one app, the root for
    /// several.
    private Optional<PathId> group() {
        if (!(entry.input() instanceof Input.Changed(var wanted))) {
            return Optional.empty();
        }
        return switch (wanted.change()) {
            case Change.CreateApp(var id, var _) -> Optional.of(id.parent());
            case Change.DeleteApp(var id) -> Optional.of(id.parent());
            case Change.RestartApp(var id) -> Optional.of(id.parent());
            case Change.CreatePod(var id, var _) -> Optional.of(id.parent());
            case Change.UpdatePod(var id, var _) -> Optional.of(id.parent());
            case Change.DeletePod(var id) -> Optional.of(id.parent());
            case Change.KillPodInstances _ -> Optional.empty();
            case Change.CreateGroup(var id, var _) -> Optional.of(id);
            case Change.UpdateGroup(var id, var _) -> Optional.of(id);
            case Change.EnforceRole(var id, var _) -> Optional.of(id);
            case Change.DeleteGroup(var id) -> Optional.of(id.parent());
            case Change.CancelDeployment _ ->
                    wanted.force() ? Optional.empty() : Optional.of(PathId.ROOT);
            case Change.DryRun _ -> Optional.empty();
            case Change.UpdateApps update ->
                    Optional.of(
                            update.updates().size() == 1 && !isBulk(wanted.uri())
                                    ? update.updates().getFirst().id().parent()
                                    : PathId.ROOT);
            case Change.KillTasks kill -> scaled(kill.scale());
            case Change.KillAppTasks kill -> scaled(kill.scale());
            case Change.PauseDeployment _,
                    Change.PromoteDeployment _,
                    Change.DrainAgent _,
                    Change.Subscribe _,
                    Change.Unsubscribe _,
                    Change.ResetDelay _ ->
                    Optional.empty();
        };
    }

    private static Optional<PathId> scaled(boolean scale) {
        return scale ? Optional.of(PathId.ROOT) : Optional.empty();
    }

    private void groupChange(Instant version) {
        group().ifPresent(id -> emit("group_change_success", groupEvent(id, version), id));
    }

    private void groupChangeFailed(String reason) {
        group().ifPresent(id ->
                emit(
                        "group_change_failed",
                        groupEvent(id, entry.time()).put("reason", reason),
                        id));
    }

    private static ObjectNode groupEvent(PathId id, Instant version) {
        return Answer.object()
                .put("groupId", id.value())
                .put("version", Timestamps.format(version));
    }

    private void stepBegins(Deployment deployment) {
        deployment
                .current()
                .ifPresent(
                        step -> emit("deployment_info", deployment, stepEvent(deployment, step)));
    }

    private void stepEnded(Deployment deployment, int index) {
        if (index >= 0) {
            var ended = stepEvent(deployment, deployment.steps().get(index));
            emit("deployment_step_success", deployment, ended);
        }
    }

    private void stepFailed(Deployment deployment) {
        deployment
                .current()
                .ifPresent(step ->
                        emit("deployment_step_failure", deployment, stepEvent(deployment, step)));
    }

    private static ObjectNode stepEvent(Deployment deployment, Deployment.Step step) {
        var event = Answer.object();
        event.set("plan", DeploymentJson.plan(deployment));
        event.set("currentStep", DeploymentJson.step(step));
        return event;
    }

    private static ObjectNode planned(Deployment deployment) {
        var event = Answer.object().put("id", deployment.id());
        event.set("plan", DeploymentJson.plan(deployment));
        return event;
    }
}

package io.ekiden.state;

import io.ekiden.log.Fact;
import io.ekiden.model.Agent;
import io.ekiden.model.Entity;
import io.ekiden.model.EventSubscription;
import io.ekiden.model.Former;
import io.ekiden.model.Group;
import io.ekiden.model.LaunchDelay;
import io.ekiden.model.LaunchQueueItem;
import io.ekiden.model.Proxy;
import io.ekiden.model.RunSpec;
import io.ekiden.model.RunSpecVersion;
import io.ekiden.model.TaskFailure;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a fact makes of the entities that it concerns.
public final class Effects {
    private Effects() {}

    /// By their keys; empty for one that is no more. Answers and orders have none.
    public static SortedMap<String, Optional<Entity>> of(Fact fact) {
        return switch (fact) {
            case Fact.ClusterPut(var cluster) -> puts(cluster);
            case Fact.RunSpecPut(var spec) -> puts(spec);
            case Fact.RunSpecGone(var _, var id) -> removes(RunSpec.key(id));
            case Fact.GroupPut(var group) -> puts(group);
            case Fact.GroupGone(var id) -> removes(Group.key(id));
            case Fact.FormerKept(var former) -> puts(former);
            case Fact.FormersForgotten(var version, var ids) ->
                    removes(ids.stream().map(id -> Former.key(version, id)).toArray(String[]::new));
            case Fact.VersionKept(var version) -> puts(version);
            case Fact.VersionForgotten(var app, var version) ->
                    removes(RunSpecVersion.key(app, version));
            case Fact.InstancePut put -> puts(put.instance());
            case Fact.HealthPut(var instance, var _) -> puts(instance);
            case Fact.ReadinessPut(var instance) -> puts(instance);
            case Fact.CheckPut(var instance) -> puts(instance);
            case Fact.InstanceGone gone -> removes(gone.last().key());
            case Fact.Launched launched -> puts(launched.instances().toArray(Entity[]::new));
            case Fact.DelayPut(var delay) -> puts(delay);
            case Fact.DelayGone(var app) -> removes(LaunchDelay.key(app));
            case Fact.QueuePut(var item) -> puts(item);
            case Fact.QueueGone(var app) -> removes(LaunchQueueItem.key(app));
            case Fact.FailurePut(var failure) -> puts(failure);
            case Fact.FailureGone(var app) -> removes(TaskFailure.key(app));
            case Fact.EndedTaskKept(var task) -> puts(task);
            case Fact.EndedTaskForgotten(var task) -> removes(task.key());
            case Fact.VolumeCondemned(var volume, var _) -> puts(volume);
            case Fact.VolumeGone(var volume) -> removes(volume.key());
            case Fact.DeploymentStarted(var deployment) -> puts(deployment);
            case Fact.DeploymentAdvanced(var deployment) -> puts(deployment);
            case Fact.DeploymentPut(var deployment) -> puts(deployment);
            case Fact.DeploymentFinished(var deployment) -> removes(deployment.key());
            case Fact.DeploymentCancelled(var deployment, var _) -> removes(deployment.key());
            case Fact.SubscriptionPut(var subscription) -> puts(subscription);
            case Fact.SubscriptionGone(var url) -> removes(EventSubscription.key(url));
            case Fact.RequestKept(var request) -> puts(request);
            case Fact.RequestForgotten(var request) -> removes(request.key());
            case Fact.AgentPut(var agent) -> puts(agent);
            case Fact.AgentGone(var id) -> removes(Agent.key(id));
            case Fact.ProxyPut(var proxy) -> puts(proxy);
            case Fact.ProxyGone(var id) -> removes(Proxy.key(id));
            case Fact.EndpointPut(var endpoint) -> puts(endpoint);
            case Fact.EndpointGone(var key) -> removes(key);
            case Fact.Accepted _,
                    Fact.Planned _,
                    Fact.Refused _,
                    Fact.Repeated _,
                    Fact.InputFailed _,
                    Fact.DeadLettered _,
                    Fact.UnknownEnded _,
                    Fact.Welcomed _,
                    Fact.RejoinOrdered _,
                    Fact.KillOrdered _ ->
                    puts();
        };
    }

    private static SortedMap<String, Optional<Entity>> puts(Entity... entities) {
        var effects = new TreeMap<String, Optional<Entity>>();
        for (var entity : entities) {
            effects.put(entity.key(), Optional.of(entity));
        }
        return effects;
    }

    private static SortedMap<String, Optional<Entity>> removes(String... keys) {
        var effects = new TreeMap<String, Optional<Entity>>();
        for (var key : keys) {
            effects.put(key, Optional.empty());
        }
        return effects;
    }
}

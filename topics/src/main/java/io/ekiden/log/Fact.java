package io.ekiden.log;

import io.ekiden.model.Agent;
import io.ekiden.model.AnsweredRequest;
import io.ekiden.model.Cluster;
import io.ekiden.model.CondemnedVolume;
import io.ekiden.model.Condition;
import io.ekiden.model.Deployment;
import io.ekiden.model.EndedTask;
import io.ekiden.model.Endpoint;
import io.ekiden.model.EventSubscription;
import io.ekiden.model.Former;
import io.ekiden.model.Group;
import io.ekiden.model.HealthCheck;
import io.ekiden.model.Instance;
import io.ekiden.model.KillCause;
import io.ekiden.model.LaunchDelay;
import io.ekiden.model.LaunchQueueItem;
import io.ekiden.model.LocalVolume;
import io.ekiden.model.PathId;
import io.ekiden.model.Proxy;
import io.ekiden.model.RunSpec;
import io.ekiden.model.RunSpecVersion;
import io.ekiden.model.TaskFailure;
import io.ekiden.model.TaskId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What was decided: the content of a journal entry. Facts about state are replayed into the
/// cluster image; commands, endpoints and Marathon's events are functions of the entry's facts
/// alone, so each carries what those need.
public sealed interface Fact {

    // Answers to a wanted change.

    /// @param version the version that the change made
    /// @param deploymentId absent when the change needs no deployment
    /// @param tasks the tasks that a kill chose
    record Accepted(Instant version, Optional<String> deploymentId, List<TaskId> tasks)
            implements Fact {
        public Accepted {
            tasks = List.copyOf(tasks);
        }
    }

    /// What a change would do: the answer to a dry run, which changes nothing.
    ///
    /// @param steps of the deployment that would run
    /// @param tasks that would be killed at once
    record Planned(List<Deployment.Step> steps, List<TaskId> tasks) implements Fact {
        public Planned {
            steps = List.copyOf(steps);
            tasks = List.copyOf(tasks);
        }
    }

    record Refused(Rejection rejection) implements Fact {}

    /// The same request was accepted before; nothing was changed again.
    ///
    /// @param sequence of the entry that has the answer
    record Repeated(long sequence) implements Fact {}

    /// `decide` failed at an input: a bug. What it had begun was undone.
    record InputFailed(String error) implements Fact {}

    /// A record was set aside.
    record DeadLettered(String topic, int partition, long offset, String why) implements Fact {}

    // State.

    record ClusterPut(Cluster cluster) implements Fact {}

    record RunSpecPut(RunSpec spec) implements Fact {}

    record RunSpecGone(RunSpec.Kind kind, PathId id) implements Fact {}

    record GroupPut(Group group) implements Fact {}

    record GroupGone(PathId id) implements Fact {}

    /// What stood at a path before the change that makes this root version.
    record FormerKept(Former former) implements Fact {}

    /// A root version is too old to be returned to.
    record FormersForgotten(Instant version, List<PathId> ids) implements Fact {
        public FormersForgotten {
            ids = List.copyOf(ids);
        }
    }

    record VersionKept(RunSpecVersion version) implements Fact {}

    record VersionForgotten(PathId runSpecId, Instant version) implements Fact {}

    /// An instance was made, or has changed.
    ///
    /// @param from its condition before; absent for a new one
    record InstancePut(Instance instance, Optional<Condition> from, String message)
            implements Fact {}

    /// An instance's health has changed; `instance` is how it is now.
    ///
    /// @param failed the checks of its app that have failed by now; absent for none
    record HealthPut(Instance instance, Optional<List<HealthCheck>> failed) implements Fact {
        public HealthPut {
            failed = failed.map(List::copyOf);
        }
    }

    /// An instance's readiness has changed; `instance` is how it is now.
    record ReadinessPut(Instance instance) implements Fact {}

    /// What a generic check of an instance finds has changed; `instance` is how it is now.
    record CheckPut(Instance instance) implements Fact {}

    /// An instance is no more; `last` is how it was when it ended.
    record InstanceGone(Instance last, Condition from, String message) implements Fact {}

    /// Instances were placed and are to be launched with this definition.
    ///
    /// @param targets where each instance's agent listens, in the order of the instances
    record Launched(RunSpec spec, List<Instance> instances, List<Target> targets) implements Fact {
        public Launched {
            instances = List.copyOf(instances);
            targets = List.copyOf(targets);
        }
    }

    /// An agent's partition of `agent-commands` and its epoch.
    record Target(int partition, long epoch) {}

    record DelayPut(LaunchDelay delay) implements Fact {}

    record DelayGone(PathId runSpecId) implements Fact {}

    record QueuePut(LaunchQueueItem item) implements Fact {}

    record QueueGone(PathId runSpecId) implements Fact {}

    record FailurePut(TaskFailure failure) implements Fact {}

    record FailureGone(PathId runSpecId) implements Fact {}

    /// A task has ended; its sandbox is kept for a while.
    record EndedTaskKept(EndedTask task) implements Fact {}

    record EndedTaskForgotten(EndedTask task) implements Fact {}

    /// A persistent volume is to be destroyed.
    ///
    /// @param target its agent; absent when that is not known any more
    record VolumeCondemned(CondemnedVolume volume, Optional<Target> target) implements Fact {}

    record VolumeGone(CondemnedVolume volume) implements Fact {}

    record DeploymentStarted(Deployment deployment) implements Fact {}

    /// A step has ended and the next has begun; `deployment` is how it is now.
    record DeploymentAdvanced(Deployment deployment) implements Fact {}

    /// A deployment was paused, resumed or promoted, or has come nearer to the end of its step.
    record DeploymentPut(Deployment deployment) implements Fact {}

    /// The last step has ended.
    record DeploymentFinished(Deployment deployment) implements Fact {}

    record DeploymentCancelled(Deployment deployment, String reason) implements Fact {}

    record SubscriptionPut(EventSubscription subscription) implements Fact {}

    record SubscriptionGone(String callbackUrl) implements Fact {}

    /// A request will be known when it comes again.
    record RequestKept(AnsweredRequest request) implements Fact {}

    record RequestForgotten(AnsweredRequest request) implements Fact {}

    record AgentPut(Agent agent) implements Fact {}

    record AgentGone(String id) implements Fact {}

    record ProxyPut(Proxy proxy) implements Fact {}

    record ProxyGone(String id) implements Fact {}

    record EndpointPut(Endpoint endpoint) implements Fact {}

    record EndpointGone(String key) implements Fact {}

    // Orders to agents, and what is only told: no state of their own.

    /// A task has ended of which no instance is known.
    record UnknownEnded(TaskId taskId, Condition condition) implements Fact {}

    /// An agent was admitted and is told all that it is to run.
    record Welcomed(
            String clusterId,
            Agent agent,
            String session,
            List<RunSpec> definitions,
            List<Assigned> assignment)
            implements Fact {
        public Welcomed {
            definitions = List.copyOf(definitions);
            assignment = List.copyOf(assignment);
        }
    }

    /// One task of an agent's assignment; its definition is the one of this id and version.
    record Assigned(
            TaskId taskId,
            PathId runSpecId,
            Instant version,
            List<Integer> hostPorts,
            List<LocalVolume> volumes,
            boolean launch) {
        public Assigned {
            hostPorts = List.copyOf(hostPorts);
            volumes = List.copyOf(volumes);
        }
    }

    /// An agent that was silent, or of which a report was lost, is to join again.
    record RejoinOrdered(Agent agent) implements Fact {}

    /// @param graceSeconds between SIGTERM and SIGKILL; the agent's default when absent
    record KillOrdered(
            TaskId taskId,
            String agentId,
            int partition,
            long epoch,
            KillCause cause,
            Optional<Integer> graceSeconds)
            implements Fact {}
}

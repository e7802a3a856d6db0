package io.ekiden.log;

import io.ekiden.model.CheckResult;
import io.ekiden.model.Container;
import io.ekiden.model.Disk;
import io.ekiden.model.Instance.HealthResult;
import io.ekiden.model.PortRange;
import io.ekiden.model.ReadinessResponse;
import io.ekiden.model.Resources;
import io.ekiden.model.Sorted;
import io.ekiden.model.TaskId;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;

/// What agents and proxies tell the planner: the records of `agent-reports`, keyed by [#memberId].
public sealed interface AgentReport {
    /// The id of the agent or proxy that speaks.
    String memberId();

    /// A report of a member that has joined; void when `epoch` is not that of its last welcome.
    sealed interface OfEpoch extends AgentReport {
        long epoch();
    }

    /// An agent begins (or begins again) and says what it has. The planner answers with a welcome.
    ///
    /// @param session new with each attempt to join, echoed by the welcome
    /// @param bootId the machine's boot; tasks of another boot have ended
    /// @param ip at which its tasks are reached
    /// @param disks that can be used now
    /// @param runtimes that can run tasks there now; when that changes it joins again
    /// @param volumes the ids of all persistent volumes that it keeps
    /// @param sealingKey for what only this agent is to read, new with each of its lives
    record AgentJoined(
            String memberId,
            String session,
            String bootId,
            String hostname,
            String ip,
            Optional<String> address,
            Resources resources,
            List<PortRange> ports,
            Optional<List<Disk>> disks,
            SortedMap<String, String> attributes,
            SortedSet<Container.Type> runtimes,
            List<TaskOnAgent> inventory,
            List<String> volumes,
            Optional<String> sealingKey)
            implements AgentReport {
        public AgentJoined {
            ports = List.copyOf(ports);
            disks = disks.map(List::copyOf);
            attributes = Sorted.copyOf(attributes);
            runtimes = Sorted.copyOf(runtimes);
            inventory = List.copyOf(inventory);
            volumes = List.copyOf(volumes);
        }
    }

    /// One task in an agent's inventory: running, or ended and not yet acknowledged.
    ///
    /// @param address as of [TaskStatus]
    record TaskOnAgent(
            TaskId taskId,
            TaskState state,
            Optional<Integer> exitCode,
            String message,
            Optional<String> address) {}

    /// What has become of a task, as its agent sees it.
    enum TaskState {
        STAGING,
        STARTING,
        RUNNING,
        /// Ended with exit code 0.
        FINISHED,
        /// Ended with another exit code or by a signal that nobody ordered.
        FAILED,
        /// Ended by an order.
        KILLED,
        /// Could never start: no such user, sandbox not writable.
        ERROR,
        /// Ended, how is not known: the machine was rebooted.
        GONE
    }

    /// A task has moved on.
    ///
    /// @param causation journal sequence of the entry that ordered what happened; 0 for none
    /// @param address the task's own, on a container network
    record TaskStatus(
            String memberId,
            long epoch,
            TaskId taskId,
            TaskState state,
            Optional<Integer> exitCode,
            String message,
            long causation,
            Optional<String> address)
            implements OfEpoch {}

    /// A task's health has changed.
    ///
    /// @param alive whether every check holds
    /// @param exhausted a check has failed as often in a row as it may: the task is to be ended
    record HealthChanged(
            String memberId,
            long epoch,
            TaskId taskId,
            boolean alive,
            boolean exhausted,
            List<HealthResult> results)
            implements OfEpoch {
        public HealthChanged {
            results = List.copyOf(results);
        }
    }

    /// The answer to a task's readiness check has changed.
    ///
    /// @param ready true once; after that the task is not asked any more
    /// @param lastResponse only when the check preserves it
    record ReadinessChanged(
            String memberId,
            long epoch,
            TaskId taskId,
            boolean ready,
            Optional<ReadinessResponse> lastResponse)
            implements OfEpoch {}

    /// What a generic check finds has changed.
    ///
    /// @param taskId of an app's task, or of the container of a pod that is checked
    /// @param result absent when the last look got no answer
    record CheckChanged(String memberId, long epoch, TaskId taskId, Optional<CheckResult> result)
            implements OfEpoch {}

    /// A condemned volume is no more.
    record VolumeDestroyed(String memberId, long epoch, String volumeId) implements OfEpoch {}

    /// An agent says good-bye.
    ///
    /// @param stopTasks its tasks are to be stopped and held until it is back; else they run on
    record AgentLeaving(String memberId, long epoch, boolean stopTasks) implements OfEpoch {}

    /// A proxy begins. Its first beats and acknowledgements carry the epoch that the journal gave
    /// it, which it need not know: proxies are told nothing.
    record ProxyJoined(String memberId, String session, String hostname) implements AgentReport {}

    /// A proxy has stopped giving an endpoint new work, or has nothing in flight there any more.
    record EndpointDrained(String memberId, TaskId taskId, int portIndex, Drain drain)
            implements AgentReport {}

    /// How far a proxy's drain of an endpoint has come.
    enum Drain {
        STOPPED,
        IDLE
    }

    record ProxyLeaving(String memberId) implements AgentReport {}
}

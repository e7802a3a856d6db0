package io.ekiden.agent.core;

import io.ekiden.log.AgentCommand;
import io.ekiden.model.CheckResult;
import io.ekiden.model.Instance.HealthResult;
import io.ekiden.model.Instance.Readiness;
import io.ekiden.model.TaskId;
import java.util.List;
import java.util.Optional;

/// What happens to an agent.
public sealed interface Event {

    /// It is time to join, or to join again.
    ///
    /// @param session unique; `<life>.<n>` with the same `life` for all attempts of one process
    record JoinDue(String session) implements Event {}

    /// A command was read.
    ///
    /// @param leaseFresh the planner heard from this agent recently enough not to have given it up;
    ///   else what it commands may be outdated
    record Commanded(AgentCommand command, boolean leaseFresh) implements Event {}

    /// The task is not started yet: something that takes long is done for it first.
    ///
    /// @param message what, for people
    record Staging(TaskId taskId, String message) implements Event {}

    /// Something of a task was found which no record tells of, or one of a task that had ended.
    record Found(TaskId taskId) implements Event {}

    /// The task's program was executed.
    ///
    /// @param address its own, on a container network
    record Running(TaskId taskId, Optional<String> address) implements Event {
        public Running(TaskId taskId) {
            this(taskId, Optional.empty());
        }
    }

    /// The task has ended and nothing of it is left.
    ///
    /// @param exitCode absent when nobody saw how it ended
    /// @param lastOutput what it has written last; empty when nobody has looked
    record Ended(TaskId taskId, Optional<Integer> exitCode, String message, String lastOutput)
            implements Event {
        public Ended(TaskId taskId, Optional<Integer> exitCode, String message) {
            this(taskId, exitCode, message, "");
        }

        /// Whether its end is one that its output may explain.
        public boolean unexplained() {
            return lastOutput.isEmpty() && exitCode.filter(code -> code != 0).isPresent();
        }

        public Ended withLastOutput(String text) {
            return new Ended(taskId, exitCode, message, text);
        }
    }

    /// The task could not be started.
    record NotStartable(TaskId taskId, String reason) implements Event {}

    /// A task's health has changed.
    record HealthSeen(TaskId taskId, boolean alive, boolean exhausted, List<HealthResult> results)
            implements Event {
        public HealthSeen {
            results = List.copyOf(results);
        }
    }

    /// The answer to a task's readiness check has changed.
    record ReadinessSeen(TaskId taskId, Readiness readiness) implements Event {}

    /// What a generic check finds has changed.
    ///
    /// @param taskId of the task, or of the container of a pod that is checked
    /// @param result absent when there was no answer
    record CheckSeen(TaskId taskId, Optional<CheckResult> result) implements Event {}

    /// A task's sandbox was measured.
    record DiskUsed(TaskId taskId, long bytes) implements Event {}

    /// Kafka has acknowledged a report that was sent in this epoch.
    record Delivered(long version, long epoch) implements Event {}

    /// Kafka did not take a report that was sent in this epoch.
    record Undelivered(long version, long epoch) implements Event {}

    /// The planner has not heard from this agent for so long that it may have given it up.
    record LeaseLapsed() implements Event {}

    /// Every heartbeat interval.
    record Beat() implements Event {}

    record VolumeDestroyed(String volumeId) implements Event {}

    /// Which runtimes can run tasks has changed: the planner is to know.
    record RuntimesChanged() implements Event {}

    record LeaveWanted(boolean stopTasks) implements Event {}

    /// The end of a task, acknowledged, has been forgotten on disk.
    record Forgotten(TaskId taskId) implements Event {}
}

package io.ekiden.agent.core;

import io.ekiden.log.AgentReport;
import io.ekiden.model.TaskId;
import java.time.Duration;
import java.util.List;

/// What the shell is to do, in order.
public sealed interface Action {

    /// Note the ends of the command partitions, then say `joined`.
    record Join(String session, List<AgentReport.TaskOnAgent> inventory) implements Action {
        public Join {
            inventory = List.copyOf(inventory);
        }
    }

    /// The membership has lapsed: begin a new attempt with a new session.
    record JoinAgain(String reason) implements Action {}

    /// Follow this partition from the offset noted before the join.
    record Follow(int partition) implements Action {}

    /// Write the task's record; before any later action.
    record Remember(LocalTask task) implements Action {}

    /// Write down which cluster this work directory belongs to.
    record BelongTo(String clusterId) implements Action {}

    record Start(LocalTask task) implements Action {}

    record Kill(TaskId taskId, Duration grace) implements Action {}

    /// Remove a persistent volume and all that is in it, and say when that is done.
    record DestroyVolume(String volumeId) implements Action {}

    /// Begin this running task's checks; if they run already, report again what they have found.
    record Check(LocalTask task) implements Action {}

    record StopChecking(TaskId taskId) implements Action {}

    /// Send, and say later whether it was delivered.
    record Send(long version, AgentReport.OfEpoch report) implements Action {}

    /// Act no more, and say why.
    record Halt(String reason) implements Action {}
}

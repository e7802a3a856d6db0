package io.ekiden.agent.core;

import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.model.Sorted;
import io.ekiden.model.TaskId;
import java.util.SortedMap;

/// Where an agent stands with the planner.
public sealed interface Membership {
    /// It knocks, under the session of its newest attempt.
    ///
    /// @param announced the states that the newest attempt told
    record Joining(String session, SortedMap<TaskId, TaskState> announced) implements Membership {
        public Joining {
            announced = Sorted.copyOf(announced);
        }
    }

    /// Admitted: it obeys and reports.
    record Member(long epoch, int partition) implements Membership {}

    /// It has said good-bye and launches nothing more; it still ends tasks and reports.
    record Leaving(long epoch, int partition) implements Membership {}

    /// Another agent of the same id was admitted after it. It acts no more; its tasks run on.
    record Fenced(long byEpoch) implements Membership {}

    /// Its work directory belongs to another cluster. It does not act.
    record Refused(String reason) implements Membership {}
}

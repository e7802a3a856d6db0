package io.ekiden.simulator.check;

import io.ekiden.agent.core.LocalTask;
import io.ekiden.log.Actor;
import io.ekiden.log.JournalEntry;
import io.ekiden.model.KillCause;
import io.ekiden.model.TaskId;
import io.ekiden.state.ClusterImage;
import java.util.Optional;

/// Watches one promise. Told of what really happens; says so with [#broken] when the promise does
/// not hold. Knows nothing of how the planner decides.
public interface Checker {
    /// Its number in the catalogue of invariants and a name.
    String id();

    /// One sentence.
    String promise();

    /// An entry was committed; the evidence is still as it was before.
    default void before(JournalEntry entry, Evidence evidence) {}

    /// An entry was committed by the planner of this epoch; the evidence has it.
    default void decided(JournalEntry entry, long epoch, Evidence evidence) {}

    /// An agent has written down what it knows of a task.
    default void remembered(String agentId, TaskId taskId) {}

    /// A machine has destroyed a persistent volume.
    default void volumeGone(String agentId, String volumeId, Evidence evidence) {}

    /// An agent tells its machine to start a task.
    default void startOrdered(String agentId, LocalTask task, Evidence evidence) {}

    /// An agent tells its machine to kill a task.
    default void killOrdered(
            String agentId, TaskId taskId, Optional<KillCause> cause, Evidence evidence) {}

    /// A machine runs a task from now on.
    default void running(Live task, Evidence evidence) {}

    default void ended(Live task, Live.End how, Evidence evidence) {}

    /// An agent has begun again on a machine, and has acted on what it found.
    default void recovered(String agentId, Evidence evidence) {}

    default void requestBegan(Request request, Evidence evidence) {}

    /// A change was written to `desired-state`.
    default void written(String changeId) {}

    /// Somebody has the state as of the end of the journal.
    default void restored(String who, long sequence, ClusterImage image, Evidence evidence) {}

    /// A user's change was answered.
    default void answered(Reply reply, Evidence evidence) {}

    /// A user has read with a barrier.
    default void read(FreshRead read, Evidence evidence) {}

    /// The last fault is over and things have come to rest.
    default void settled(Evidence evidence) {}

    /// Everything was deleted and has come to rest.
    default void emptied(Evidence evidence) {}

    default Broken broken(String detail) {
        return new Broken(this, detail);
    }

    /// What a user was told of a change.
    ///
    /// @param sequence of the entry; absent when the outcome is unknown
    /// @param actor who wanted it
    record Reply(
            String changeId, int status, Optional<Long> sequence, String gateway, Actor actor) {}

    /// What a user has read.
    ///
    /// @param askedAt when the reading began
    /// @param sequence that the answer is of
    record FreshRead(String gateway, long askedAt, long sequence) {}
}

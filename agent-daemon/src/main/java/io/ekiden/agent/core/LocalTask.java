package io.ekiden.agent.core;

import io.ekiden.log.AgentCommand;
import io.ekiden.log.AgentReport.TaskOnAgent;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.model.Instance.Readiness;
import io.ekiden.model.KillCause;
import io.ekiden.model.TaskId;
import java.util.Optional;

/// What an agent knows of one task: what its disk journal keeps. A task id that is known is never
/// started again, whatever became of it.
///
/// @param task its definition; absent when only its id is known (an order to kill a stranger, or a
///   record that could not be read)
/// @param launchSequence of the journal entry that ordered the launch; 0 when not known
/// @param kill the order to end it
/// @param exitCode as a shell gives it: 128 + n for signal n
/// @param acknowledged its end is on the log, so it need not be said again
/// @param readiness what its readiness check has found so far
/// @param address its own, on a container network, once it runs
/// @param limitation why the agent ends it unasked: it has exceeded what its definition allows it
public record LocalTask(
        TaskId taskId,
        Optional<AgentCommand.Task> task,
        long launchSequence,
        TaskState state,
        Optional<KillOrder> kill,
        Optional<Integer> exitCode,
        String message,
        boolean acknowledged,
        Optional<Readiness> readiness,
        Optional<String> address,
        Optional<String> limitation) {

    /// @param sequence of the journal entry that ordered it
    public record KillOrder(long sequence, KillCause cause, int graceSeconds) {}

    static LocalTask assigned(AgentCommand.Task task, long sequence) {
        return new LocalTask(
                task.taskId(),
                Optional.of(task),
                sequence,
                firstState(task),
                Optional.empty(),
                Optional.empty(),
                "",
                false,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /// A container may have to wait for its image, and anything for what is fetched.
    private static TaskState firstState(AgentCommand.Task task) {
        return switch (task.spec().runtime()) {
            case DOCKER -> TaskState.STAGING;
            case MESOS -> task.spec().fetches() ? TaskState.STAGING : TaskState.STARTING;
        };
    }

    /// A task of which only the id is known.
    public static LocalTask stranger(TaskId taskId, TaskState state, String message) {
        return new LocalTask(
                taskId,
                Optional.empty(),
                0,
                state,
                Optional.empty(),
                Optional.empty(),
                message,
                false,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    public boolean ended() {
        return switch (state) {
            case STAGING, STARTING, RUNNING -> false;
            case FINISHED, FAILED, KILLED, ERROR, GONE -> true;
        };
    }

    /// The journal entry that ordered the present state; 0 when nobody did.
    public long causation() {
        return switch (state) {
            case STAGING, STARTING, RUNNING -> launchSequence;
            case KILLED -> kill.map(KillOrder::sequence).orElse(0L);
            case FINISHED, FAILED, ERROR, GONE -> 0;
        };
    }

    TaskOnAgent inInventory() {
        return new TaskOnAgent(taskId, state, exitCode, message, address);
    }

    public LocalTask withState(TaskState state, Optional<Integer> exitCode, String message) {
        return new LocalTask(
                taskId,
                task,
                launchSequence,
                state,
                kill,
                exitCode,
                message,
                acknowledged,
                readiness,
                address,
                limitation);
    }

    LocalTask withKill(KillOrder order) {
        return new LocalTask(
                taskId,
                task,
                launchSequence,
                state,
                Optional.of(order),
                exitCode,
                message,
                acknowledged,
                readiness,
                address,
                limitation);
    }

    LocalTask withLimitation(String why) {
        return new LocalTask(
                taskId,
                task,
                launchSequence,
                state,
                kill,
                exitCode,
                message,
                acknowledged,
                readiness,
                address,
                Optional.of(why));
    }

    LocalTask withDefinition(AgentCommand.Task definition) {
        return new LocalTask(
                taskId,
                Optional.of(definition),
                launchSequence,
                state,
                kill,
                exitCode,
                message,
                acknowledged,
                readiness,
                address,
                limitation);
    }

    LocalTask withAcknowledged() {
        return new LocalTask(
                taskId,
                task,
                launchSequence,
                state,
                kill,
                exitCode,
                message,
                true,
                readiness,
                address,
                limitation);
    }

    public LocalTask withReadiness(Readiness found) {
        return new LocalTask(
                taskId,
                task,
                launchSequence,
                state,
                kill,
                exitCode,
                message,
                acknowledged,
                Optional.of(found),
                address,
                limitation);
    }

    LocalTask running(Optional<String> address) {
        return new LocalTask(
                taskId,
                task,
                launchSequence,
                TaskState.RUNNING,
                kill,
                Optional.empty(),
                "",
                acknowledged,
                readiness,
                address,
                limitation);
    }
}

package io.ekiden.agent.core;

import io.ekiden.agent.Given;
import io.ekiden.agent.ScriptedPlanner;
import io.ekiden.agent.core.AgentSteps.Step;
import io.ekiden.log.AgentCommand;
import io.ekiden.log.AgentReport;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.log.AgentReport.TaskStatus;
import io.ekiden.model.KillCause;
import io.ekiden.model.TaskId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What tests of the agent's steps have in common: an agent `a1`, a task, and what happens to them,
/// said step by step.
abstract class AgentStepsFixture {
    static final AgentCommand.Task TASK = Given.cmd("sleep 1").grace(9).task();
    static final TaskId ID = TASK.taskId();
    static final int DEFAULT_GRACE = 3;

    /// An agent, and all that it was told to do in its last step.
    AgentState state;

    List<Action> actions = List.of();

    final AgentStepsFixture begins(LocalTask... recovered) {
        return after(AgentSteps.begin("a1", Optional.empty(), DEFAULT_GRACE, List.of(recovered)));
    }

    final AgentStepsFixture on(Event event) {
        return after(AgentSteps.step(state, event));
    }

    final AgentStepsFixture after(Step step) {
        state = step.state();
        actions = step.actions();
        return this;
    }

    final AgentStepsFixture joins(String session) {
        return on(new Event.JoinDue(session));
    }

    final AgentStepsFixture commanded(AgentCommand command) {
        return on(new Event.Commanded(command, true));
    }

    final AgentStepsFixture welcomed(String session, long epoch, AgentCommand.Task... assignment) {
        return commanded(ScriptedPlanner.welcome("a1", epoch, session, "c1", 7, assignment));
    }

    final AgentStepsFixture member(LocalTask... recovered) {
        return begins(recovered).joins("me.1").welcomed("me.1", 10);
    }

    final AgentStepsFixture launched() {
        return commanded(new AgentCommand.Launch("a1", 10, 11, TASK));
    }

    static AgentCommand kill(long epoch) {
        return new AgentCommand.Kill("a1", epoch, 12, ID, KillCause.USER, Optional.empty());
    }

    final <T> List<T> done(Class<T> kind) {
        return actions.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    final List<AgentReport.OfEpoch> said() {
        return done(Action.Send.class).stream().map(Action.Send::report).toList();
    }

    final List<TaskState> states() {
        return said().stream()
                .filter(TaskStatus.class::isInstance)
                .map(r -> ((TaskStatus) r).state())
                .toList();
    }

    final LocalTask task() {
        return state.tasks().get(ID);
    }

    final AgentStepsFixture delivered() {
        var sent = new ArrayList<>(done(Action.Send.class));
        for (var send : sent) {
            on(new Event.Delivered(send.version(), send.report().epoch()));
        }
        return this;
    }
}

package io.ekiden.agent.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.agent.Given;
import io.ekiden.agent.ScriptedPlanner;
import io.ekiden.log.AgentCommand;
import io.ekiden.log.AgentReport;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What an agent says and does of tasks on container networks.
final class ContainerNetworkTest {
    private final AgentCommand.Task task = Given.cmd("x").image("x").on("web").listening(80).task();
    private final AgentCommand.Task other =
            Given.cmd("x").image("x").on("web").listening(80).task();
    private AgentState state = AgentSteps.begin("a1", Optional.empty(), 3, List.of()).state();

    private List<Action> on(Event event) {
        var step = AgentSteps.step(state, event);
        state = step.state();
        return step.actions();
    }

    private List<Action> launched(AgentCommand.Task one) {
        return on(new Event.Commanded(new AgentCommand.Launch("a1", 10, 11, one), true));
    }

    private void joins(String session) {
        on(new Event.JoinDue(session));
        on(new Event.Commanded(ScriptedPlanner.welcome("a1", 10, session, "c1", 7), true));
    }

    private static <T> List<T> done(List<Action> actions, Class<T> kind) {
        return actions.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    @Test
    void theAddressOfATaskIsToldWithItsStatusAndInTheInventory() {
        joins("me.1");
        launched(task);

        var running = on(new Event.Running(task.taskId(), Optional.of("10.9.0.7")));
        var join = on(new Event.JoinDue("me.2"));

        assertThat(done(running, Action.Send.class))
                .extracting(send -> ((AgentReport.TaskStatus) send.report()).address())
                .containsExactly(Optional.of("10.9.0.7"));
        assertThat(done(join, Action.Join.class).getFirst().inventory())
                .extracting(AgentReport.TaskOnAgent::address)
                .containsExactly(Optional.of("10.9.0.7"));
    }

    @Test
    void tasksWithoutHostPortsDoNotWaitForOneAnother() {
        joins("me.1");

        assertThat(done(launched(task), Action.Start.class)).hasSize(1);
        assertThat(done(launched(other), Action.Start.class)).hasSize(1);
    }
}

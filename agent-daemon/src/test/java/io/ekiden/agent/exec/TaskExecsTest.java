package io.ekiden.agent.exec;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.agent.Given;
import io.ekiden.agent.GivenPod;
import io.ekiden.agent.core.AgentSteps;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.runtime.Exec;
import io.ekiden.log.AgentReport.TaskState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// In which task, and which of its containers, a command is begun.
final class TaskExecsTest {
    private static final Exec.Wanted WANTED = new Exec.Wanted(List.of("true"), false, false);

    private final List<String> begun = new ArrayList<>();

    private Execs execs(LocalTask... tasks) {
        var state = AgentSteps.begin("a1", Optional.empty(), 0, List.of(tasks)).state();
        return new TaskExecs(
                () -> state,
                (task, _) -> {
                    begun.add(task.taskId().value());
                    return new Exec.Begun.Failed("it was tried");
                });
    }

    private static LocalTask pod(String... namesAndCommands) {
        return GivenPod.of("", "", namesAndCommands)
                .withState(TaskState.RUNNING, Optional.empty(), "");
    }

    private static Execs.Begun refused(int status, String message) {
        return new Execs.Begun.Refused(status, message);
    }

    @Test
    void ofAnAppItIsTheTask() {
        var task = Given.cmd("x").local(Given.taskId(), TaskState.RUNNING);
        var execs = execs(task);

        assertThat(execs.begin(task.taskId(), Optional.empty(), WANTED))
                .isEqualTo(refused(409, "it was tried"));
        assertThat(begun).containsExactly(task.taskId().value());
        assertThat(execs.begin(task.taskId(), Optional.of("c"), WANTED))
                .isEqualTo(
                        refused(
                                400,
                                "Task '%s' is no pod's: it has no containers"
                                        .formatted(task.taskId())));
    }

    @Test
    void ofAPodItIsTheContainerThatIsNamedOrTheOnlyOne() {
        var one = pod("one", "x");
        execs(one).begin(one.taskId(), Optional.empty(), WANTED);
        assertThat(begun).containsExactly(one.taskId().ofContainer("one").value());
        begun.clear();

        var two = pod("one", "x", "two", "x");
        var execs = execs(two);
        execs.begin(two.taskId(), Optional.of("two"), WANTED);
        execs.begin(two.taskId().ofContainer("one"), Optional.empty(), WANTED);
        assertThat(begun)
                .containsExactly(
                        two.taskId().ofContainer("two").value(),
                        two.taskId().ofContainer("one").value());
        assertThat(execs.begin(two.taskId(), Optional.empty(), WANTED))
                .isEqualTo(
                        refused(
                                400,
                                "The pod has several containers: say container= and one of one, two"));
        assertThat(execs.begin(two.taskId(), Optional.of("three"), WANTED))
                .isEqualTo(
                        refused(
                                400,
                                "There is no container 'three': say container= and one of one, two"));
    }

    @Test
    void whatDoesNotRunOrIsNotHereIsRefused() {
        var task = Given.cmd("x").local(Given.taskId(), TaskState.STARTING);
        assertThat(execs(task).begin(task.taskId(), Optional.empty(), WANTED))
                .isEqualTo(refused(409, "Task '%s' does not run".formatted(task.taskId())));
        assertThat(execs().begin(task.taskId(), Optional.empty(), WANTED))
                .isEqualTo(refused(404, "Task '%s' is not on this agent".formatted(task.taskId())));
        assertThat(begun).isEmpty();
    }
}

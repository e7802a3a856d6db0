package io.ekiden.agent.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.agent.Given;
import io.ekiden.agent.GivenPod;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.log.AgentReport.TaskStatus;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DiskQuotaTest extends AgentStepsFixture {
    private static final long MIB = 1L << 20;

    private AgentStepsFixture running(double disk) {
        var task = Given.cmd("x").disk(disk).grace(9).local(ID, TaskState.RUNNING);
        return begins(task).joins("me.1").welcomed("me.1", 10, task.task().orElseThrow());
    }

    @Test
    void aTaskThatExceedsItsDiskIsEndedAtOnceAndFailsByTheFigures() {
        running(10).on(new Event.DiskUsed(ID, 12 * MIB));
        assertThat(actions.stream().map(a -> a.getClass().getSimpleName()))
                .containsExactly("Remember", "StopChecking", "Kill");
        assertThat(done(Action.Kill.class).getFirst().grace()).isEqualTo(Duration.ZERO);

        on(new Event.Ended(ID, Optional.of(137), "Command terminated with signal Killed", "last"));
        assertThat(states()).containsExactly(TaskState.FAILED);
        assertThat(((TaskStatus) said().getFirst()).message())
                .isEqualTo("Disk usage (12 MB) exceeds quota (10 MB)\nlast");
    }

    @ParameterizedTest(name = "disk {0}, used {1}: {2}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    10   | 10485760          | ''
                    10   | 10485761          | Disk usage (10.1 MB) exceeds quota (10 MB)
                    0    | 99999999999       | ''
                    0.5  | 524289            | Disk usage (0.6 MB) exceeds quota (0.5 MB)
                    1073741824 | 1125899906842625 | Disk usage (1073741824.1 MB) exceeds quota (1073741824 MB)
                    """)
    void moreThanTheDefinitionsDiskIsTooMuchAndWithoutOneNothingIs(
            double disk, long used, String why) {
        running(disk).on(new Event.DiskUsed(ID, used));
        assertThat(task().limitation().orElse("")).isEqualTo(why);
        assertThat(done(Action.Kill.class)).hasSize(why.isEmpty() ? 0 : 1);
    }

    @Test
    void whoIsEndedAlreadyIsNotEndedAgain() {
        running(10).on(new Event.DiskUsed(ID, 12 * MIB)).on(new Event.DiskUsed(ID, 13 * MIB));
        assertThat(actions).isEmpty();
        running(10).commanded(kill(10)).on(new Event.DiskUsed(ID, 12 * MIB));
        assertThat(actions).isEmpty();
        on(new Event.Ended(ID, Optional.of(0), "over")).on(new Event.DiskUsed(ID, 12 * MIB));
        assertThat(actions).isEmpty();
    }

    @Test
    void anOrderThatComesMeanwhileIsObeyed() {
        running(10).on(new Event.DiskUsed(ID, 12 * MIB)).commanded(kill(10));
        on(new Event.Ended(ID, Optional.of(137), "killed"));
        assertThat(states()).containsExactly(TaskState.KILLED);
    }

    @Test
    void anAgentThatRestartsGoesOnEndingIt() {
        running(10).on(new Event.DiskUsed(ID, 12 * MIB));
        begins(task());
        assertThat(done(Action.Kill.class)).hasSize(1);
        assertThat(done(Action.Check.class)).isEmpty();
    }

    @Test
    void itIsEndedWhileThePlannerIsNotHeardButNotByAnAgentThatWasReplaced() {
        running(10).on(new Event.LeaseLapsed()).on(new Event.DiskUsed(ID, 12 * MIB));
        assertThat(done(Action.Kill.class)).hasSize(1);

        running(10).welcomed("another.1", 20).on(new Event.DiskUsed(ID, 12 * MIB));
        assertThat(state.membership()).isInstanceOf(Membership.Fenced.class);
        assertThat(actions).isEmpty();
    }

    @ParameterizedTest(name = "{0} and {1}, executor {2}: {3}")
    @CsvSource({"0,0,10,0", "5,0,10,15", "5,7,20,32"})
    void aPodHasTheDiskOfAllItsContainersAndItsExecutorIfAnyNamesSome(
            int first, int second, int executor, int quota) {
        var pod =
                GivenPod.pod(
                        """
                        {'containers': [
                          {'name': 'a', 'exec': {'command': {'shell': 'x'}}, 'resources': {'cpus': 0.1, 'mem': 32, 'disk': %d}},
                          {'name': 'b', 'exec': {'command': {'shell': 'x'}}, 'resources': {'cpus': 0.1, 'mem': 32, 'disk': %d}}],
                         'executorResources': {'disk': %d}}\
                        """
                                .formatted(first, second, executor));
        var task = GivenPod.task(pod, List.of()).task().orElseThrow();
        assertThat(DiskQuota.of(task).map(DiskQuota::bytes).orElse(0L)).isEqualTo(quota * MIB);
    }
}

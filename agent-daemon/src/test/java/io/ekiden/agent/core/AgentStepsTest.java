package io.ekiden.agent.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.agent.Given;
import io.ekiden.log.AgentCommand;
import io.ekiden.log.AgentReport;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.model.Artifact;
import io.ekiden.model.TaskId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class AgentStepsTest extends AgentStepsFixture {

    @Test
    void writesTheRecordBeforeItStarts() {
        member().launched();
        assertThat(actions.stream().map(a -> a.getClass().getSimpleName()))
                .containsExactly("Remember", "Start", "Send");
        assertThat(states()).containsExactly(TaskState.STARTING);
    }

    @Test
    void aContainerIsStagingUntilItRunsAndWhatHoldsItUpIsReported() {
        var docker = Given.cmd("x").image("shop/web:1").task(ID);
        member().commanded(new AgentCommand.Launch("a1", 10, 11, docker));
        assertThat(states()).containsExactly(TaskState.STAGING);
        delivered().on(new Event.Staging(ID, "pulling image shop/web:1"));
        assertThat(states()).containsExactly(TaskState.STAGING);
        assertThat(task().message()).isEqualTo("pulling image shop/web:1");
        delivered().on(new Event.Staging(ID, "pulling image shop/web:1"));
        assertThat(actions).isEmpty();
        on(new Event.Running(ID)).delivered().on(new Event.Staging(ID, "too late"));
        assertThat(task().state()).isEqualTo(TaskState.RUNNING);
        assertThat(actions).isEmpty();
    }

    @Test
    void aTaskIsStagingWhileItsArtifactsAreFetched() {
        var artifact = new Artifact("http://x/y", true, false, false, Optional.empty());
        var task = Given.cmd("x").fetch(artifact).task(ID);
        member().commanded(new AgentCommand.Launch("a1", 10, 11, task));
        assertThat(states()).containsExactly(TaskState.STAGING);
    }

    @Test
    void whatNoRecordTellsOfIsRememberedAndSaidInANewJoinAndNotEnded() {
        member().on(new Event.Found(ID));
        assertThat(task()).isEqualTo(LocalTask.stranger(ID, TaskState.STARTING, ""));
        assertThat(done(Action.JoinAgain.class)).hasSize(1);
        assertThat(done(Action.Kill.class)).isEmpty();
        joins("me.2");
        assertThat(done(Action.Join.class).getFirst().inventory())
                .extracting(AgentReport.TaskOnAgent::taskId)
                .containsExactly(ID);
    }

    @Test
    void aTaskThatHadEndedAndIsFoundAgainIsAStranger() {
        member().launched().on(new Event.Ended(ID, Optional.of(0), "over"));
        on(new Event.Found(ID));
        assertThat(task()).isEqualTo(LocalTask.stranger(ID, TaskState.STARTING, ""));
    }

    @Test
    void aTaskThatIsKnownIsNotFound() {
        member().launched().delivered().on(new Event.Found(ID));
        assertThat(actions).isEmpty();
        assertThat(task().task()).isPresent();
    }

    @ParameterizedTest(name = "epoch {0}, agent {1}: started {2}")
    @CsvSource({"10,a1,1", "9,a1,0", "11,a1,0", "10,a2,0"})
    void launchesOnlyWhatIsMeantForItNow(long epoch, String agent, int started) {
        member().commanded(new AgentCommand.Launch(agent, epoch, 11, TASK));
        assertThat(done(Action.Start.class)).hasSize(started);
    }

    @Test
    void aKnownTaskIsNeverStartedAgain() {
        member().launched().launched();
        assertThat(done(Action.Start.class)).isEmpty();
        on(new Event.Ended(ID, Optional.of(0), "over")).launched();
        assertThat(done(Action.Start.class)).isEmpty();
        assertThat(states()).containsExactly(TaskState.FINISHED);
        joins("me.2").welcomed("me.2", 20, TASK);
        assertThat(done(Action.Start.class)).isEmpty();
    }

    /// The planner has given it up, and its ports to another, while it could not reach this agent.
    @Test
    void aTaskWaitsForTheEndOfWhatStillHasItsPorts() {
        var orphan = Given.cmd("old").ports(31000, 31001).local(ID, TaskState.RUNNING);
        var next = Given.cmd("new").ports(31001).task(new TaskId("web.instance-2._app.1"));
        var other = Given.cmd("new").ports(31002).task(new TaskId("web.instance-3._app.1"));
        begins(orphan).joins("me.1").welcomed("me.1", 10, next, other);
        assertThat(started()).containsExactly(other.taskId());

        commanded(kill(10));
        assertThat(started()).isEmpty();
        on(new Event.Ended(ID, Optional.of(143), "terminated"));
        assertThat(started()).isEmpty();
        on(new Event.Beat());
        assertThat(started()).containsExactly(next.taskId());
        on(new Event.Beat());
        assertThat(started()).isEmpty();
    }

    /// Its planner may have given it up, and its ports to another.
    @Test
    void aTaskThatWaitsIsNotStartedWhenTheLeaseHasLapsed() {
        var next = Given.cmd("new").ports(31000).task(ID);
        var orphan = new TaskId("web.instance-2._app.1");
        member(Given.cmd("old").ports(31000).local(orphan, TaskState.RUNNING));
        commanded(new AgentCommand.Launch("a1", 10, 11, next));

        on(new Event.Ended(orphan, Optional.of(0), "over"));
        on(new Event.LeaseLapsed());
        on(new Event.Beat());
        assertThat(started()).isEmpty();
    }

    @Test
    void aTaskThatIsKilledWhileItWaitsIsNeverStarted() {
        var next = Given.cmd("new").ports(31000).task(ID);
        var orphan = new TaskId("web.instance-2._app.1");
        member(Given.cmd("old").ports(31000).local(orphan, TaskState.RUNNING));
        commanded(new AgentCommand.Launch("a1", 10, 11, next)).commanded(kill(10));
        assertThat(done(Action.Kill.class)).isEmpty();
        assertThat(task().state()).isEqualTo(TaskState.KILLED);

        on(new Event.Ended(orphan, Optional.of(0), "over"));
        on(new Event.Beat());
        assertThat(started()).isEmpty();
    }

    @Test
    void aTaskThatWaitsIsNotStartedWhenItsPlannerHasGivenItUp() {
        var next = Given.cmd("new").ports(31000).task(ID);
        var orphan = new TaskId("web.instance-2._app.1");
        member(Given.cmd("old").ports(31000).local(orphan, TaskState.RUNNING));
        commanded(new AgentCommand.Launch("a1", 10, 11, next));
        on(new Event.LeaseLapsed()).joins("me.2").welcomed("me.2", 12);
        assertThat(task().state()).isEqualTo(TaskState.KILLED);

        on(new Event.Ended(orphan, Optional.of(0), "over"));
        on(new Event.Beat());
        assertThat(started()).isEmpty();
    }

    private List<TaskId> started() {
        return done(Action.Start.class).stream().map(start -> start.task().taskId()).toList();
    }

    @Test
    void aTaskKilledBeforeItsLaunchIsNeverStarted() {
        member().commanded(kill(10));
        assertThat(states()).containsExactly(TaskState.GONE);
        launched();
        assertThat(done(Action.Start.class)).isEmpty();
    }

    @Test
    void killsOnceWithTheGraceOfTheOrderOrTheAppOrTheAgent() {
        member().launched().commanded(kill(10));
        assertThat(done(Action.Kill.class))
                .containsExactly(new Action.Kill(ID, Duration.ofSeconds(9)));
        commanded(kill(10));
        assertThat(done(Action.Kill.class)).isEmpty();
        commanded(kill(9));
        assertThat(actions).isEmpty();
        on(new Event.Ended(ID, Optional.of(143), "terminated"));
        assertThat(states()).containsExactly(TaskState.KILLED);
        assertThat(task().causation()).isEqualTo(12);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({"0,FINISHED", "3,FAILED", "137,FAILED", ",FAILED"})
    void tellsHowATaskEnded(Integer exit, TaskState state) {
        member().launched().on(new Event.Ended(ID, Optional.ofNullable(exit), "text"));
        assertThat(states()).containsExactly(state);
        on(new Event.Running(ID));
        assertThat(actions).isEmpty();
    }

    @Test
    void aTaskOutsideTheAssignmentIsLeftAlone() {
        member(Given.cmd("sleep 1").local(ID, TaskState.RUNNING));
        assertThat(done(Action.Kill.class)).isEmpty();
        assertThat(task().state()).isEqualTo(TaskState.RUNNING);
        commanded(kill(10));
        assertThat(done(Action.Kill.class)).hasSize(1);
    }

    @Test
    void whatTheAssignmentTakesToRunHereAndIsNotKnownIsGone() {
        var seen = new AgentCommand.Task(ID, TASK.app(), List.of(), List.of(), false);
        begins().joins("me.1").welcomed("me.1", 10, seen);
        assertThat(done(Action.Start.class)).isEmpty();
        assertThat(states()).containsExactly(TaskState.GONE);
    }

    @Test
    void aTaskKnownByItsIdAloneGetsItsDefinitionBack() {
        begins(LocalTask.stranger(ID, TaskState.RUNNING, ""))
                .joins("me.1")
                .welcomed("me.1", 10, TASK);
        assertThat(task().task()).contains(TASK);
        assertThat(done(Action.Start.class)).isEmpty();
        assertThat(done(Action.Check.class)).hasSize(1);
    }

    @Test
    void aTaskKnownByItsIdAloneMayUseAnyVolume() {
        begins(LocalTask.stranger(ID, TaskState.RUNNING, ""))
                .joins("me.1")
                .welcomed("me.1", 10)
                .commanded(new AgentCommand.DestroyVolume("a1", 10, 11, "v1"));
        assertThat(done(Action.DestroyVolume.class)).isEmpty();
        on(new Event.Ended(ID, Optional.of(0), "over"));
        assertThat(done(Action.DestroyVolume.class))
                .containsExactly(new Action.DestroyVolume("v1"));
    }

    @Test
    void saysNothingWhileItJoinsAndEverythingAfter() {
        member().launched().joins("me.2");
        on(new Event.Running(ID));
        assertThat(said()).isEmpty();
        on(new Event.Ended(ID, Optional.of(0), "over"));
        assertThat(said()).isEmpty();
        welcomed("me.2", 20);
        assertThat(states()).containsExactly(TaskState.FINISHED);
        assertThat(said().getFirst().epoch()).isEqualTo(20);
    }

    @Test
    void anEndStaysInTheInventoryUntilItIsAcknowledged() {
        member().launched().on(new Event.Ended(ID, Optional.of(0), "over")).joins("me.2");
        assertThat(done(Action.Join.class).getFirst().inventory()).hasSize(1);
        welcomed("me.2", 20);
        // The planner has answered the inventory: it need not be said again.
        assertThat(said()).isEmpty();
        joins("me.3");
        assertThat(done(Action.Join.class).getFirst().inventory()).isEmpty();
    }

    @Test
    void anAcknowledgementOfAnEarlierEpochDoesNotCount() {
        member().launched().on(new Event.Ended(ID, Optional.of(0), "over"));
        var sent = done(Action.Send.class).getFirst();
        joins("me.2").on(new Event.Delivered(sent.version(), 10));
        assertThat(task().acknowledged()).isFalse();
    }

    @Test
    void aReportThatKafkaDidNotTakeIsSaidAgainAndOnlyTheNewestOfATask() {
        member().launched();
        var starting = done(Action.Send.class).getFirst();
        on(new Event.Running(ID));
        var running = done(Action.Send.class).getFirst();
        on(new Event.Undelivered(starting.version(), 10));
        on(new Event.Undelivered(running.version(), 10));
        on(new Event.Beat());
        assertThat(states()).containsExactly(TaskState.RUNNING);
        on(new Event.Beat());
        assertThat(said()).isEmpty();
        on(new Event.Delivered(running.version(), 10));
        assertThat(state.outbox().pending()).isEmpty();
    }

    @Test
    void anotherAgentsLaterWelcomeFencesIt() {
        member().launched().welcomed("them.1", 20);
        assertThat(state.membership()).isEqualTo(new Membership.Fenced(20));
        Stream.of(kill(10), kill(20), new AgentCommand.Launch("a1", 20, 21, Given.cmd("x").task()))
                .forEach(command -> {
                    commanded(command);
                    assertThat(actions).isEmpty();
                });
        joins("me.9");
        assertThat(actions).isEmpty();
    }

    @Test
    void anEarlierWelcomeOfAnotherIsNothingToTheOneThatJoins() {
        begins().joins("me.1").welcomed("them.1", 9);
        assertThat(actions).isEmpty();
        welcomed("me.1", 10);
        assertThat(state.membership()).isEqualTo(new Membership.Member(10, 7));
        welcomed("them.1", 9);
        assertThat(state.membership()).isEqualTo(new Membership.Member(10, 7));
    }

    @Test
    void onlyTheNewestOfItsOwnSessionsCounts() {
        begins().joins("me.1").joins("me.2").welcomed("me.1", 10);
        assertThat(state.membership()).isInstanceOf(Membership.Joining.class);
        welcomed("me.2", 11);
        assertThat(state.membership()).isEqualTo(new Membership.Member(11, 7));
    }

    @Test
    void aLateWelcomeOfItsOwnEarlierAttemptDoesNotFenceIt() {
        begins().joins("me.1").joins("me.2").welcomed("me.2", 10).welcomed("me.1", 11);
        assertThat(done(Action.JoinAgain.class)).hasSize(1);
        assertThat(state.membership()).isInstanceOf(Membership.Joining.class);
    }

    @Test
    void aCommandAfterALongSilenceMakesItAskAnew() {
        member().on(new Event.Commanded(new AgentCommand.Launch("a1", 10, 11, TASK), false));
        assertThat(done(Action.Start.class)).isEmpty();
        assertThat(done(Action.JoinAgain.class)).hasSize(1);
        launched();
        assertThat(actions).isEmpty();
    }

    @Test
    void joinsAgainWhenItsOwnEpochWasGivenUp() {
        member().commanded(new AgentCommand.Rejoin("a1", 9, 12));
        assertThat(actions).isEmpty();
        commanded(new AgentCommand.Rejoin("a1", 10, 12));
        assertThat(done(Action.JoinAgain.class)).hasSize(1);
    }

    @Test
    void aWorkDirectoryOfAnotherClusterIsNotActedOn() {
        after(AgentSteps.begin("a1", Optional.of("c0"), DEFAULT_GRACE, List.of()));
        joins("me.1").welcomed("me.1", 10, TASK);
        assertThat(actions).hasOnlyElementsOfType(Action.Halt.class);
        assertThat(state.membership()).isInstanceOf(Membership.Refused.class);
    }

    @Test
    void aKillThatWasOrderedBeforeACrashIsCarriedOn() {
        member().launched().commanded(kill(10));
        begins(task());
        assertThat(done(Action.Kill.class)).hasSize(1);
    }

    @Test
    void whenItLeavesItStillKillsButLaunchesNoMore() {
        member().launched().on(new Event.LeaveWanted(true));
        assertThat(said()).containsExactly(new AgentReport.AgentLeaving("a1", 10, true));
        commanded(new AgentCommand.Launch("a1", 10, 13, Given.cmd("x").task()));
        assertThat(actions).isEmpty();
        commanded(kill(10));
        assertThat(done(Action.Kill.class)).hasSize(1);
    }

    @Test
    void forgetsOnlyWhatHasEndedAndWasAcknowledged() {
        member().launched().on(new Event.Forgotten(ID));
        assertThat(task()).isNotNull();
        on(new Event.Ended(ID, Optional.of(0), "over"));
        delivered().on(new Event.Forgotten(ID));
        assertThat(state.tasks()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(TaskState.class)
    void endedMeansEnded(TaskState each) {
        boolean live =
                List.of(TaskState.STAGING, TaskState.STARTING, TaskState.RUNNING).contains(each);
        assertThat(LocalTask.stranger(ID, each, "").ended()).isNotEqualTo(live);
    }
}

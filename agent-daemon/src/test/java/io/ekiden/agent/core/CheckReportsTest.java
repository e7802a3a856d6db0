package io.ekiden.agent.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.log.AgentReport;
import io.ekiden.log.AgentReport.CheckChanged;
import io.ekiden.log.AgentReport.HealthChanged;
import io.ekiden.log.AgentReport.ReadinessChanged;
import io.ekiden.model.CheckResult;
import io.ekiden.model.Instance.Readiness;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What an agent says of its tasks' checks, and when.
final class CheckReportsTest extends AgentStepsFixture {

    @Test
    void exhaustionIsNotForgottenWhenTheTaskRecoversBeforeItWasSaid() {
        member().launched().on(new Event.Running(ID)).joins("me.2");
        on(new Event.HealthSeen(ID, false, true, List.of()));
        on(new Event.HealthSeen(ID, true, false, List.of()));
        welcomed("me.2", 20);
        assertThat(said().stream().filter(HealthChanged.class::isInstance))
                .containsExactly(new HealthChanged("a1", 20, ID, true, true, List.of()));
    }

    private List<AgentReport.OfEpoch> readinessSaid() {
        return said().stream().filter(ReadinessChanged.class::isInstance).toList();
    }

    @Test
    void readinessIsRememberedAndSaidAgainWithEveryWelcome() {
        var ready = new Readiness(true, Optional.empty());
        member().launched().on(new Event.Running(ID)).on(new Event.ReadinessSeen(ID, ready));
        assertThat(readinessSaid())
                .containsExactly(new ReadinessChanged("a1", 10, ID, true, Optional.empty()));
        assertThat(done(Action.Remember.class)).containsExactly(new Action.Remember(task()));
        assertThat(task().readiness()).contains(ready);

        begins(task()).joins("me.2").welcomed("me.2", 20, TASK);
        assertThat(done(Action.Check.class)).containsExactly(new Action.Check(task()));
        assertThat(readinessSaid())
                .containsExactly(new ReadinessChanged("a1", 20, ID, true, Optional.empty()));
    }

    private List<AgentReport.OfEpoch> checksSaid() {
        return said().stream().filter(CheckChanged.class::isInstance).toList();
    }

    @Test
    void ofEachContainersCheckTheLastThatItFoundIsSaid() {
        var a = ID.ofContainer("a");
        var b = ID.ofContainer("b");
        var good = Optional.<CheckResult>of(new CheckResult.Command(0));
        var bad = Optional.<CheckResult>of(new CheckResult.Command(1));
        member().launched().on(new Event.Running(ID)).joins("me.2");
        on(new Event.CheckSeen(a, good)).on(new Event.CheckSeen(b, good));
        on(new Event.CheckSeen(a, bad)).on(new Event.CheckSeen(b, Optional.empty()));

        welcomed("me.2", 20);

        assertThat(checksSaid())
                .containsExactly(
                        new CheckChanged("a1", 20, a, bad),
                        new CheckChanged("a1", 20, b, Optional.empty()));
    }

    @Test
    void ofATaskThatHasEndedOrIsToEndNothingIsSaidThatItsChecksFound() {
        var seen = new Event.CheckSeen(ID.ofContainer("a"), Optional.of(new CheckResult.Tcp(true)));
        member().launched().on(new Event.Running(ID)).commanded(kill(10)).on(seen);
        assertThat(said()).isEmpty();

        member().launched().on(new Event.Running(ID)).joins("me.2").on(seen);
        on(new Event.Ended(ID, Optional.of(0), "")).welcomed("me.2", 20);
        assertThat(checksSaid()).isEmpty();
    }

    @Test
    void ofATaskThatHasEndedOrIsToEndNoReadinessIsSaid() {
        var seen = new Event.ReadinessSeen(ID, new Readiness(true, Optional.empty()));
        member().launched().on(new Event.Running(ID)).commanded(kill(10)).on(seen);
        assertThat(said()).isEmpty();

        member().launched().on(new Event.Running(ID)).joins("me.2").on(seen);
        on(new Event.Ended(ID, Optional.of(0), "")).welcomed("me.2", 20);
        assertThat(readinessSaid()).isEmpty();
    }
}

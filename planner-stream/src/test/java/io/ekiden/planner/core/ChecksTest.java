package io.ekiden.planner.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.log.Fact;
import io.ekiden.log.JournalEntry;
import io.ekiden.log.Rejection;
import io.ekiden.model.CheckResult;
import io.ekiden.model.Instance;
import io.ekiden.model.TaskId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What generic checks find is kept with the instance, and nothing else comes of it.
class ChecksTest {
    private static final Optional<CheckResult> GOOD = Optional.of(new CheckResult.Http(200));
    private static final Optional<CheckResult> BAD = Optional.of(new CheckResult.Http(500));

    private final World world = new World();

    @AfterEach
    void theJournalDecidedAgainGivesTheSame() {
        world.replays();
    }

    private void runs() {
        world.agent("a1", 4)
                .create(
                        "/web",
                        """
                        {"cmd": "sleep 1", "cpus": 0.1, "mem": 32, "check": {"http": {}},
                         "healthChecks": [{"protocol": "TCP"}]}
                        """);
        world.work();
        world.health(instance(), true, false);
        world.work();
    }

    private Instance instance() {
        return world.instances("/web").getFirst();
    }

    private JournalEntry found(TaskId part, Optional<CheckResult> result) {
        long epoch = world.image.agent("a1").orElseThrow().epoch();
        return world.check(part, "a1", epoch, result);
    }

    private JournalEntry found(Optional<CheckResult> result) {
        return found(instance().taskId(), result);
    }

    @Test
    void whatIsFoundIsKeptAndNothingIsDoneAboutIt() {
        runs();
        var before = instance();

        assertThat(found(BAD).facts())
                .isEqualTo(List.of(new Fact.CheckPut(before.withCheck("_app", BAD))));
        assertThat(instance().check("_app")).isEqualTo(BAD);
        assertThat(instance().healthy()).contains(true);
        assertThat(world.image.endpoints()).hasSize(1);
        assertThat(found(BAD).facts()).isEmpty();
        assertThat(found(Optional.empty()).facts()).isEqualTo(List.of(new Fact.CheckPut(before)));
        assertThat(found(Optional.empty()).facts()).isEmpty();
    }

    @Test
    void containersOfAPodAreToldApart() {
        runs();
        var task = instance().taskId();

        found(task.ofContainer("a"), GOOD);
        found(task.ofContainer("b"), BAD);
        found(task.ofContainer("a"), BAD);
        found(task.ofContainer("b"), Optional.empty());

        assertThat(instance().check("a")).isEqualTo(BAD);
        assertThat(instance().check("b")).isEmpty();
        assertThat(instance().check("_app")).isEmpty();
    }

    @Test
    void anotherLifeHasFoundNothingYet() {
        runs();
        found(GOOD);
        var old = instance().taskId();

        world.dies(instance(), TaskState.FAILED);
        world.pass(Duration.ofSeconds(10));

        assertThat(instance().taskId()).isNotEqualTo(old);
        assertThat(instance().checks()).isEmpty();
        assertThat(found(old, GOOD).facts()).isEmpty();
    }

    @Test
    void whatIsOutdatedOrFromAnotherAgentChangesNothing() {
        runs();
        world.agent("a2", 4);
        long epoch = world.image.agent("a1").orElseThrow().epoch();
        long others = world.image.agent("a2").orElseThrow().epoch();
        var task = instance().taskId();

        assertThat(world.check(task, "a1", epoch - 1, GOOD).facts()).isEmpty();
        assertThat(world.check(task, "a2", others, GOOD).facts()).isEmpty();
        assertThat(instance().checks()).isEmpty();
    }

    @Test
    void aPlannerOfBeforeRefusesThemAsItDid() {
        var former = new World(Settings.DEFAULT, PlannerVersion.V0_2);

        var entry = former.create("/web", "{\"cmd\": \"x\", \"check\": {\"http\": {}}}");

        assertThat(((Rejection.Invalid) former.rejection(entry)).problems())
                .extracting(problem -> problem.path() + " " + problem.errors())
                .containsExactly("/check [is not supported by this version of Ekiden]");
        former.replays();
    }
}

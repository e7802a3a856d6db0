package io.ekiden.planner.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.log.AgentReport;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.log.Fact;
import io.ekiden.log.Input;
import io.ekiden.log.JournalEntry;
import io.ekiden.log.MemberKind;
import io.ekiden.model.Condition;
import io.ekiden.model.Goal;
import io.ekiden.model.Instance;
import io.ekiden.model.TaskId;
import io.ekiden.state.ClusterImage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Reports that come late, twice, in another order, from others, or of what is no more; and those
/// that are lost.
class VoidReportsTest {
    private static final String WEB =
            "{\"cmd\":\"x\",\"cpus\":0.1,\"mem\":32,\"healthChecks\":[{\"protocol\":\"COMMAND\","
                    + "\"command\":{\"value\":\"true\"}}]}";

    private final World world = new World();

    @AfterEach
    void theJournalDecidedAgainGivesTheSame() {
        world.replays();
    }

    /// One that runs on `a1`.
    private Instance running() {
        world.agent("a1", 4).create("/web", WEB);
        world.work();
        world.agent("a2", 4).work();
        world.health(world.instances("/web").getFirst(), true, false);
        return world.instances("/web").getFirst();
    }

    private long epoch(String agent) {
        return world.image.agent(agent).orElseThrow().epoch();
    }

    private List<String> state() {
        return world.image.entities().values().stream().map(Object::toString).toList();
    }

    private static AgentReport status(String agent, long epoch, TaskId task, TaskState state) {
        return new AgentReport.TaskStatus(
                agent, epoch, task, state, Optional.empty(), "", 0, Optional.empty());
    }

    private static AgentReport health(String agent, long epoch, TaskId task, boolean alive) {
        return new AgentReport.HealthChanged(agent, epoch, task, alive, !alive, List.of());
    }

    private static Arguments row(String what, BiFunction<Instance, Long, AgentReport> report) {
        return Arguments.of(what, report);
    }

    static Stream<Arguments> reports() {
        return Stream.of(
                row("twice", (i, e) -> status("a1", e, i.taskId(), TaskState.RUNNING)),
                row(
                        "staging after running",
                        (i, e) -> status("a1", e, i.taskId(), TaskState.STAGING)),
                row(
                        "starting after running",
                        (i, e) -> status("a1", e, i.taskId(), TaskState.STARTING)),
                row("an epoch ago", (i, e) -> status("a1", e - 1, i.taskId(), TaskState.FAILED)),
                row(
                        "an epoch to come",
                        (i, e) -> status("a1", e + 1, i.taskId(), TaskState.FAILED)),
                row(
                        "of another agent's task",
                        (i, e) -> status("a2", e, i.taskId(), TaskState.FAILED)),
                row("of an unknown agent", (i, e) -> status("a9", e, i.taskId(), TaskState.FAILED)),
                row(
                        "of the former task",
                        (i, e) -> status("a1", e, i.id().task(0), TaskState.FAILED)),
                row(
                        "of the next task",
                        (i, e) -> status("a1", e, i.id().task(2), TaskState.RUNNING)),
                row(
                        "of an unknown instance",
                        (_, e) ->
                                status(
                                        "a1",
                                        e,
                                        new TaskId("web.instance-x._app.1"),
                                        TaskState.FAILED)),
                row(
                        "of an unknown app",
                        (_, e) ->
                                status(
                                        "a1",
                                        e,
                                        new TaskId("no.instance-x._app.1"),
                                        TaskState.RUNNING)),
                row("the same health", (i, e) -> health("a1", e, i.taskId(), true)),
                row("ill, an epoch ago", (i, e) -> health("a1", e - 1, i.taskId(), false)),
                row("ill, says another agent", (i, e) -> health("a2", e, i.taskId(), false)),
                row("ill was the former task", (i, e) -> health("a1", e, i.id().task(0), false)),
                row(
                        "a volume unknown",
                        (_, e) -> new AgentReport.VolumeDestroyed("a1", e, "web#data#1")),
                row(
                        "a farewell, an epoch ago",
                        (_, e) -> new AgentReport.AgentLeaving("a1", e - 1, true)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("reports")
    void haveNoEffect(String what, BiFunction<Instance, Long, AgentReport> report) {
        var instance = running();
        var before = state();
        // Every epoch is its agent's own, and `a2`'s is not `a1`'s.
        var said = report.apply(instance, epoch("a1"));
        if (said.memberId().equals("a2")) {
            said = report.apply(instance, epoch("a2"));
        }

        world.take(new Input.Reported(said));

        assertThat(state()).isEqualTo(before);
        assertThat(world.commands).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"FAILED", "FINISHED", "KILLED", "ERROR", "GONE"})
    void anEndThatIsToldTwiceIsOneEnd(TaskState end) {
        var instance = running();
        world.dies(instance, end);
        world.work();
        var before = state();

        world.status(instance.taskId(), "a1", epoch("a1"), end);
        world.status(instance.taskId(), "a1", epoch("a1"), TaskState.RUNNING);
        world.health(instance, false, true);

        assertThat(state()).isEqualTo(before);
    }

    /// What was given up and forgotten, and is heard of by its agent that never joined again.
    @ParameterizedTest
    @CsvSource({"RUNNING", "FAILED", "KILLED"})
    void aZombieIsNotTakenIn(TaskState state) {
        var instance = running();
        world.deaf.add("a1");
        world.take(new Input.MemberSilent(MemberKind.AGENT, "a1"));
        world.pass(Duration.ofSeconds(60));
        assertThat(world.instances("/web")).extracting(Instance::id).doesNotContain(instance.id());
        var before = state();

        world.status(instance.taskId(), "a1", epoch("a1"), state);
        world.health(instance, true, false);

        assertThat(state()).isEqualTo(before);
        assertThat(world.conditions("/web")).containsOnlyKeys(Condition.RUNNING);
    }

    private List<Fact> setAside(String agent) {
        var lost = new Input.Unreadable("agent-reports", 0, 7, "strikes", Optional.of(agent));
        return world.take(lost).facts();
    }

    /// That it is healthy is said once: lost, the deployment would wait for ever.
    @Test
    void aDeploymentGoesOnThoughTheReportThatItWaitsForWasLost() {
        world.agent("a1", 4).create("/web", WEB);
        world.work();
        world.pass(Duration.ofMinutes(2));
        setAside("a1");
        assertThat(world.image.deployments()).hasSize(1);

        long before = epoch("a1");
        world.pass(Duration.ZERO);
        assertThat(epoch("a1")).isGreaterThan(before);
        // An agent that is welcomed again tells the health of all that it runs.
        world.health(world.instances("/web").getFirst(), true, false);

        assertThat(world.image.deployments()).isEmpty();
        assertThat(world.image.nextDue()).isEmpty();
    }

    @Test
    void anAgentOfWhichReportsAreLostAgainAndAgainJoinsOnceAMinute() {
        running();
        world.pass(Duration.ofMinutes(5));
        long joined = world.journal.stream().filter(VoidReportsTest::isJoin).count();
        for (int i = 0; i < 60; i++) {
            setAside("a1");
            world.pass(Duration.ofSeconds(5));
        }

        assertThat(world.journal.stream().filter(VoidReportsTest::isJoin).count() - joined)
                .isBetween(5L, 6L);
        assertThat(world.conditions("/web")).containsOnlyKeys(Condition.RUNNING);
    }

    private static boolean isJoin(JournalEntry entry) {
        return entry.input() instanceof Input.Reported(AgentReport.AgentJoined _);
    }

    @Test
    void whoeverCannotJoinIsNotAskedTo() {
        running();
        world.deaf.add("a2");
        world.take(new Input.MemberSilent(MemberKind.AGENT, "a2"));

        assertThat(setAside("a2")).hasOnlyElementsOfType(Fact.DeadLettered.class);
        assertThat(setAside("a9")).hasOnlyElementsOfType(Fact.DeadLettered.class);
    }

    @Test
    void aSilentAgentIsNotAskedForWhatWasLostBefore() {
        running();
        setAside("a2");
        world.deaf.add("a2");
        world.take(new Input.MemberSilent(MemberKind.AGENT, "a2"));

        assertThat(world.image.nextDue()).isEmpty();
    }

    /// A report at which deciding fails is lost like one that is set aside.
    @Test
    void anAgentIsAskedAgainWhenDecidingFails() {
        var instance = running();
        world.pass(Duration.ofMinutes(2));
        var damaged = new ClusterImage();
        world.image.entities().values().forEach(damaged::put);
        // What ends is to be replaced, and in a cluster without a name no instance can be named.
        damaged.remove(world.image.cluster().orElseThrow().key());
        damaged.put(instance.withGoal(Goal.DECOMMISSIONED));

        var report = status("a1", epoch("a1"), instance.taskId(), TaskState.FAILED);
        var header = new Header(world.journal.size() + 1, world.now, "");
        var entry = world.planner.decide(damaged, header, new Input.Reported(report)).entry();

        assertThat(entry.facts())
                .hasSize(2)
                .hasAtLeastOneElementOfType(Fact.InputFailed.class)
                .hasAtLeastOneElementOfType(Fact.AgentPut.class);
        assertThat(damaged.agent("a1").orElseThrow().deadline()).contains(world.now);
        assertThat(damaged.instance(instance.id()).orElseThrow().condition())
                .isEqualTo(Condition.RUNNING);
    }

    @Test
    void theEndOfATaskThatNobodyKnowsIsTold() {
        var instance = running();
        var unknown = TaskId.parse("shop_old.instance-0000-1._app.1").orElseThrow();

        var runs = world.status(unknown, "a1", epoch("a1"), TaskState.RUNNING);
        var ends = world.status(unknown, "a1", epoch("a1"), TaskState.KILLED);
        var other = world.status(unknown, "a1", epoch("a1") - 1, TaskState.KILLED);

        assertThat(runs.facts()).isEmpty();
        assertThat(ends.facts()).containsExactly(new Fact.UnknownEnded(unknown, Condition.KILLED));
        assertThat(other.facts()).isEmpty();
        assertThat(world.instances("/web")).containsExactly(instance);
    }

    @Test
    void theChecksThatFailedAreNamed() {
        var instance = running();
        var failed =
                new Instance.HealthResult(
                        false,
                        1,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of("exit 1"));

        var entry =
                world.take(
                        new Input.Reported(
                                new AgentReport.HealthChanged(
                                        "a1",
                                        epoch("a1"),
                                        instance.taskId(),
                                        false,
                                        false,
                                        List.of(failed))));

        assertThat(entry.facts())
                .filteredOn(Fact.HealthPut.class::isInstance)
                .singleElement()
                .satisfies(fact ->
                        assertThat(((Fact.HealthPut) fact).failed().orElseThrow()).hasSize(1));
    }
}

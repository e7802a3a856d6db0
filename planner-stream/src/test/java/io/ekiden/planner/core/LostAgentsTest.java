package io.ekiden.planner.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.log.AgentReport;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.log.Fact;
import io.ekiden.log.Input;
import io.ekiden.log.MemberKind;
import io.ekiden.model.Condition;
import io.ekiden.model.Goal;
import io.ekiden.model.Instance;
import io.ekiden.model.KillCause;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Agents that fall silent, return, are shut down, stay away, and what becomes of their tasks.
class LostAgentsTest {
    private final World world = new World();

    @AfterEach
    void theJournalDecidedAgainGivesTheSame() {
        world.replays();
    }

    private static String sleep(int instances) {
        return "{\"cmd\":\"sleep 1000\",\"cpus\":0.1,\"mem\":32,\"instances\":%d}"
                .formatted(instances);
    }

    @Test
    void aSilentAgentsInstancesAreReplacedAndItsOrphansKilledByOrder() {
        world.agent("a1", 4).agent("a2", 4).create("/web", sleep(4));
        world.work();
        world.deaf.add("a2");
        world.take(new Input.MemberSilent(MemberKind.AGENT, "a2"));
        world.pass(Duration.ofSeconds(3));
        assertThat(world.conditions("/web")).containsOnly(Map.entry(Condition.RUNNING, 4));
        assertThat(world.image.loadOf("a1").instances()).hasSize(4);
        assertThat(world.running).hasSize(6);

        world.deaf.clear();
        world.take(new Input.MemberReturned(MemberKind.AGENT, "a2"));
        world.work();
        assertThat(world.running).hasSize(4);
        assertThat(world.journal)
                .flatExtracting(entry -> entry.facts())
                .filteredOn(Fact.KillOrdered.class::isInstance)
                .allMatch(fact -> ((Fact.KillOrdered) fact).cause() == KillCause.ORPHAN);
    }

    @Test
    void tasksOfAnAgentThatIsBackInTimeAreKept() {
        world.agent("a1", 4)
                .create("/web", sleep(2).replace("}", ",\"unreachableStrategy\":\"disabled\"}"));
        world.work();
        var before = world.instances("/web").stream().map(Instance::taskId).toList();
        world.take(new Input.MemberSilent(MemberKind.AGENT, "a1"));
        world.pass(Duration.ofHours(1));
        assertThat(world.conditions("/web")).containsEntry(Condition.UNREACHABLE, 2);
        assertThat(world.image.endpoints()).hasSize(2);

        world.take(new Input.MemberReturned(MemberKind.AGENT, "a1"));
        world.work();

        assertThat(world.instances("/web")).extracting(Instance::taskId).isEqualTo(before);
        assertThat(world.conditions("/web")).containsEntry(Condition.RUNNING, 2);
    }

    @Test
    void massSilenceReplacesNothing() {
        for (int i = 1; i <= 5; i++) {
            world.agent("a" + i, 4);
        }
        world.create("/web", sleep(10));
        world.work();
        for (var agent : List.of("a1", "a2", "a3")) {
            world.deaf.add(agent);
            world.take(new Input.MemberSilent(MemberKind.AGENT, agent));
        }
        world.pass(Duration.ofMinutes(5));

        assertThat(world.conditions("/web")).containsEntry(Condition.UNREACHABLE, 6);
        assertThat(world.instances("/web")).hasSize(10);
    }

    @Test
    void aTaskThatItsAgentKnowsNoMoreIsLaunchedAgainAndANeverStartedOneIsStarted() {
        world.agent("a1", 4).create("/web", sleep(2));
        world.step(); // the welcome
        world.step(); // one of two launches
        world.commands.clear();
        var ran = world.running.firstKey();
        world.running.clear();

        world.take(world.joined("a1", 4, List.of()));
        world.work();
        world.pass(Duration.ofSeconds(2));

        assertThat(world.conditions("/web")).containsEntry(Condition.RUNNING, 2);
        assertThat(world.instances("/web"))
                .extracting(Instance::incarnation)
                .containsExactlyInAnyOrder(1, 2);
        assertThat(world.running).doesNotContainKey(ran);
    }

    @Test
    void staleReportsAreWithoutEffect() {
        world.agent("a1", 4).create("/web", sleep(1));
        world.work();
        var instance = world.instances("/web").getFirst();
        var before = List.copyOf(world.image.entities().values());

        world.status(instance.taskId(), "a1", 1, TaskState.FAILED);
        world.status(instance.taskId(), "a9", 2, TaskState.FAILED);
        world.status(instance.id().task(7), "a1", 2, TaskState.FAILED);
        world.status(instance.taskId(), "a1", 2, TaskState.STAGING);

        assertThat(List.copyOf(world.image.entities().values())).isEqualTo(before);
    }

    @Test
    void anAgentThatIsShutDownGetsItsTasksBackWhenItReturns() {
        world.agent("a1", 4).create("/web", sleep(2));
        world.work();
        var ids = world.instances("/web").stream().map(Instance::id).toList();
        long epoch = world.image.agent("a1").orElseThrow().epoch();

        world.take(new Input.Reported(new AgentReport.AgentLeaving("a1", epoch, true)));
        world.work();
        assertThat(world.running).isEmpty();
        assertThat(world.instances("/web"))
                .hasSize(2)
                .allMatch(i -> i.goal() == Goal.HELD && i.condition() == Condition.SCHEDULED);
        world.pass(Duration.ofHours(2));
        assertThat(world.running).isEmpty();

        world.take(world.joined("a1", 4, List.of()));
        world.work();
        assertThat(world.instances("/web")).extracting(Instance::id).isEqualTo(ids);
        assertThat(world.conditions("/web")).containsEntry(Condition.RUNNING, 2);
    }

    @Test
    void instancesOfAnAgentThatStaysAwayRunElsewhere() {
        world.agent("a1", 4).agent("a2", 4).create("/web", sleep(2));
        world.work();
        long epoch = world.image.agent("a1").orElseThrow().epoch();

        world.take(new Input.Reported(new AgentReport.AgentLeaving("a1", epoch, true)));
        world.work();
        assertThat(world.running).hasSize(1);
        world.pass(Duration.ofMinutes(1));

        assertThat(world.image.loadOf("a2").instances()).hasSize(2);
        assertThat(world.conditions("/web")).containsEntry(Condition.RUNNING, 2);
    }
}

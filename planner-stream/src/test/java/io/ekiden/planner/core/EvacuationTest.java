package io.ekiden.planner.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.log.AgentReport;
import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.log.Rejection;
import io.ekiden.model.Condition;
import io.ekiden.model.Instance;
import io.ekiden.model.KillCause;
import io.ekiden.model.LaunchQueueItem;
import io.ekiden.model.PathId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Agents that are emptied.
class EvacuationTest {
    private final World world = new World();

    @AfterEach
    void theJournalDecidedAgainGivesTheSame() {
        world.replays();
    }

    private void drain(String agent, boolean draining) {
        world.change(new Change.DrainAgent(agent, draining), false);
    }

    private List<String> agents(String app) {
        return world.instances(app).stream()
                .flatMap(instance -> instance.placement().stream())
                .map(Instance.Placement::agentId)
                .distinct()
                .sorted()
                .toList();
    }

    @ParameterizedTest(name = "minimum {0}, over {1}: never fewer than {2}")
    @CsvSource({"1.0, 1.0, 4", "1.0, 0.0, 4", "0.5, 0.25, 4", "0.5, 0.0, 2", "0.0, 0.0, 0"})
    void whatRunsThereIsReplacedElsewhereWithinTheUpgradeStrategy(
            double minimum, double over, int least) {
        world.agent("a1", 4);
        world.create(
                "/web",
                "{\"cmd\":\"sleep 1000\",\"cpus\":0.1,\"mem\":32,\"instances\":4,\"upgradeStrategy\":{\"minimumHealthCapacity\":%s,\"maximumOverCapacity\":%s}}"
                        .formatted(minimum, over));
        world.work();
        world.agent("a2", 4);
        world.work();

        drain("a1", true);
        int fewest = world.running.size();
        while (!world.commands.isEmpty()) {
            world.step();
            fewest = Math.min(fewest, world.running.size());
        }

        assertThat(agents("/web")).containsExactly("a2");
        assertThat(world.conditions("/web")).containsOnly(Map.entry(Condition.RUNNING, 4));
        assertThat(world.running).hasSize(4);
        assertThat(fewest).isGreaterThanOrEqualTo(least);
        assertThat(world.journal)
                .flatExtracting(entry -> entry.facts())
                .filteredOn(Fact.KillOrdered.class::isInstance)
                .isNotEmpty()
                .allMatch(fact -> ((Fact.KillOrdered) fact).cause() == KillCause.DRAIN);
    }

    @Test
    void nothingEndsBeforeItsReplacementIsHealthy() {
        world.agent("a1", 4);
        world.create(
                "/web",
                "{\"cmd\":\"x\",\"cpus\":0.1,\"mem\":32,\"instances\":1,\"healthChecks\":[{\"protocol\":\"COMMAND\",\"command\":{\"value\":\"true\"}}]}");
        world.work();
        var old = world.instances("/web").getFirst();
        world.health(old, true, false);
        world.agent("a2", 4);

        drain("a1", true);
        world.work();

        assertThat(world.instances("/web")).hasSize(2);
        assertThat(world.running).containsKey(old.taskId());
        var replacement =
                world.instances("/web").stream()
                        .filter(instance -> !instance.id().equals(old.id()))
                        .findFirst()
                        .orElseThrow();
        world.health(replacement, true, false);
        world.work();
        assertThat(world.running).containsOnlyKeys(replacement.taskId());
    }

    /// One instance on each agent, of a definition without health checks; the present one has some,
    /// since an update was ended where it was.
    private void twoOfAFormerDefinition() {
        world.agent("a1", 4).agent("a2", 4);
        world.create("/web", "{\"cmd\":\"x\",\"cpus\":0.1,\"mem\":32,\"instances\":2}");
        world.work();
        world.update(
                "/web",
                "{\"healthChecks\":[{\"protocol\":\"COMMAND\",\"command\":{\"value\":\"true\"}}]}");
        world.work();
        var update = world.image.deployments().iterator().next().id();
        world.change(new Change.CancelDeployment(update), true);
        world.work();
        assertThat(agents("/web")).containsExactly("a1", "a2");
        assertThat(world.instances("/web")).hasSize(2);
        assertThat(world.image.deployments()).isEmpty();
    }

    private Instance on(String agent) {
        return world.instances("/web").stream()
                .filter(instance -> instance.placement().orElseThrow().agentId().equals(agent))
                .findFirst()
                .orElseThrow();
    }

    private void allAreHealthyBut(Instance... others) {
        world.instances("/web").stream()
                .filter(instance -> !List.of(others).contains(instance))
                .forEach(instance -> world.health(instance, true, false));
        world.work();
    }

    @Test
    void oneOfAFormerDefinitionServesUntilItsReplacementDoes() {
        twoOfAFormerDefinition();
        var leaving = on("a1");
        var staying = on("a2");

        drain("a1", true);
        world.work();
        assertThat(world.running).containsKey(leaving.taskId()).hasSize(3);

        allAreHealthyBut(leaving, staying);
        assertThat(agents("/web")).containsExactly("a2");
        assertThat(world.running).containsKey(staying.taskId()).hasSize(2);
    }

    @Test
    void thoseOfAFormerDefinitionServeWhileAnotherLeaves() {
        twoOfAFormerDefinition();
        var staying = on("a2");
        world.dies(on("a1"), AgentReport.TaskState.FAILED);
        world.pass(Duration.ofSeconds(2));
        allAreHealthyBut(staying);

        drain("a1", true);
        world.work();
        allAreHealthyBut(staying);

        assertThat(agents("/web")).containsExactly("a2");
        assertThat(world.running).containsKey(staying.taskId()).hasSize(2);
    }

    @Test
    void withoutAnotherAgentEverythingStaysAndTheQueueSaysWhy() {
        world.agent("a1", 4).create("/web", "{\"cmd\":\"x\",\"cpus\":0.1,\"mem\":32}");
        world.work();

        drain("a1", true);
        world.work();

        assertThat(world.running).hasSize(1);
        assertThat(world.image.queueItem(PathId.of("/web")).orElseThrow().rejections())
                .extracting(LaunchQueueItem.Rejected::reason)
                .containsExactly(LaunchQueueItem.Reason.AgentMaintenance);
        drain("a1", false);
        world.work();
        assertThat(world.conditions("/web")).containsOnly(Map.entry(Condition.RUNNING, 1));
        assertThat(world.image.queue()).isEmpty();
    }

    @Test
    void itStaysDrainedWhenItJoinsAgain() {
        world.agent("a1", 4);
        drain("a1", true);
        world.agent("a1", 4).create("/web", "{\"cmd\":\"x\",\"cpus\":0.1,\"mem\":32}");
        world.work();

        assertThat(world.running).isEmpty();
        drain("a1", false);
        world.work();
        assertThat(world.running).hasSize(1);
    }

    @Test
    void instancesWithVolumesStay() {
        world.agent("a1", 4).agent("a2", 4);
        world.create(
                "/db",
                "{\"cmd\":\"x\",\"cpus\":0.1,\"mem\":32,\"container\":{\"type\":\"MESOS\",\"volumes\":[{\"containerPath\":\"data\",\"mode\":\"RW\",\"persistent\":{\"size\":10}}]}}");
        world.work();
        var task = world.running.firstKey();

        drain(world.running.get(task), true);
        world.work();

        assertThat(world.running).containsOnlyKeys(task);
    }

    @Test
    void anUnknownAgentIsRefused() {
        var entry = world.change(new Change.DrainAgent("nobody", true), false);

        assertThat(world.rejection(entry))
                .isEqualTo(new Rejection.NotFound("Agent 'nobody' does not exist"));
    }
}

package io.ekiden.planner.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.log.Change;
import io.ekiden.log.Input;
import io.ekiden.log.MemberKind;
import io.ekiden.log.Rejection;
import io.ekiden.model.Agent;
import io.ekiden.model.Condition;
import io.ekiden.model.EndedTask;
import io.ekiden.model.Goal;
import io.ekiden.model.Instance;
import io.ekiden.model.LocalVolume;
import io.ekiden.model.PathId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Apps with persistent volumes: their instances stay where their volumes are.
class ResidentAppsTest {
    private static final PathId DB = PathId.of("/db");
    private final World world = new World().agent("a", 4).agent("b", 4);

    @Test
    void aFailedTaskStartsAgainOnTheSameAgentWithTheSameVolume() {
        create(1);
        var first = only();

        world.dies(first, TaskState.FAILED);
        world.pass(Duration.ofMinutes(1));

        var second = only();
        assertThat(second.id()).isEqualTo(first.id());
        assertThat(second.incarnation()).isEqualTo(2);
        assertThat(second.condition()).isEqualTo(Condition.RUNNING);
        assertThat(second.placement().map(Instance.Placement::agentId))
                .isEqualTo(first.placement().map(Instance.Placement::agentId));
        assertThat(second.volumes()).isEqualTo(first.volumes()).hasSize(1);
        assertThat(second.volumes().getFirst().id()).startsWith("db#data#");
        world.replays();
    }

    @Test
    void whatIsReservedIsNotGivenToOthersWhileItsTaskIsAway() {
        create(1);
        var agent = only().placement().orElseThrow().agentId();
        world.dies(only(), TaskState.FAILED);

        assertThat(world.image.loadOf(agent).used().cpus()).isEqualTo(1_000_000);
        assertThat(world.image.loadOf(agent).used().disk()).isEqualTo(100_000_000);
        world.create("/other", "{\"cmd\": \"x\", \"cpus\": 3.5, \"mem\": 1, \"instances\": 2}");
        world.work();
        assertThat(world.conditions("/other")).containsEntry(Condition.SCHEDULED, 1);
    }

    @Test
    void itWaitsForItsAgentHoweverLongThatIsAway() {
        create(1);
        var agent = only().placement().orElseThrow().agentId();
        world.deaf.add(agent);
        world.take(new Input.MemberSilent(MemberKind.AGENT, agent));
        world.pass(Duration.ofDays(1));

        assertThat(only().condition()).isEqualTo(Condition.UNREACHABLE);
        assertThat(world.starts).hasSize(1);

        world.deaf.clear();
        world.take(new Input.MemberReturned(MemberKind.AGENT, agent));
        world.work();
        assertThat(only().condition()).isEqualTo(Condition.RUNNING);
        assertThat(world.starts).hasSize(1);
    }

    @Test
    void scalingDownSuspendsAndScalingUpTakesTheSameVolumesAgain() {
        create(3);
        var volumes = volumes();

        world.update("/db", "{\"instances\": 1}");
        world.work();
        assertThat(running()).hasSize(1);
        assertThat(world.instances("/db")).hasSize(3);
        assertThat(world.instances("/db").stream().filter(i -> i.goal() == Goal.STOPPED))
                .hasSize(2)
                .allMatch(i -> i.condition() == Condition.SCHEDULED && !i.volumes().isEmpty());
        assertThat(world.image.deployments()).isEmpty();

        world.update("/db", "{\"instances\": 4}");
        world.work();
        assertThat(running()).hasSize(4);
        assertThat(volumes()).hasSize(4).containsAll(volumes);
        assertThat(world.image.deployments()).isEmpty();
        world.replays();
    }

    @Test
    void aConfigurationChangeKeepsEachInstanceWithItsVolumeAndNeverStopsMoreThanHalf() {
        create(4);
        var volumes = volumes();
        var before = world.instances("/db").stream().map(Instance::id).toList();
        world.highWater = 0;

        world.update("/db", "{\"env\": {\"A\": \"2\"}}");
        while (!world.commands.isEmpty()) {
            world.step();
            assertThat(running().size()).isGreaterThanOrEqualTo(2);
        }

        var app = world.image.app(DB).orElseThrow();
        assertThat(running()).hasSize(4).allMatch(i -> RollingUpgrade.current(app, i));
        assertThat(world.instances("/db").stream().map(Instance::id).toList()).isEqualTo(before);
        assertThat(volumes()).isEqualTo(volumes);
        assertThat(world.highWater).isLessThanOrEqualTo(4);
        assertThat(world.image.deployments()).isEmpty();
        world.replays();
    }

    @Test
    void aSingleInstanceIsUpgradedInPlace() {
        create(1);
        var volumes = volumes();

        world.update("/db", "{\"env\": {\"A\": \"2\"}}");
        world.work();

        assertThat(only().incarnation()).isEqualTo(2);
        assertThat(volumes()).isEqualTo(volumes);
        assertThat(world.image.deployments()).isEmpty();
    }

    @Test
    void aKillRelaunchesInPlaceAndAWipeDestroysTheVolume() {
        create(1);
        var first = only();

        kill(first, false);
        assertThat(only().id()).isEqualTo(first.id());
        assertThat(volumes()).isEqualTo(first.volumes());

        kill(only(), true);
        assertThat(only().id()).isNotEqualTo(first.id());
        assertThat(volumes()).doesNotContainAnyElementsOf(first.volumes()).hasSize(1);
        assertThat(onDisk()).isEqualTo(1);
        world.replays();
    }

    @Test
    void deletingTheAppDestroysAllItsVolumesAlsoThoseOfSuspendedInstances() {
        create(3);
        world.update("/db", "{\"instances\": 1}");
        world.work();

        world.change(new Change.DeleteApp(DB), false);
        world.work();

        assertThat(world.instances("/db")).isEmpty();
        assertThat(onDisk()).isZero();
        assertThat(world.image.condemnedVolumes("a")).isEmpty();
        assertThat(world.image.condemnedVolumes("b")).isEmpty();
        assertThat(world.image.loadOf("a").used().disk()).isZero();
    }

    @Test
    void aVolumeCondemnedWhileItsAgentIsAwayIsDestroyedWhenItIsBackAndItsTaskHasEnded() {
        create(1);
        var instance = only();
        var agent = instance.placement().orElseThrow().agentId();
        world.deaf.add(agent);
        world.take(new Input.MemberSilent(MemberKind.AGENT, agent));

        kill(instance, true);
        assertThat(world.image.condemnedVolumes(agent)).hasSize(1);
        assertThat(onDisk()).isEqualTo(2);

        world.deaf.clear();
        world.take(new Input.MemberReturned(MemberKind.AGENT, agent));
        world.work();
        assertThat(world.image.condemnedVolumes(agent)).isEmpty();
        assertThat(world.running).doesNotContainKey(instance.taskId());
        assertThat(onDisk()).isEqualTo(1);
    }

    @Test
    void whatAnInstanceHasReservedCannotBeChanged() {
        create(1);

        assertThat(refusal("{\"cpus\": 2}")).contains("may not change resource requirements");
        assertThat(
                        refusal(
                                "{\"container\": {\"type\": \"MESOS\", \"volumes\": [{\"containerPath\":"
                                        + " \"data\", \"mode\": \"RW\", \"persistent\": {\"size\":"
                                        + " 200}}]}}"))
                .contains("Persistent volumes can not be changed!");
        assertThat(world.instances("/db")).hasSize(1);
    }

    @Test
    void aTaskOfAContainerWaitsForAnAgentThatRunsContainers() {
        world.create("/web", "{\"container\": {\"docker\": {\"image\": \"x\"}}}");
        world.work();

        assertThat(world.conditions("/web")).containsOnlyKeys(Condition.SCHEDULED);
        assertThat(world.image.queueItem(PathId.of("/web")).orElseThrow().rejections())
                .extracting(rejected -> rejected.reason().name())
                .containsExactly("UnfulfilledConstraint");
    }

    @Test
    void theLastTasksToHaveEndedAreRemembered() {
        create(1);
        for (int i = 0; i < EndedTask.KEPT + 3; i++) {
            world.dies(only(), TaskState.FAILED);
            world.pass(Duration.ofMinutes(10));
        }

        var ended = List.copyOf(world.image.endedTasks(DB));
        assertThat(ended).hasSize(EndedTask.KEPT);
        assertThat(ended.getLast().taskId().incarnation()).isEqualTo(EndedTask.KEPT + 3);
        assertThat(world.image.endedTask(ended.getFirst().taskId())).contains(ended.getFirst());
        world.change(new Change.DeleteApp(DB), false);
        world.work();
        assertThat(world.image.endedTasks(DB)).isEmpty();
    }

    private void create(int instances) {
        world.create(
                "/db",
                """
                {"cmd": "x", "cpus": 1, "mem": 32, "instances": %d, "container": {"type": "MESOS",
                 "volumes": [{"containerPath": "data", "mode": "RW", "persistent": {"size": 100}}]}}
                """
                        .formatted(instances));
        world.work();
        assertThat(running()).hasSize(instances);
    }

    private String refusal(String update) {
        var rejection = world.rejection(world.update("/db", update));
        return ((Rejection.Invalid) rejection).problems().toString();
    }

    private void kill(Instance instance, boolean wipe) {
        world.change(
                new Change.KillTasks(Optional.of(DB), List.of(instance.taskId()), false, wipe),
                false);
        world.work();
    }

    private Instance only() {
        assertThat(world.instances("/db")).hasSize(1);
        return world.instances("/db").getFirst();
    }

    private List<Instance> running() {
        return world.instances("/db").stream()
                .filter(instance -> instance.condition() == Condition.RUNNING)
                .toList();
    }

    private List<LocalVolume> volumes() {
        return world.instances("/db").stream()
                .flatMap(instance -> instance.volumes().stream())
                .toList();
    }

    private int onDisk() {
        return world.image.agents().stream()
                .map(Agent::id)
                .mapToInt(agent -> world.volumes(agent).size())
                .sum();
    }
}

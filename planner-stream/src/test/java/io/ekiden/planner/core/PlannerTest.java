package io.ekiden.planner.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.log.AgentReport;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.log.Input;
import io.ekiden.log.JournalEntry;
import io.ekiden.log.MemberKind;
import io.ekiden.log.Rejection;
import io.ekiden.model.Condition;
import io.ekiden.model.Endpoint;
import io.ekiden.model.Former;
import io.ekiden.model.Instance;
import io.ekiden.model.LaunchQueueItem.Reason;
import io.ekiden.model.LaunchQueueItem.Rejected;
import io.ekiden.model.PathId;
import io.ekiden.model.RunSpec;
import io.ekiden.model.TaskId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PlannerTest {
    private static final PathId WEB = PathId.of("/web");

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
    void anAppRunsAndItsDeploymentEnds() {
        world.agent("a1", 4);

        var entry = world.create("/web", sleep(3));
        assertThat(world.answer(entry)).isInstanceOf(Fact.Accepted.class);
        assertThat(world.image.deployments()).hasSize(1);
        world.work();

        assertThat(world.conditions("/web")).containsOnly(Map.entry(Condition.RUNNING, 3));
        assertThat(world.image.deployments()).isEmpty();
        assertThat(world.image.endpoints()).hasSize(3).allMatch(e -> e.servicePort() == 10000);
    }

    @Test
    void anEndpointSaysWhatItsPortIsCalledAndLabelled() {
        world.agent("a1", 4);

        world.create(
                "/web",
                "{\"cmd\":\"sleep 1000\",\"cpus\":0.1,\"mem\":32,\"labels\":{\"a\":\"app\",\"b\":\"app\"},"
                        + "\"portDefinitions\":[{\"port\":0,\"name\":\"http\","
                        + "\"labels\":{\"b\":\"port\",\"VIP_0\":\"/web:80\"}},{\"port\":0}]}");
        world.work();

        assertThat(world.image.endpoints())
                .extracting(Endpoint::portName)
                .containsExactly(Optional.of("http"), Optional.empty());
        assertThat(world.image.endpoints())
                .extracting(Endpoint::labels)
                .containsExactly(
                        new TreeMap<>(Map.of("a", "app", "b", "port", "VIP_0", "/web:80")),
                        new TreeMap<>(Map.of("a", "app", "b", "app")));
    }

    @Test
    void instancesAreSpreadOverTheAgents() {
        world.agent("a1", 4).agent("a2", 4).agent("a3", 4);
        world.create("/web", sleep(6));
        world.work();

        assertThat(List.of("a1", "a2", "a3"))
                .allMatch(agent -> world.image.loadOf(agent).instances().size() == 2);
    }

    @Test
    void anIdThatExistsIsRefusedAndAMissingOneIsNotFound() {
        world.agent("a1", 4).create("/web", sleep(1));

        assertThat(world.rejection(world.create("/web", sleep(1))))
                .isEqualTo(new Rejection.AlreadyExists(RunSpec.Kind.APP, WEB));
        assertThat(world.rejection(world.change(new Change.DeleteApp(PathId.of("/x")), true)))
                .isEqualTo(new Rejection.NotFound("App '/x' does not exist"));
        assertThat(world.rejection(world.create("/web/a", sleep(1))))
                .isInstanceOf(Rejection.Invalid.class);
    }

    @Test
    void whatDoesNotFitWaitsWithItsReasonAndRunsWhenAnAgentJoins() {
        world.agent("a1", 0.25);
        world.create("/web", sleep(3));
        world.work();

        assertThat(world.conditions("/web")).containsEntry(Condition.SCHEDULED, 1);
        assertThat(world.image.queueItem(WEB).orElseThrow().rejections())
                .containsExactly(new Rejected(Reason.InsufficientCpus, 1));

        world.agent("a2", 1).work();
        assertThat(world.conditions("/web")).containsOnly(Map.entry(Condition.RUNNING, 3));
        assertThat(world.image.queue()).isEmpty();
    }

    @Test
    void aTakenHostPortIsAReasonToWait() {
        world.agent("a1", 4);
        var fixed =
                "{\"cmd\":\"x\",\"cpus\":0.1,\"requirePorts\":true,\"portDefinitions\":[{\"port\":31005}]}";
        world.create("/web", fixed);
        world.create("/other", fixed);
        world.work();

        assertThat(world.image.queueItem(PathId.of("/other")).orElseThrow().rejections())
                .containsExactly(new Rejected(Reason.InsufficientPorts, 1));
        assertThat(world.instances("/web").getFirst().placement().orElseThrow().hostPorts())
                .containsExactly(31005);
    }

    @Test
    void aFailedTaskIsLaunchedAgainAfterItsBackoffWhichGrows() {
        world.agent("a1", 4)
                .create("/web", "{\"cmd\":\"x\",\"backoffSeconds\":2,\"backoffFactor\":3}");
        world.work();
        var first = world.instances("/web").getFirst();

        world.dies(first, TaskState.FAILED);
        assertThat(world.instances("/web").getFirst().condition()).isEqualTo(Condition.SCHEDULED);
        assertThat(world.image.lastFailure(WEB).orElseThrow().taskId()).isEqualTo(first.taskId());
        assertThat(world.image.queueItem(WEB)).isPresent();
        world.pass(Duration.ofMillis(1999));
        assertThat(world.instances("/web").getFirst().condition()).isEqualTo(Condition.SCHEDULED);
        world.pass(Duration.ofMillis(2));

        var second = world.instances("/web").getFirst();
        assertThat(second.condition()).isEqualTo(Condition.RUNNING);
        assertThat(second.id()).isEqualTo(first.id());
        assertThat(second.incarnation()).isEqualTo(2);

        world.dies(second, TaskState.FINISHED);
        assertThat(world.image.delay(WEB).orElseThrow().delay()).isEqualTo(Duration.ofSeconds(6));
        world.pass(Duration.ofMinutes(20));
        assertThat(world.image.delay(WEB)).isEmpty();
    }

    @Test
    void aKilledTaskIsLaunchedAgainAtOnce() {
        world.agent("a1", 4).create("/web", sleep(1));
        world.work();
        var task = world.instances("/web").getFirst().taskId();

        world.change(new Change.KillTasks(Optional.of(WEB), List.of(task), false, false), false);
        world.work();

        assertThat(world.instances("/web").getFirst().incarnation()).isEqualTo(2);
        assertThat(world.conditions("/web")).containsEntry(Condition.RUNNING, 1);
        assertThat(world.image.delay(WEB)).isEmpty();
    }

    @Test
    void killAndScaleWantsFewerFromThenOn() {
        world.agent("a1", 4).create("/web", sleep(3));
        world.work();
        var task = world.instances("/web").get(1).taskId();

        world.change(new Change.KillTasks(Optional.of(WEB), List.of(task), true, false), false);
        world.work();

        assertThat(world.image.app(WEB).orElseThrow().instances()).isEqualTo(2);
        assertThat(world.instances("/web")).hasSize(2).noneMatch(i -> i.taskId().equals(task));
        assertThat(world.image.deployments()).isEmpty();
    }

    @Test
    void scalingKeepsTheConfigurationAndItsTasks() {
        world.agent("a1", 4).create("/web", sleep(2));
        world.work();
        var before = world.instances("/web").stream().map(Instance::taskId).toList();

        world.update("/web", "{\"instances\":5}");
        world.work();
        assertThat(world.instances("/web"))
                .hasSize(5)
                .extracting(Instance::taskId)
                .containsAll(before);

        world.pass(Duration.ofSeconds(1)).update("/web", "{\"instances\":2}");
        world.work();
        // the youngest go first
        assertThat(world.instances("/web"))
                .extracting(Instance::taskId)
                .containsExactlyInAnyOrderElementsOf(before);
    }

    @Test
    void anUpdateThatChangesNothingEndsAtOnce() {
        world.agent("a1", 4).create("/web", sleep(2));
        world.work();
        var version = world.image.app(WEB).orElseThrow().version();

        var entry = world.update("/web", sleep(2));

        assertThat(world.answer(entry)).isInstanceOf(Fact.Accepted.class);
        assertThat(entry.facts()).anyMatch(Fact.DeploymentFinished.class::isInstance);
        assertThat(world.image.app(WEB).orElseThrow().version()).isEqualTo(version);
    }

    @Test
    void aRunningDeploymentLocksItsAppsUnlessForced() {
        world.agent("a1", 0.25).create("/web", sleep(5));
        world.work();
        var running = world.image.deployments().iterator().next().id();

        assertThat(world.rejection(world.update("/web", sleep(2))))
                .isEqualTo(new Rejection.Locked(List.of(running)));

        var forced = world.update("/web", sleep(2), true);
        assertThat(forced.facts()).anyMatch(Fact.DeploymentCancelled.class::isInstance);
        world.work();
        assertThat(world.conditions("/web")).containsOnly(Map.entry(Condition.RUNNING, 2));
        assertThat(world.image.deployments()).isEmpty();
    }

    @Test
    void aConfigChangeReplacesAllWithinItsBounds() {
        world.agent("a1", 40)
                .create(
                        "/web",
                        sleep(10)
                                .replace(
                                        "}",
                                        ",\"upgradeStrategy\":"
                                                + "{\"minimumHealthCapacity\":0.8,\"maximumOverCapacity\":0.2}}"));
        world.work();
        world.highWater = 0;
        world.update("/web", "{\"cmd\":\"sleep 2000\"}");
        int least = 10;
        while (!world.commands.isEmpty()) {
            world.step();
            least = Math.min(least, world.running.size());
        }

        assertThat(least).isGreaterThanOrEqualTo(8);
        assertThat(world.highWater).isLessThanOrEqualTo(12);
        assertThat(world.conditions("/web")).containsOnly(Map.entry(Condition.RUNNING, 10));
        assertThat(world.instances("/web"))
                .allMatch(i ->
                        i.configVersion()
                                .equals(world.image.app(WEB).orElseThrow().configVersion()));
        assertThat(world.image.deployments()).isEmpty();
    }

    @Test
    void withNothingToSpareOneMoreIsLaunchedBeforeOneGoes() {
        world.agent("a1", 40)
                .create(
                        "/web",
                        sleep(4).replace(
                                        "}",
                                        ",\"upgradeStrategy\":"
                                                + "{\"minimumHealthCapacity\":1,\"maximumOverCapacity\":0}}"));
        world.work();
        world.highWater = 0;
        world.change(new Change.RestartApp(WEB), false);
        int least = 4;
        while (!world.commands.isEmpty()) {
            world.step();
            least = Math.min(least, world.running.size());
        }

        assertThat(least).isEqualTo(4);
        assertThat(world.highWater).isEqualTo(5);
        assertThat(world.instances("/web")).hasSize(4);
        assertThat(world.image.deployments()).isEmpty();
    }

    @Test
    void aNewInstanceCountsWhenItIsHealthy() {
        world.agent("a1", 4)
                .create(
                        "/web",
                        sleep(1).replace("}", ",\"healthChecks\":[{\"protocol\":\"TCP\"}]}"));
        world.work();
        assertThat(world.image.deployments()).hasSize(1);
        assertThat(world.image.endpoints()).isEmpty();

        world.health(world.instances("/web").getFirst(), true, false);
        assertThat(world.image.deployments()).isEmpty();
        assertThat(world.image.endpoints()).hasSize(1);

        world.health(world.instances("/web").getFirst(), false, false);
        assertThat(world.image.endpoints()).isEmpty();
        world.health(world.instances("/web").getFirst(), false, true);
        world.work();
        assertThat(world.instances("/web").getFirst().incarnation()).isEqualTo(2);
        assertThat(world.image.lastFailure(WEB).orElseThrow().message())
                .contains("health check failed");
    }

    @Test
    void aDeletedAppIsGoneWithAllThatBelongedToIt() {
        world.agent("a1", 4).create("/web", sleep(3));
        world.work();
        world.dies(world.instances("/web").getFirst(), TaskState.FAILED);
        world.change(new Change.DeleteApp(WEB), true);
        assertThat(world.image.app(WEB)).isEmpty();
        world.work();

        assertThat(world.running).isEmpty();
        assertThat(world.image.entities().keySet())
                .filteredOn(key -> !key.startsWith(Former.PREFIX))
                .containsExactly("agent/a1", "cluster", "group/");
    }

    @Test
    void aTaskDiesOnlyWhenTheProxiesHaveDrainedItsEndpoints() {
        world.agent("a1", 4);
        world.take(new Input.Reported(new AgentReport.ProxyJoined("p1", "s", "h")));
        world.take(new Input.Reported(new AgentReport.ProxyJoined("p2", "s", "h")));
        world.create("/web", sleep(1));
        world.work();
        var task = world.instances("/web").getFirst().taskId();

        world.update("/web", sleep(0));
        assertThat(world.commands).isEmpty();
        assertThat(world.image.endpoints()).allMatch(e -> e.state() == Endpoint.State.DRAINING);
        idle("p1", task);
        idle("p1", task);
        assertThat(world.commands).isEmpty();
        world.take(new Input.MemberSilent(MemberKind.PROXY, "p2"));
        assertThat(world.commands).hasSize(1);
        assertThat(world.image.endpoints()).isEmpty();
        world.work();
        assertThat(world.instances("/web")).isEmpty();
    }

    private void idle(String proxy, TaskId task) {
        world.take(
                new Input.Reported(
                        new AgentReport.EndpointDrained(proxy, task, 0, AgentReport.Drain.IDLE)));
    }

    @Test
    void aDrainThatTakesTooLongIsCutShort() {
        world.agent("a1", 4);
        world.take(new Input.Reported(new AgentReport.ProxyJoined("p1", "s", "h")));
        world.create("/web", sleep(1));
        world.work();
        world.update("/web", sleep(0));

        world.pass(Settings.DEFAULT.drainTimeout());

        assertThat(world.instances("/web")).isEmpty();
    }

    @Test
    void aVersionCanBeReturnedTo() {
        world.agent("a1", 4).create("/web", sleep(1));
        world.work();
        var first = world.image.app(WEB).orElseThrow();
        world.now = world.now.plusSeconds(1);
        world.update("/web", "{\"cmd\":\"sleep 5\",\"instances\":2}");
        world.work();
        assertThat(world.image.versions(WEB)).hasSize(2);

        world.update("/web", "{\"version\":\"" + first.version() + "\"}");
        world.work();

        assertThat(world.image.app(WEB).orElseThrow().sameConfig(first)).isTrue();
        assertThat(world.instances("/web")).hasSize(1);
    }

    @Test
    void manyInstancesAreMadeAndPlacedInSlices() {
        world.agent("a1", 100);
        world.create(
                "/web",
                "{\"cmd\":\"x\",\"cpus\":0.1,\"mem\":1,\"instances\":450,\"portDefinitions\":[]}");
        world.pass(Duration.ofSeconds(1)).work();

        assertThat(world.conditions("/web")).containsOnly(Map.entry(Condition.RUNNING, 450));
        assertThat(world.journal)
                .flatExtracting(JournalEntry::facts)
                .filteredOn(Fact.Launched.class::isInstance)
                .extracting(fact -> ((Fact.Launched) fact).instances().size())
                .containsExactly(200, 200, 50);
        assertThat(world.journal)
                .extracting(entry ->
                        entry.facts().stream()
                                .filter(fact ->
                                        fact instanceof Fact.InstancePut put
                                                && put.from().isEmpty())
                                .count())
                .filteredOn(made -> made > 0)
                .containsExactly(200L, 200L, 50L);
        assertThat(world.image.deployments()).isEmpty();
        assertThat(world.image.nextDue()).isEmpty();
    }

    @Test
    void aTaskThatDoesNotRunInTimeIsKilledAndLaunchedAgain() {
        world.agent("a1", 4).create("/web", sleep(1));
        var welcome = world.commands.poll();
        var launch = world.commands.poll();
        assertThat(welcome).isNotNull();
        assertThat(launch).isNotNull();
        world.pass(Settings.DEFAULT.launchTimeout());
        assertThat(world.conditions("/web")).containsEntry(Condition.KILLING, 1);
    }
}

package io.ekiden.planner.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.log.Input;
import io.ekiden.log.MemberKind;
import io.ekiden.model.App;
import io.ekiden.model.Condition;
import io.ekiden.model.Deployment;
import io.ekiden.model.Instance;
import io.ekiden.model.PathId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// When a deployment has failed (launches that fail, no progress), and what becomes of its apps.
class FailedDeploymentsTest {
    private static final PathId WEB = PathId.of("/web");
    private static final String ROLLBACK = ",\"autoRollback\":true";

    private final World world = new World();

    @BeforeEach
    void agents() {
        world.agent("a1", 8).agent("a2", 8);
    }

    @AfterEach
    void theJournalDecidedAgainGivesTheSame() {
        world.replays();
    }

    private static String definition(String cmd, int instances, String strategy, String more) {
        return ("{\"cmd\":\"%s\",\"cpus\":0.1,\"mem\":32,\"instances\":%d,\"backoffSeconds\":1,"
                        + "\"upgradeStrategy\":{%s}%s}")
                .formatted(cmd, instances, strategy, more);
    }

    private static final String CHECKED =
            ",\"healthChecks\":[{\"protocol\":\"COMMAND\",\"command\":{\"value\":\"true\"}}]";

    private void deploy(String cmd, int instances, String strategy, String more) {
        world.update("/web", definition(cmd, instances, strategy, more), true);
        world.work();
    }

    private App app() {
        return world.image.app(WEB).orElseThrow();
    }

    private List<Instance> fresh() {
        return world.instances("/web").stream()
                .filter(instance -> RollingUpgrade.current(app(), instance))
                .filter(instance -> instance.condition() == Condition.RUNNING)
                .toList();
    }

    private void healthy() {
        fresh().forEach(instance -> world.health(instance, true, false));
        world.work();
    }

    private List<String> failures() {
        return world.journal.stream()
                .flatMap(entry -> entry.facts().stream())
                .filter(Fact.DeploymentCancelled.class::isInstance)
                .map(fact -> ((Fact.DeploymentCancelled) fact).reason())
                .toList();
    }

    /// The next launch of the new version ends by itself.
    private void crash() {
        crash(TaskState.FAILED);
    }

    private void crash(TaskState how) {
        world.dies(fresh().getFirst(), how);
        world.pass(Duration.ofSeconds(30));
        world.work();
    }

    @ParameterizedTest(name = "{0} allowed, ends {1}")
    @CsvSource({"1, FAILED", "3, FAILED", "2, FINISHED", "2, ERROR"})
    void moreFailedLaunchesThanAllowedEndTheDeploymentWhereItIs(int allowed, TaskState how) {
        deploy("v1", 2, "", CHECKED);
        healthy();
        deploy("v2", 2, "\"maxLaunchFailures\":" + allowed, CHECKED);

        for (int i = 1; i <= allowed; i++) {
            crash(how);
            assertThat(failures()).isEmpty();
            assertThat(world.image.deployments())
                    .singleElement()
                    .extracting(deployment -> deployment.launchFailures().get(WEB))
                    .isEqualTo(i);
        }
        crash(how);

        assertThat(failures())
                .containsExactly(
                        "%d launches of /web have failed, %d may".formatted(allowed + 1, allowed));
        assertThat(world.image.deployments()).isEmpty();
        assertThat(app().cmd()).contains("v2");
    }

    @Test
    void takenBackItIsAsItWasBefore() {
        deploy("v1", 2, "", CHECKED);
        healthy();
        var before = app();
        deploy("v2", 4, "\"maxLaunchFailures\":1" + ROLLBACK, CHECKED);
        var failed = world.image.deployments().iterator().next().id();

        crash();
        crash();

        assertThat(failures())
                .containsExactly(
                        "2 launches of /web have failed, 1 may; what it changed is taken back");
        assertThat(app().sameConfig(before)).isTrue();
        assertThat(app().instances()).isEqualTo(2);
        assertThat(world.image.deployments())
                .singleElement()
                .extracting(Deployment::reverts)
                .isEqualTo(Optional.of(failed));

        healthy();
        assertThat(world.image.deployments()).isEmpty();
        assertThat(world.running).hasSize(2);
    }

    @Test
    void withoutALimitItGoesOnForEver() {
        deploy("v1", 1, "", CHECKED);
        healthy();
        deploy("v2", 1, "", CHECKED);

        for (int i = 0; i < 20; i++) {
            crash();
        }

        assertThat(failures()).isEmpty();
        assertThat(world.image.deployments()).hasSize(1);
    }

    @Test
    void anAppWithoutAFormerVersionStaysWithItsBackoff() {
        deploy("v1", 1, "\"maxLaunchFailures\":1" + ROLLBACK, CHECKED);
        crash();
        world.dies(fresh().getFirst(), TaskState.FAILED);

        assertThat(failures()).containsExactly("2 launches of /web have failed, 1 may");
        assertThat(world.image.deployments()).isEmpty();
        assertThat(world.image.delay(WEB)).isPresent();
        assertThat(world.conditions("/web")).containsOnlyKeys(Condition.SCHEDULED);

        world.pass(Duration.ofSeconds(30));
        assertThat(world.conditions("/web")).containsOnlyKeys(Condition.RUNNING);
    }

    @Test
    void whatIsNewInATakenBackDeploymentStays() {
        deploy("v1", 1, "", CHECKED);
        healthy();
        var web = definition("v2", 1, "\"maxLaunchFailures\":1" + ROLLBACK, CHECKED);
        var update =
                World.json(
                        "{\"apps\":[%s,{\"id\":\"new\",\"cmd\":\"x\",\"cpus\":0.1,\"mem\":32}]}"
                                .formatted(web.replaceFirst("\\{", "{\"id\":\"web\",")));
        world.change(new Change.UpdateGroup(PathId.ROOT, update), false);
        world.work();

        crash();
        crash();
        healthy();

        assertThat(app().cmd()).contains("v1");
        assertThat(world.instances("/new")).hasSize(1);
        assertThat(world.image.deployments()).isEmpty();
    }

    @Test
    void whatTakesBackIsNotTakenBackItself() {
        deploy("v1", 1, "\"maxLaunchFailures\":1" + ROLLBACK, CHECKED);
        healthy();
        deploy("v2", 1, "\"maxLaunchFailures\":1" + ROLLBACK, CHECKED);
        crash();
        crash();
        assertThat(app().cmd()).contains("v1");
        world.health(
                world.instances("/web").stream()
                        .filter(instance -> instance.condition() == Condition.RUNNING)
                        .findFirst()
                        .orElseThrow(),
                false,
                true);
        world.work();

        for (int i = 0; i < 6 && !world.image.deployments().isEmpty(); i++) {
            world.pass(Duration.ofSeconds(30));
            if (!fresh().isEmpty()) {
                crash();
            }
        }

        assertThat(world.image.deployments()).isEmpty();
        assertThat(app().cmd()).contains("v1");
        assertThat(failures())
                .hasSize(2)
                .last()
                .asString()
                .endsWith("launches of /web have failed, 1 may");
    }

    @Test
    void withoutChecksEveryEndByItselfIsAFailedLaunch() {
        deploy("v1", 4, "", "");
        deploy("v2", 4, "\"maxLaunchFailures\":2,\"canary\":{\"instances\":1}", "");
        crash();
        crash();
        crash();

        assertThat(failures()).containsExactly("3 launches of /web have failed, 2 may");
    }

    /// What ends a launch that is no failure of the new version.
    @Test
    void whatTheVersionIsNotToBlameForDoesNotCount() {
        deploy("v1", 2, "\"minimumHealthCapacity\":0.5", CHECKED);
        healthy();
        var old = world.instances("/web");
        deploy("v2", 2, "\"maxLaunchFailures\":1", CHECKED);

        // An old one dies.
        world.dies(old.getFirst(), TaskState.FAILED);
        world.pass(Duration.ofSeconds(30));
        // A user kills new ones.
        for (int i = 0; i < 3; i++) {
            var task = fresh().getFirst().taskId();
            world.change(
                    new Change.KillTasks(Optional.empty(), List.of(task), false, false), false);
            world.work();
        }
        // Their agents have lost them.
        for (int i = 0; i < 3; i++) {
            for (var agent : List.of("a1", "a2")) {
                world.running
                        .entrySet()
                        .removeIf(task ->
                                task.getValue().equals(agent)
                                        && fresh().stream()
                                                .anyMatch(f -> f.taskId().equals(task.getKey())));
                world.take(world.joined(agent, 8, world.inventory(agent)));
                world.work();
            }
            world.pass(Duration.ofSeconds(30));
        }

        assertThat(failures()).isEmpty();
        assertThat(world.image.deployments())
                .singleElement()
                .satisfies(running -> assertThat(running.launchFailures()).isEmpty());
    }

    @Test
    void oneThatWasHealthyOnceHasNotFailedToLaunch() {
        deploy("v1", 3, "", CHECKED);
        healthy();
        deploy("v2", 3, "\"maxLaunchFailures\":1,\"maximumOverCapacity\":0.4", CHECKED);

        for (int i = 0; i < 4; i++) {
            var one = fresh().getFirst();
            world.health(one, true, false);
            world.work();
            world.dies(world.image.instance(one.id()).orElseThrow(), TaskState.FAILED);
            world.pass(Duration.ofSeconds(30));
        }

        assertThat(failures()).isEmpty();
        assertThat(world.image.deployments()).hasSize(1);
    }

    @ParameterizedTest(name = "late {0}")
    @CsvSource({"true", "false"})
    void oneThatIsKilledForBeingLateOrIllHasFailed(boolean late) {
        deploy("v1", 1, "", CHECKED);
        healthy();
        world.update("/web", definition("v2", 1, "\"maxLaunchFailures\":1", CHECKED));
        for (int i = 0; i < 2; i++) {
            if (late) {
                // Launched, and no word of it.
                world.commands.clear();
                world.pass(Settings.DEFAULT.launchTimeout().plusSeconds(60));
                var instance =
                        world.instances("/web").stream()
                                .filter(each -> RollingUpgrade.current(app(), each))
                                .filter(each -> each.stopping().isPresent())
                                .findFirst();
                instance.ifPresent(each -> world.dies(each, TaskState.KILLED));
            } else {
                world.work();
                world.health(fresh().getFirst(), false, true);
                world.work();
            }
            world.pass(Duration.ofSeconds(30));
        }

        assertThat(failures()).containsExactly("2 launches of /web have failed, 1 may");
    }

    @Test
    void whilePausedNothingFails() {
        deploy("v1", 1, "", CHECKED);
        healthy();
        deploy("v2", 1, "\"maxLaunchFailures\":1", CHECKED);
        var id = world.image.deployments().iterator().next().id();
        world.change(new Change.PauseDeployment(id, true), false);

        crash();
        crash();
        crash();
        assertThat(failures()).isEmpty();

        world.change(new Change.PauseDeployment(id, false), false);
        world.work();
        crash();
        assertThat(failures()).isEmpty();
        crash();
        assertThat(failures()).hasSize(1);
    }

    @Test
    void aScalingThatCrashesIsTakenBackToo() {
        deploy("v1", 1, "\"maxLaunchFailures\":1" + ROLLBACK, CHECKED);
        healthy();
        world.update("/web", "{\"instances\":2}");
        world.work();
        for (int i = 0; i < 2; i++) {
            var sick =
                    fresh().stream()
                            .filter(instance -> instance.healthy().isEmpty())
                            .findFirst()
                            .orElseThrow();
            world.dies(sick, TaskState.FAILED);
            world.pass(Duration.ofSeconds(30));
        }

        assertThat(failures()).hasSize(1);
        assertThat(app().instances()).isEqualTo(1);
        world.work();
        assertThat(world.running).hasSize(1);
        assertThat(world.image.deployments()).isEmpty();
    }

    @ParameterizedTest(name = "rollback {0}")
    @CsvSource({"true, v1", "false, v2"})
    void aMissedDeadlineIsTakenBackToo(boolean rollback, String cmd) {
        deploy("v1", 1, "", CHECKED);
        healthy();
        deploy("v2", 1, "\"progressDeadlineSeconds\":60" + (rollback ? ROLLBACK : ""), CHECKED);
        world.pass(Duration.ofSeconds(61));

        assertThat(failures())
                .containsExactly(
                        "No further instance was ready within 60 seconds"
                                + (rollback ? "; what it changed is taken back" : ""));
        assertThat(app().cmd()).contains(cmd);
    }

    @Test
    void aSilentAgentIsNoFailedLaunch() {
        deploy("v1", 1, "", CHECKED);
        healthy();
        deploy("v2", 1, "\"maxLaunchFailures\":1", CHECKED);
        for (var agent : List.of("a1", "a2")) {
            world.deaf.add(agent);
            world.take(new Input.MemberSilent(MemberKind.AGENT, agent));
        }
        world.pass(Duration.ofHours(1));

        assertThat(failures()).isEmpty();
    }
}

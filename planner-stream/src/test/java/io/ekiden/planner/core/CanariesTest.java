package io.ekiden.planner.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.log.Input;
import io.ekiden.log.MemberKind;
import io.ekiden.log.Rejection;
import io.ekiden.model.Condition;
import io.ekiden.model.Deployment;
import io.ekiden.model.Deployment.Canaries;
import io.ekiden.model.PathId;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a deployment can do beyond Marathon: wait with its canaries, pause, and give up.
class CanariesTest {
    private static final PathId WEB = PathId.of("/web");

    private final World world = new World();

    @BeforeEach
    void agents() {
        world.agent("a1", 8).agent("a2", 8);
    }

    @AfterEach
    void theJournalDecidedAgainGivesTheSame() {
        world.replays();
    }

    private void deploy(String cmd, String strategy) {
        world.update(
                "/web",
                "{\"cmd\":\"%s\",\"cpus\":0.1,\"mem\":32,\"instances\":4,\"upgradeStrategy\":{%s}}"
                        .formatted(cmd, strategy));
    }

    private long fresh() {
        var app = world.image.app(WEB).orElseThrow();
        return world.instances("/web").stream()
                .filter(instance -> RollingUpgrade.current(app, instance))
                .count();
    }

    private Deployment deployment() {
        return world.image.deployments().iterator().next();
    }

    @ParameterizedTest(name = "minimum {0}, over {1}")
    @CsvSource({"1.0, 1.0", "1.0, 0.0", "0.5, 0.25", "0.5, 0.0", "0.0, 0.0"})
    void theRestWaitsUntilTheCanariesArePromoted(double minimum, double over) {
        var strategy =
                "\"minimumHealthCapacity\":%s,\"maximumOverCapacity\":%s,\"canary\":{\"instances\":1}"
                        .formatted(minimum, over);
        deploy("v1", strategy);
        world.work();
        deploy("v2", strategy);
        world.work();

        assertThat(fresh()).isEqualTo(1);
        assertThat(world.running).hasSizeGreaterThanOrEqualTo(4);
        assertThat(deployment().canaries()).isEqualTo(Canaries.WAITING);

        world.change(new Change.PromoteDeployment(deployment().id()), false);
        world.work();

        assertThat(fresh()).isEqualTo(4);
        assertThat(world.running).hasSize(4);
        assertThat(world.image.deployments()).isEmpty();
    }

    /// It waited with one of three, and for ever, should the deployment have been taken back by
    /// itself.
    @Test
    void whatIsTakenBackDoesNotWaitWithItsCanaries() {
        var strategy =
                "\"minimumHealthCapacity\":1,\"maximumOverCapacity\":0.5,\"canary\":{\"instances\":1}";
        deploy("v1", strategy);
        world.work();
        deploy("v2", strategy);
        world.work();

        world.change(new Change.CancelDeployment(deployment().id()), false);
        world.work();

        assertThat(world.image.app(WEB).orElseThrow().cmd()).contains("v1");
        assertThat(fresh()).isEqualTo(4);
        assertThat(world.running).hasSize(4);
        assertThat(world.image.deployments()).isEmpty();
    }

    @Test
    void whatDiesWhileTheCanariesWaitIsMadeGood() {
        deploy("v1", "\"canary\":{\"instances\":1}");
        world.work();
        deploy("v2", "\"canary\":{\"instances\":1}");
        world.work();
        var app = world.image.app(WEB).orElseThrow();
        var old =
                world.instances("/web").stream()
                        .filter(instance -> !RollingUpgrade.current(app, instance))
                        .findFirst()
                        .orElseThrow();

        world.dies(old, TaskState.FAILED);
        world.pass(Duration.ofSeconds(5));
        world.work();

        assertThat(world.running).hasSizeGreaterThanOrEqualTo(4);
        assertThat(deployment().canaries()).isEqualTo(Canaries.WAITING);
    }

    @Test
    void whatWaitsForItsAgentIsNewAtOnceSinceItWillBeLaunchedSo() {
        var volume =
                "\"canary\":{\"instances\":1}},\"container\":{\"type\":\"MESOS\",\"volumes\":[{\"containerPath\":\"data\",\"mode\":\"RW\",\"persistent\":{\"size\":1}}]";
        deploy("v1", volume);
        world.work();
        world.instances("/web").stream()
                .filter(instance -> instance.holder().equals(Optional.of("a1")))
                .forEach(instance -> world.dies(instance, TaskState.FAILED));
        world.take(new Input.MemberSilent(MemberKind.AGENT, "a1"));
        deploy("v2", volume);

        var app = world.image.app(WEB).orElseThrow();
        assertThat(world.instances("/web"))
                .filteredOn(instance -> instance.condition() == Condition.SCHEDULED)
                .hasSize(2)
                .allMatch(instance -> RollingUpgrade.current(app, instance));
    }

    @Test
    void aPausedDeploymentTakesNoStepUntilItGoesOn() {
        deploy("v1", "");
        world.work();
        deploy("v2", "\"minimumHealthCapacity\":0.5,\"maximumOverCapacity\":0");
        world.change(new Change.PauseDeployment(deployment().id(), true), false);
        world.work();
        assertThat(world.running).hasSize(2);

        world.pass(Duration.ofHours(1));
        assertThat(world.running).hasSize(2);

        world.change(new Change.PauseDeployment(deployment().id(), false), false);
        world.work();
        assertThat(fresh()).isEqualTo(4);
        assertThat(world.image.deployments()).isEmpty();
    }

    @Test
    void aDeploymentThatStandsStillForItsDeadlineHasFailed() {
        deploy("v1", "");
        world.work();
        world.update(
                "/web",
                "{\"cpus\":100,\"upgradeStrategy\":{\"minimumHealthCapacity\":0.5,\"progressDeadlineSeconds\":60}}");
        world.work();

        world.pass(Duration.ofSeconds(59));
        assertThat(world.image.deployments()).hasSize(1);
        world.pass(Duration.ofSeconds(2));

        assertThat(world.image.deployments()).isEmpty();
        assertThat(world.journal)
                .flatExtracting(entry -> entry.facts())
                .filteredOn(Fact.DeploymentCancelled.class::isInstance)
                .singleElement()
                .extracting(fact -> ((Fact.DeploymentCancelled) fact).reason())
                .isEqualTo("No further instance was ready within 60 seconds");
    }

    @Test
    void withoutADeadlineItWaitsForEver() {
        deploy("v1", "");
        world.work();
        world.update("/web", "{\"cpus\":100}");
        world.pass(Duration.ofDays(7));

        assertThat(world.image.deployments()).hasSize(1);
    }

    @Test
    void anUnknownDeploymentIsRefused() {
        var entry = world.change(new Change.PromoteDeployment("x"), false);

        assertThat(world.rejection(entry))
                .isEqualTo(new Rejection.NotFound("DeploymentPlan x does not exist"));
    }
}

package io.ekiden.planner.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.log.Fact;
import io.ekiden.model.Instance;
import io.ekiden.model.PathId;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What waits for the answer to a readiness check.
class ReadinessTest {
    private static final PathId WEB = PathId.of("/web");
    private static final String CHECK = ",\"readinessChecks\":[{\"portName\":\"default\"}]";
    private static final String HEALTH = ",\"healthChecks\":[{\"protocol\":\"TCP\"}]";

    private final World world = new World();

    @AfterEach
    void theJournalDecidedAgainGivesTheSame() {
        world.replays();
    }

    private static String sleep(int seconds, int instances, String more) {
        return "{\"cmd\":\"sleep %d\",\"cpus\":0.1,\"mem\":32,\"instances\":%d%s}"
                .formatted(seconds, instances, more);
    }

    private World runs(int instances, String more) {
        world.agent("a1", 4).create("/web", sleep(1, instances, more));
        return world.work();
    }

    private Instance newest() {
        return world.instances("/web").stream()
                .max(Comparator.comparing(instance -> instance.stagedAt().orElseThrow()))
                .orElseThrow();
    }

    private void ready(Instance instance) {
        world.readiness(instance, true);
        world.work();
    }

    private void allReady() {
        world.instances("/web").forEach(this::ready);
    }

    @ParameterizedTest(name = "checks: {0}; reports: {1}; done {2}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    none      |               | true
                    readiness |               | false
                    readiness | not ready     | false
                    readiness | alive         | false
                    readiness | ready         | true
                    readiness | not ready, ready | true
                    readiness | ready, not ready | true
                    health    | ready         | false
                    health    | alive         | true
                    both      | ready         | false
                    both      | alive         | false
                    both      | ready, alive  | true
                    both      | alive, ready  | true
                    """)
    void aDeploymentEndsAndTheEndpointIsOfferedWhenAllThatIsAskedForIsSaid(
            String checks, String reports, boolean done) {
        var more =
                switch (checks) {
                    case "none" -> "";
                    case "readiness" -> CHECK;
                    case "health" -> HEALTH;
                    default -> HEALTH + CHECK;
                };
        runs(1, more);
        var instance = world.instances("/web").getFirst();
        for (var report : reports == null ? List.<String>of() : List.of(reports.split(", "))) {
            switch (report) {
                case "ready" -> world.readiness(instance, true);
                case "not ready" -> world.readiness(instance, false);
                default -> world.health(instance, true, false);
            }
        }
        world.work();

        assertThat(world.image.deployments().isEmpty()).isEqualTo(done);
        assertThat(world.image.endpoints()).hasSize(done ? 1 : 0);
    }

    @Test
    void anOldInstanceEndsOnlyWhenANewOneIsReady() {
        runs(2, CHECK);
        allReady();
        var old = world.instances("/web").stream().map(Instance::id).toList();

        world.update("/web", sleep(2, 2, CHECK));
        world.work();
        assertThat(world.instances("/web")).hasSize(4).extracting(Instance::id).containsAll(old);
        world.readiness(newest(), false);
        world.work();
        assertThat(world.instances("/web")).hasSize(4);

        ready(newest());
        assertThat(world.instances("/web")).hasSize(3);
        assertThat(world.image.deployments()).hasSize(1);
        allReady();
        assertThat(world.instances("/web"))
                .hasSize(2)
                .extracting(Instance::id)
                .doesNotContainAnyElementsOf(old);
        assertThat(world.image.deployments()).isEmpty();
    }

    @Test
    void aCheckThatIsAddedIsNotAskedOfOldInstances() {
        runs(1, "");

        world.update("/web", sleep(1, 1, CHECK));
        world.work();
        assertThat(world.instances("/web")).hasSize(2);
        assertThat(world.image.endpoints()).hasSize(1);

        ready(newest());
        assertThat(world.instances("/web")).hasSize(1);
        assertThat(world.image.deployments()).isEmpty();
    }

    @Test
    void aScalingWaitsForTheNewInstancesOnly() {
        runs(1, CHECK);
        ready(newest());

        world.update("/web", "{\"instances\":2}");
        world.work();
        assertThat(world.image.deployments()).hasSize(1);
        ready(newest());

        assertThat(world.image.deployments()).isEmpty();
    }

    @Test
    void aTaskThatIsLaunchedAgainIsAskedAgain() {
        runs(1, CHECK);
        ready(newest());

        world.dies(newest(), TaskState.FAILED);
        world.pass(Duration.ofSeconds(10));
        assertThat(newest().incarnation()).isEqualTo(2);
        assertThat(newest().readiness()).isEmpty();
        assertThat(world.image.endpoints()).isEmpty();
        ready(newest());
        assertThat(world.image.endpoints()).hasSize(1);
    }

    @Test
    void whatIsOutdatedOrKnownOrFromAnotherAgentChangesNothing() {
        runs(1, CHECK);
        world.agent("a2", 4);
        var instance = newest();
        long epoch = world.image.agent("a1").orElseThrow().epoch();

        assertThat(world.readiness(instance, "a1", epoch - 1, true).facts()).isEmpty();
        long others = world.image.agent("a2").orElseThrow().epoch();
        assertThat(world.readiness(instance, "a2", others, true).facts()).isEmpty();
        assertThat(world.readiness(instance, false).facts())
                .hasOnlyElementsOfType(Fact.ReadinessPut.class);
        assertThat(world.readiness(instance, false).facts()).isEmpty();
        assertThat(world.image.deployments()).hasSize(1);

        ready(instance);
        assertThat(world.readiness(newest(), false).facts()).isEmpty();
        assertThat(world.image.app(WEB)).isPresent();
        assertThat(world.image.endpoints()).hasSize(1);
    }
}

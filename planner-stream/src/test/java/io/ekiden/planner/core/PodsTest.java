package io.ekiden.planner.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.log.JournalEntry;
import io.ekiden.log.Problem;
import io.ekiden.log.Rejection;
import io.ekiden.model.Condition;
import io.ekiden.model.Deployment;
import io.ekiden.model.Instance;
import io.ekiden.model.InstanceId;
import io.ekiden.model.PathId;
import io.ekiden.model.Resources;
import io.ekiden.model.RunSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodsTest {
    private static final PathId WEB = PathId.of("/web");
    private static final String APP = "{\"cmd\":\"x\",\"cpus\":0.1,\"mem\":32}";

    private final World world = new World().agent("a1", 8);

    @AfterEach
    void theJournalDecidedAgainGivesTheSame() {
        world.replays();
    }

    private static String pod(int instances, String line) {
        return """
        {"containers":[
          {"name":"web","exec":{"command":{"shell":"%s"}},"resources":{"cpus":0.1,"mem":32},
           "endpoints":[{"name":"http"},{"name":"admin"}]},
          {"name":"side","exec":{"command":{"shell":"x"}},"resources":{"cpus":0.2,"mem":64},
           "endpoints":[{"name":"side"}]}],
         "scaling":{"kind":"fixed","instances":%d}}
        """
                .formatted(line, instances);
    }

    private JournalEntry create(String id, String definition) {
        return world.change(new Change.CreatePod(PathId.of(id), World.json(definition)), false);
    }

    private JournalEntry update(String id, String definition) {
        return world.change(new Change.UpdatePod(PathId.of(id), World.json(definition)), false);
    }

    @Test
    void anInstanceHasThePortsAndTheRoomOfAllItsContainers() {
        create("/web", pod(2, "x"));
        world.work();

        assertThat(world.conditions("/web")).containsOnly(Map.entry(Condition.RUNNING, 2));
        assertThat(world.image.deployments()).isEmpty();
        assertThat(world.instances("/web"))
                .allMatch(i -> i.resources().equals(Resources.of(0.4, 128, 10, 0)))
                .allMatch(i -> i.placement().orElseThrow().hostPorts().size() == 3);
    }

    @Test
    void aPodIsScaledWithoutRestartsAndRolledWhenItsConfigurationChanges() {
        create("/web", pod(1, "x"));
        world.work();
        var first = world.instances("/web").getFirst();

        update("/web", pod(3, "x"));
        world.work();
        assertThat(world.instances("/web")).hasSize(3).contains(first);

        update("/web", pod(2, "y"));
        world.work();
        assertThat(world.instances("/web")).hasSize(2);
        assertThat(world.instances("/web"))
                .extracting(Instance::configVersion)
                .containsOnly(world.image.pod(WEB).orElseThrow().configVersion());
        assertThat(world.highWater).isBetween(3, 6);
    }

    @Test
    void itsDeploymentsNameActionsOfPods() {
        var entry = create("/web", pod(1, "x"));

        assertThat(entry.facts())
                .filteredOn(Fact.DeploymentStarted.class::isInstance)
                .flatExtracting(fact -> ((Fact.DeploymentStarted) fact).deployment().steps())
                .flatExtracting(Deployment.Step::actions)
                .extracting(Deployment.Action::marathonName)
                .containsExactly("StartPod", "ScalePod");
    }

    @Test
    void whatEndsIsLaunchedAgain() {
        create("/web", pod(1, "x"));
        world.work();
        var first = world.instances("/web").getFirst();

        world.dies(first, TaskState.FAILED);
        world.pass(Duration.ofMinutes(1));

        assertThat(world.conditions("/web")).containsOnly(Map.entry(Condition.RUNNING, 1));
        assertThat(world.instances("/web").getFirst().incarnation()).isEqualTo(2);
    }

    @Test
    void aKilledInstanceIsLaunchedAgainAndWithWipeReplaced() {
        create("/web", pod(2, "x"));
        world.work();
        var ids = world.instances("/web").stream().map(Instance::id).toList();

        world.change(new Change.KillPodInstances(WEB, List.of(ids.getFirst()), false), false);
        world.work().pass(Duration.ofMinutes(1));
        assertThat(world.instances("/web")).extracting(Instance::id).containsAll(ids);

        world.change(new Change.KillPodInstances(WEB, List.of(ids.getFirst()), true), false);
        world.work().pass(Duration.ofMinutes(1));
        assertThat(world.instances("/web"))
                .hasSize(2)
                .extracting(Instance::id)
                .doesNotContain(ids.getFirst());
    }

    @Test
    void nothingIsLeftOfADeletedPod() {
        create("/web", pod(2, "x"));
        world.work();

        world.change(new Change.DeletePod(WEB), false);
        world.work();

        assertThat(world.instances("/web")).isEmpty();
        assertThat(world.image.runSpec(WEB)).isEmpty();
        assertThat(world.running).isEmpty();
    }

    @ParameterizedTest(name = "{0} of {1}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # change   | id    | refused with
                    CreatePod  | /pod  | A pod with id [/pod] already exists.
                    CreatePod  | /app  | Applications and Pods may not share the same id
                    UpdatePod  | /app  | Applications and Pods may not share the same id
                    CreateApp  | /pod  | Applications and Pods may not share the same id
                    UpdateApps | /pod  | Applications and Pods may not share the same id
                    CreatePod  | /app/x | Groups and Applications may not have the same identifier.
                    CreateApp  | /pod/x | Groups and Pods may not have the same identifier.
                    DeletePod  | /x    | Pod '/x' does not exist
                    DeletePod  | /app  | Pod '/app' does not exist
                    DeleteApp  | /pod  | App '/pod' does not exist
                    RestartApp | /pod  | App '/pod' does not exist
                    KillTasks  | /pod  | App '/pod' does not exist
                    KillAppTasks | /pod | App '/pod' does not exist
                    Kill       | /x    | Pod '/x' does not exist
                    Kill       | /pod  | Task 'pod.instance-x' does not exist
                    """,
            quoteCharacter = '"')
    void whatMakesNoSenseIsRefused(String change, String id, String text) {
        create("/pod", pod(1, "x"));
        world.create("/app", APP);
        world.work();

        var refused = world.rejection(world.change(change(change, PathId.of(id)), false));

        assertThat(
                        refused instanceof Rejection.Invalid(var problems)
                                ? said(problems)
                                : refused.message())
                .isEqualTo(text);
        assertThat(world.image.runSpecs()).extracting(RunSpec::kind).hasSize(2);
    }

    private static String said(List<Problem> problems) {
        return String.join("; ", problems.stream().flatMap(p -> p.errors().stream()).toList());
    }

    private static Change change(String name, PathId id) {
        var app = World.json(APP);
        var pod = World.json(pod(1, "x"));
        var instance = InstanceId.of(PathId.of("/pod"), "x");
        return switch (name) {
            case "CreatePod" -> new Change.CreatePod(id, pod);
            case "UpdatePod" -> new Change.UpdatePod(id, pod);
            case "CreateApp" -> new Change.CreateApp(id, app);
            case "UpdateApps" ->
                    new Change.UpdateApps(List.of(new Change.AppUpdate(id, app)), true, false);
            case "DeletePod" -> new Change.DeletePod(id);
            case "DeleteApp" -> new Change.DeleteApp(id);
            case "RestartApp" -> new Change.RestartApp(id);
            case "KillTasks" -> new Change.KillTasks(Optional.of(id), List.of(), false, false);
            case "KillAppTasks" -> new Change.KillAppTasks(id, Optional.empty(), false, false);
            case "Kill" -> new Change.KillPodInstances(id, List.of(instance), false);
            default -> throw new IllegalArgumentException(name);
        };
    }

    @Test
    void aPlannerOfBeforeRefusesTerminalsAsItDid() {
        var former = new World(Settings.DEFAULT, PlannerVersion.V0_3);
        var container =
                "{\"name\":\"c\",\"tty\":true,\"exec\":{\"command\":{\"shell\":\"x\"}},"
                        + "\"resources\":{}}";

        var app = former.create("/app", "{\"cmd\":\"x\",\"tty\":true}");
        var pod =
                former.change(
                        new Change.CreatePod(
                                PathId.of("/pod"),
                                World.json("{\"containers\":[" + container + "]}")),
                        false);

        assertThat(List.of(app, pod))
                .flatMap(entry -> ((Rejection.Invalid) former.rejection(entry)).problems())
                .extracting(problem -> problem.path() + " " + problem.errors())
                .containsExactly(
                        "/tty [is not supported by this version of Ekiden]",
                        "/containers(0)/tty [is not supported by this version of Ekiden]");
        former.replays();
    }
}

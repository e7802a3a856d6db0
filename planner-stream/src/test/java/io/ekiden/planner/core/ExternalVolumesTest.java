package io.ekiden.planner.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.log.Input;
import io.ekiden.log.MemberKind;
import io.ekiden.log.Problem;
import io.ekiden.log.Rejection;
import io.ekiden.model.Condition;
import io.ekiden.model.Instance;
import io.ekiden.model.LaunchQueueItem;
import io.ekiden.model.LaunchQueueItem.Reason;
import io.ekiden.model.LaunchQueueItem.Refusal;
import io.ekiden.model.PathId;
import io.ekiden.model.TaskId;
import io.ekiden.model.UnreachableStrategy;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Apps with volumes of Docker volume drivers: where their tasks may be, and that no two tasks use
/// a volume at once unless both share it.
class ExternalVolumesTest {
    private static final String REPLACED =
            ", \"unreachableStrategy\": {\"inactiveAfterSeconds\": 60, \"expungeAfterSeconds\": 600}";

    private final World world =
            new World()
                    .agent("a", 4, "volume-drivers:local;shelf")
                    .agent("b", 4, "volume-drivers:local;shelf");

    @AfterEach
    void noVolumeIsUsedTwiceAndTheJournalIsDecidedAlike() {
        var users = new HashSet<String>();
        world.image.instances().stream()
                .filter(Instance::usesAlone)
                .flatMap(instance -> instance.volumesInUse().stream())
                .forEach(volume -> assertThat(users.add(volume.name())).isTrue());
        world.replays();
    }

    private static String app(String driver, String volume, boolean shared, String more) {
        return """
        {"container": {"type": "DOCKER", "docker": {"image": "x"}, "volumes": [
          {"containerPath": "/d", "mode": "RW", "external":
            {"name": "%s", "provider": "dvdi", "shared": %s, "options": {"dvdi/driver": "%s"}}}]},
         "cpus": 1, "mem": 1%s}
        """
                .formatted(volume, shared, driver, more);
    }

    private void create(String id, String definition) {
        assertThat(world.answer(world.create(id, definition))).isInstanceOf(Fact.Accepted.class);
        world.work();
    }

    private Instance only(String id) {
        assertThat(world.instances(id)).hasSize(1);
        return world.instances(id).getFirst();
    }

    private static String agentOf(Instance instance) {
        return instance.placement().orElseThrow().agentId();
    }

    private List<Refusal> refusals(String id) {
        return world.image
                .queueItem(PathId.of(id))
                .map(LaunchQueueItem::refusals)
                .orElse(List.of());
    }

    private void silent(String agent) {
        world.deaf.add(agent);
        world.take(new Input.MemberSilent(MemberKind.AGENT, agent));
    }

    private void returns(String agent) {
        world.deaf.remove(agent);
        world.take(new Input.MemberReturned(MemberKind.AGENT, agent));
        world.work();
    }

    private boolean runs(TaskId task) {
        return world.running.containsKey(task);
    }

    @Test
    void aTaskIsPlacedWhereTheEngineHasTheDriver() {
        world.agent("c", 4, "volume-drivers:local;nfs");

        create("/db", app("nfs", "data", false, ""));

        assertThat(agentOf(only("/db"))).isEqualTo("c");
    }

    @Test
    void itWaitsForTheDriverAndTheQueueSaysSo() {
        create("/db", app("nfs", "data", false, ""));

        assertThat(only("/db").condition()).isEqualTo(Condition.SCHEDULED);
        assertThat(refusals("/db"))
                .contains(
                        new Refusal(
                                "a",
                                Reason.UnfulfilledConstraint,
                                "volume driver nfs",
                                "volume drivers [local, shelf]"));

        world.agent("a", 4, "volume-drivers:local;nfs;shelf");
        assertThat(agentOf(only("/db"))).isEqualTo("a");
        assertThat(refusals("/db")).isEmpty();
    }

    @Test
    void aVolumeIsOneAppsUnlessAllShareIt() {
        create("/db", app("shelf", "data", false, ""));

        assertThat(world.rejection(world.create("/other", app("local", "data", true, ""))))
                .isEqualTo(
                        new Rejection.Invalid(
                                List.of(
                                        Problem.rule(
                                                "/container",
                                                "Volume name 'data' in /other conflicts with"
                                                        + " volume(s) of same name in app(s): /db"))));

        create("/x", app("shelf", "common", true, ", \"instances\": 2"));
        create("/y", app("shelf", "common", true, ""));
        assertThat(world.conditions("/x")).containsEntry(Condition.RUNNING, 2);
        assertThat(world.conditions("/y")).containsEntry(Condition.RUNNING, 1);
        assertThat(world.answer(world.update("/y", app("shelf", "common", false, ""))))
                .isInstanceOf(Fact.Refused.class);
    }

    @Test
    void twoAppsOfOneGroupCannotHaveItEither() {
        var group =
                """
                {"apps": [%s, %s]}
                """
                        .formatted(
                                app("shelf", "data", false, ", \"id\": \"one\""),
                                app("shelf", "data", false, ", \"id\": \"two\""));

        var refused =
                world.rejection(
                        world.change(
                                new Change.UpdateGroup(PathId.of("/g"), World.json(group)), false));

        assertThat(((Rejection.Invalid) refused).problems()).hasSize(2);
    }

    @Test
    void anUpgradeStopsTheOldTaskBeforeTheNewOneBegins() {
        create("/db", app("shelf", "data", false, ""));
        var old = only("/db").taskId();
        world.highWater = 0;

        world.update("/db", "{\"env\": {\"A\": \"2\"}}");
        world.work();

        assertThat(world.highWater).isEqualTo(1);
        assertThat(runs(old)).isFalse();
        assertThat(only("/db").condition()).isEqualTo(Condition.RUNNING);
        assertThat(world.image.deployments()).isEmpty();
    }

    @Test
    void aVolumeGoesOnToAnotherAppWhenItsTaskHasEnded() {
        create("/db", app("shelf", "data", false, ""));
        var holder = only("/db");
        world.deaf.add(agentOf(holder));
        world.change(new Change.DeleteApp(PathId.of("/db")), false);
        world.work();

        create("/next", app("shelf", "data", false, ""));
        assertThat(only("/next").condition()).isEqualTo(Condition.SCHEDULED);
        assertThat(refusals("/next"))
                .contains(
                        new Refusal(
                                agentOf(holder).equals("a") ? "b" : "a",
                                Reason.UnfulfilledConstraint,
                                "volume data for itself",
                                "volume data in use by %s on agent %s"
                                        .formatted(holder.id(), agentOf(holder))));

        // The kill was not heard, and is said again.
        world.deaf.clear();
        world.pass(Duration.ofMinutes(5));
        assertThat(runs(holder.taskId())).isFalse();
        assertThat(only("/next").condition()).isEqualTo(Condition.RUNNING);
        assertThat(world.image.instances(PathId.of("/db"))).isEmpty();
    }

    @Test
    void nobodyTakesThePlaceOfATaskOfWhichNothingIsKnown() {
        create("/db", app("shelf", "data", false, ""));
        var first = only("/db");
        assertThat(world.image.app(PathId.of("/db")).orElseThrow().unreachableStrategy())
                .isEqualTo(new UnreachableStrategy.Disabled());

        silent(agentOf(first));
        world.pass(Duration.ofDays(1));
        assertThat(only("/db").condition()).isEqualTo(Condition.UNREACHABLE);
        assertThat(world.starts).hasSize(1);

        returns(agentOf(first));
        assertThat(only("/db").condition()).isEqualTo(Condition.RUNNING);
        assertThat(world.starts).hasSize(1);
    }

    @Test
    void whoSaysWhenItIsOverIsReplacedThen() {
        create("/db", app("shelf", "data", false, REPLACED));
        var first = only("/db");
        silent(agentOf(first));

        world.pass(Duration.ofMinutes(5));
        assertThat(world.conditions("/db"))
                .containsEntry(Condition.UNREACHABLE_INACTIVE, 1)
                .containsEntry(Condition.SCHEDULED, 1);
        assertThat(refusals("/db"))
                .extracting(Refusal::there)
                .containsExactly(
                        "volume data in use by %s on agent %s, which is silent"
                                .formatted(first.id(), agentOf(first)));

        world.pass(Duration.ofMinutes(6));
        assertThat(only("/db").condition()).isEqualTo(Condition.RUNNING);
        assertThat(agentOf(only("/db"))).isNotEqualTo(agentOf(first));
    }

    @Test
    void noUpgradeScalingOrDeletionForgetsATaskThatMayStillWrite() {
        create("/db", app("shelf", "data", false, ""));
        var first = only("/db");
        silent(agentOf(first));

        world.update("/db", "{\"env\": {\"A\": \"2\"}}");
        world.update("/db", "{\"instances\": 0}", true);
        world.update("/db", "{\"instances\": 1}", true);
        world.work();
        assertThat(world.image.instance(first.id()).map(Instance::condition))
                .contains(Condition.UNREACHABLE);
        assertThat(world.starts).hasSize(1);

        world.change(new Change.DeleteApp(PathId.of("/db")), true);
        create("/next", app("shelf", "data", false, ""));
        assertThat(only("/next").condition()).isEqualTo(Condition.SCHEDULED);
        assertThat(runs(first.taskId())).isTrue();

        returns(agentOf(first));
        assertThat(runs(first.taskId())).isFalse();
        assertThat(only("/next").condition()).isEqualTo(Condition.RUNNING);
    }

    @Test
    void whoWipesItSaysThatItIsOver() {
        create("/db", app("shelf", "data", false, ""));
        var first = only("/db");
        silent(agentOf(first));
        world.change(new Change.DeleteApp(PathId.of("/db")), false);
        create("/next", app("shelf", "data", false, ""));
        assertThat(only("/next").condition()).isEqualTo(Condition.SCHEDULED);

        world.change(
                new Change.KillTasks(Optional.empty(), List.of(first.taskId()), false, true),
                false);
        world.work();

        assertThat(world.image.instance(first.id())).isEmpty();
        assertThat(only("/next").condition()).isEqualTo(Condition.RUNNING);
    }

    @Test
    void aTaskThatFailedHasItsVolumeAgainWhereverItIsNext() {
        create("/db", app("shelf", "data", false, ""));
        var first = only("/db");

        world.dies(first, TaskState.FAILED);
        world.pass(Duration.ofMinutes(1));

        assertThat(only("/db").condition()).isEqualTo(Condition.RUNNING);
        assertThat(only("/db").incarnation()).isEqualTo(2);
    }

    @Test
    void anAgentThatIsEmptiedGivesTheVolumeToAnother() {
        create("/db", app("shelf", "data", false, ""));
        var first = only("/db");
        world.highWater = 0;

        world.change(new Change.DrainAgent(agentOf(first), true), false);
        world.work();

        assertThat(world.highWater).isEqualTo(1);
        assertThat(agentOf(only("/db"))).isNotEqualTo(agentOf(first));
        assertThat(only("/db").condition()).isEqualTo(Condition.RUNNING);
    }

    @Test
    void whatWasRefusedBeforeItWasKnownIsRefusedAgain() {
        var former = new World(Settings.DEFAULT, PlannerVersion.V0_3);

        var refused = former.rejection(former.create("/db", app("shelf", "data", false, "")));

        assertThat(refused)
                .isEqualTo(
                        new Rejection.Invalid(
                                List.of(
                                        Problem.rule(
                                                "/container/volumes(0)/external",
                                                "is not supported by this version of Ekiden"))));
        former.replays();
    }
}

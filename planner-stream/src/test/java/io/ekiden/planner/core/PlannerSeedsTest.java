package io.ekiden.planner.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.log.AgentReport;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.log.Change;
import io.ekiden.log.Input;
import io.ekiden.log.MemberKind;
import io.ekiden.model.Agent;
import io.ekiden.model.Condition;
import io.ekiden.model.Goal;
import io.ekiden.model.Instance;
import io.ekiden.model.LocalVolume;
import io.ekiden.model.PathId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Random users, tasks, agents and proxies against the planner. While they rage, no agent is
/// overfull, no task is started twice and every reader has the same state (see [World]); when they
/// stop, everything comes to what is wanted. `-Dsim.seed=N` runs one seed.
class PlannerSeedsTest {
    private static final String RESIDENT = "/db";
    private static final List<String> AGENTS = List.of("a1", "a2", "a3", "a4");
    private static final List<String> APPS = List.of("/a", "/b", "/c/d", RESIDENT);

    static LongStream seeds() {
        var one = Long.getLong("sim.seed");
        return one == null ? LongStream.range(0, 60) : LongStream.of(one);
    }

    private final World world = new World();
    private Random random = new Random(0);

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void whatIsWantedComesAboutWhenTheFaultsStop(long seed) {
        random = new Random(seed);
        world.take(new Input.Reported(new AgentReport.ProxyJoined("p1", "s", "h")));
        AGENTS.forEach(agent -> world.take(world.joined(agent, 2, List.of())));
        for (int i = 0; i < 120; i++) {
            event();
            for (int n = random.nextInt(6); n > 0 && !world.commands.isEmpty(); n--) {
                world.step();
            }
        }
        heal();
        settled();
        world.replays();
    }

    private void event() {
        var app = APPS.get(random.nextInt(APPS.size()));
        var agent = AGENTS.get(random.nextInt(AGENTS.size()));
        switch (random.nextInt(13)) {
            case 0 -> world.create(app, definition(app));
            case 1, 2 -> world.update(app, definition(app), random.nextBoolean());
            case 3 ->
                    world.update(
                            app, "{\"instances\":" + random.nextInt(8) + "}", random.nextBoolean());
            case 4 -> world.change(new Change.DeleteApp(PathId.of(app)), random.nextBoolean());
            case 5 -> world.change(new Change.RestartApp(PathId.of(app)), random.nextBoolean());
            case 6 -> kill(app);
            case 7, 8 -> taskDies();
            case 9 -> silence(agent);
            case 10 -> world.take(new Input.MemberReturned(MemberKind.AGENT, agent));
            case 11 -> idle();
            default -> world.pass(Duration.ofMillis(random.nextInt(20_000)));
        }
    }

    private String definition(String app) {
        return app.equals(RESIDENT) ? resident() : ephemeral();
    }

    private String resident() {
        return """
        {"cmd": "sleep %d", "cpus": 0.1, "mem": 16, "instances": %d, "container": {"type": "MESOS",
         "volumes": [{"containerPath": "data", "mode": "RW", "persistent": {"size": 10}}]}}
        """
                .formatted(random.nextInt(3), random.nextInt(8));
    }

    private String ephemeral() {
        return "{\"cmd\":\"sleep %d\",\"cpus\":0.1,\"mem\":16,\"instances\":%d,\"upgradeStrategy\":%s,%s}"
                .formatted(
                        random.nextInt(3),
                        random.nextInt(8),
                        "{\"minimumHealthCapacity\":%s,\"maximumOverCapacity\":%s}"
                                .formatted(random.nextInt(3) * 0.5, random.nextInt(3) * 0.5),
                        random.nextBoolean()
                                ? "\"unreachableStrategy\":\"disabled\""
                                : "\"unreachableStrategy\":{\"inactiveAfterSeconds\":1,\"expungeAfterSeconds\":9}");
    }

    private void kill(String app) {
        var tasks =
                world.instances(app).stream()
                        .map(Instance::taskId)
                        .filter(_ -> random.nextBoolean())
                        .toList();
        int how = random.nextInt(3);
        world.change(
                new Change.KillTasks(Optional.empty(), tasks, how == 1, how == 2),
                random.nextBoolean());
    }

    private void taskDies() {
        var alive = new ArrayList<>(world.running.keySet());
        if (!alive.isEmpty()) {
            var task = alive.get(random.nextInt(alive.size()));
            var agent = world.running.remove(task);
            if (!world.deaf.contains(agent)) {
                long epoch = world.image.agent(agent).map(Agent::epoch).orElseThrow();
                world.status(
                        task,
                        agent,
                        epoch,
                        random.nextBoolean() ? TaskState.FAILED : TaskState.FINISHED);
            }
        }
    }

    private void silence(String agent) {
        switch (random.nextInt(3)) {
            case 0 -> {
                world.deaf.add(agent);
                world.take(new Input.MemberSilent(MemberKind.AGENT, agent));
            }
            case 1 -> {
                long epoch = world.image.agent(agent).map(Agent::epoch).orElseThrow();
                world.take(
                        new Input.Reported(
                                new AgentReport.AgentLeaving(agent, epoch, random.nextBoolean())));
            }
            default -> back(agent);
        }
    }

    /// An agent, started anew, says what it has.
    private void back(String agent) {
        world.deaf.remove(agent);
        world.commands.removeIf(command -> command.agentId().equals(agent));
        world.take(world.joined(agent, 2, world.inventory(agent)));
    }

    private void idle() {
        for (var endpoint : world.image.endpoints()) {
            if (random.nextBoolean()) {
                world.take(
                        new Input.Reported(
                                new AgentReport.EndpointDrained(
                                        "p1",
                                        endpoint.taskId(),
                                        endpoint.portIndex(),
                                        AgentReport.Drain.IDLE)));
            }
        }
    }

    private void heal() {
        AGENTS.forEach(this::back);
        world.work();
        world.pass(Duration.ofHours(2));
    }

    private void settled() {
        assertThat(world.image.deployments())
                .as("deployments, with %s", world.image.instances())
                .isEmpty();
        assertThat(world.image.queue()).isEmpty();
        assertThat(world.image.nextDue()).isEmpty();
        for (var app : world.image.apps()) {
            assertThat(world.image.instances(app.id()))
                    .as("instances of %s", app.id())
                    .filteredOn(Scaling::wanted)
                    .hasSize(app.instances())
                    .allMatch(instance -> instance.condition() == Condition.RUNNING);
        }
        assertThat(world.image.instances())
                .filteredOn(Scaling::wanted)
                .hasSize(world.running.size())
                .allMatch(i -> world.running.containsKey(i.taskId()));
        assertThat(world.image.instances())
                .filteredOn(i -> !Scaling.wanted(i))
                .allMatch(i -> i.goal() == Goal.STOPPED && i.reservation().isPresent());
        assertThat(AGENTS.stream().flatMap(agent -> world.volumes(agent).stream()))
                .containsExactlyInAnyOrderElementsOf(
                        world.image.instances().stream()
                                .flatMap(i -> i.volumes().stream())
                                .map(LocalVolume::id)
                                .toList());
        assertThat(world.image.endpoints()).hasSize(world.running.size());
    }
}

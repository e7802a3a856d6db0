package io.ekiden.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.log.Fact;
import io.ekiden.model.Agent;
import io.ekiden.model.App;
import io.ekiden.model.Condition;
import io.ekiden.model.Constraint;
import io.ekiden.model.Container;
import io.ekiden.model.Entity;
import io.ekiden.model.Given;
import io.ekiden.model.Instance;
import io.ekiden.model.LaunchDelay;
import io.ekiden.model.PathId;
import io.ekiden.model.PortRange;
import io.ekiden.model.Resources;
import io.ekiden.model.RunSpec;
import io.ekiden.model.RunSpecVersion;
import io.ekiden.model.Sorted;
import io.ekiden.model.VersionInfo;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ClusterImageTest {
    private final App web = Given.app("/web");
    private final ClusterImage image = new ClusterImage();

    /// `-Dsim.seed=N` replays one failure.
    static LongStream seeds() {
        var one = Long.getLong("sim.seed");
        return one == null ? LongStream.range(0, 40) : LongStream.of(one);
    }

    @Test
    void aRunningInstanceHoldsItsAgentsResourcesAndPorts() {
        image.replay(put(Given.instance(web, 1)));
        image.replay(put(Given.instance(web, 2)));

        var load = image.loadOf("a1");
        assertThat(load.used()).isEqualTo(Resources.of(0.2, 64, 0, 0));
        assertThat(load.ports().keySet()).containsExactly(31001, 31002);
        assertThat(load.holds(31001)).isTrue();
        assertThat(load.instances()).hasSize(2);
        assertThat(image.loadOf("a2")).isEqualTo(new AgentLoad());
    }

    @ParameterizedTest
    @EnumSource(Condition.class)
    void whatHasEndedHoldsNothing(Condition condition) {
        var running = Given.instance(web, 1);
        image.replay(put(running));
        image.replay(put(running.withCondition(condition, Given.NOON)));

        assertThat(image.loadOf("a1").instances().isEmpty())
                .isEqualTo(condition == Condition.SCHEDULED || condition.terminal());
        assertThat(image.loadOf("a1").holds(31001)).isEqualTo(condition.holdsResources());
    }

    @Test
    void theLongestDueComesFirst() {
        image.put(delay("/c", 3));
        image.put(delay("/a", 2));
        image.put(delay("/b", 1));

        assertThat(image.nextDue()).contains(Given.NOON.plusSeconds(1));
        assertThat(image.dueAt(Given.NOON, 10)).isEmpty();
        assertThat(image.dueAt(Given.NOON.plusSeconds(2), 10))
                .containsExactly("delay/b", "delay/a");
        assertThat(image.dueAt(Given.NOON.plusSeconds(9), 1)).containsExactly("delay/b");

        image.put(delay("/b", 5));
        image.remove("delay/a");
        assertThat(image.nextDue()).contains(Given.NOON.plusSeconds(3));

        image.clear();
        assertThat(image.nextDue()).isEmpty();
        assertThat(image.entities()).isEmpty();
    }

    @Test
    void anAppsInstancesAreNotThoseOfItsNamesakes() {
        var names = List.of("/a", "/a/b", "/ab", "/a-b", "/a.b", "/a.instance-b");
        names.forEach(name -> image.put(Given.instance(Given.app(name), 1)));

        assertThat(names)
                .allSatisfy(name ->
                        assertThat(image.instances(PathId.of(name)))
                                .extracting(Instance::runSpecId)
                                .containsExactly(PathId.of(name)));
        assertThat(image.instances()).hasSize(names.size());
    }

    @Test
    void versionsAreListedOldestFirst() {
        for (int millis : List.of(10, 9, 100)) {
            var version = Given.NOON.plusMillis(millis);
            image.put(
                    new RunSpecVersion(
                            web.withVersion(version, new VersionInfo(version, version))));
        }
        image.put(new RunSpecVersion(Given.app("/web/b")));

        assertThat(image.versions(web.id()))
                .extracting(kept -> kept.spec().version())
                .containsExactly(
                        Given.NOON.plusMillis(9),
                        Given.NOON.plusMillis(10),
                        Given.NOON.plusMillis(100));
        assertThat(image.version(web.id(), Given.NOON.plusMillis(9))).isPresent();
        assertThat(image.version(web.id(), Given.NOON)).isEmpty();
    }

    @Test
    void onlyThePresentTaskIsFoundByItsId() {
        var instance = Given.instance(web, 1);
        image.put(instance);

        assertThat(image.instanceOf(instance.taskId())).contains(instance);
        assertThat(image.instanceOf(instance.id().task(2))).isEmpty();
    }

    /// The indexes are derived: however an image came about, they are those of its entities. And
    /// what was put or removed can be undone by putting back what stood there.
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void indexesFollowTheEntitiesAndEveryStepCanBeUndone(long seed) {
        var random = new Random(seed);
        randomSteps(random, 100, new ArrayDeque<>());
        var before = new TreeMap<>(image.entities());
        var undo = new ArrayDeque<Runnable>();

        randomSteps(random, 200, undo);
        assertIndexesFollow();
        while (!undo.isEmpty()) {
            undo.pop().run();
        }

        assertThat(image.entities()).isEqualTo(before);
        assertIndexesFollow();
    }

    private void randomSteps(Random random, int steps, ArrayDeque<Runnable> undo) {
        for (int i = 0; i < steps; i++) {
            var entity = randomEntity(random);
            var was = random.nextInt(3) == 0 ? image.remove(entity.key()) : image.put(entity);
            undo.push(() -> was.ifPresentOrElse(image::put, () -> image.remove(entity.key())));
        }
    }

    private Entity randomEntity(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> agent("a" + random.nextInt(3), random);
            case 1 -> spec(random);
            default -> instance(random);
        };
    }

    private Instance instance(Random random) {
        var conditions = List.of(Condition.values());
        var instance = Given.instance(web, random.nextInt(20));
        var placement = instance.placement().orElseThrow();
        return instance.withCondition(conditions.get(random.nextInt(conditions.size())), Given.NOON)
                .withVersion(Given.NOON, Given.NOON.plusSeconds(random.nextInt(3)))
                .withPlacement(
                        Optional.of(
                                new Instance.Placement(
                                        "a" + random.nextInt(3),
                                        placement.hostname(),
                                        placement.ip(),
                                        placement.hostPorts(),
                                        1,
                                        Optional.empty(),
                                        Optional.of(
                                                List.of(
                                                        new Instance.UsedVolume(
                                                                "v" + random.nextInt(3),
                                                                random.nextBoolean()))))))
                .withDeadline(
                        random.nextBoolean()
                                ? Optional.of(Given.NOON.plusSeconds(random.nextInt(5)))
                                : Optional.empty());
    }

    private static Agent agent(String id, Random random) {
        return new Agent(
                id,
                "boot",
                1,
                1,
                "host-" + random.nextInt(2),
                "10.0.0.1",
                Optional.empty(),
                Resources.of(1 + random.nextInt(3), 4096, 100, 0),
                List.of(new PortRange(31000, 31099)),
                Optional.empty(),
                Sorted.copyOf(Map.of("rack", "r" + random.nextInt(3))),
                Sorted.copyOf(List.of(Container.Type.MESOS)),
                random.nextInt(4) == 0 ? Agent.State.UNREACHABLE : Agent.State.ACTIVE,
                random.nextInt(4) == 0,
                Given.NOON,
                Optional.empty(),
                Optional.empty());
    }

    private RunSpec spec(Random random) {
        var constraints = new ArrayList<Constraint>();
        for (var field : List.of("rack", "hostname")) {
            if (random.nextBoolean()) {
                constraints.add(
                        new Constraint(field, Constraint.Operator.GROUP_BY, Optional.empty()));
            }
        }
        var config = Given.NOON.plusSeconds(random.nextInt(3));
        return Given.constrained(web, constraints)
                .withVersion(config, new VersionInfo(config, config));
    }

    private void assertIndexesFollow() {
        var fresh = new ClusterImage();
        image.entities().descendingMap().values().forEach(fresh::put);

        for (var agent : List.of("a0", "a1", "a2")) {
            assertThat(image.loadOf(agent)).isEqualTo(fresh.loadOf(agent));
            assertThat(image.loadOf(agent).count(web.id()))
                    .isEqualTo(image.loadOf(agent).instances().size());
        }
        assertThat(image.nextDue()).isEqualTo(fresh.nextDue());
        assertThat(image.dueAt(Given.NOON.plusSeconds(9), 1000))
                .isEqualTo(fresh.dueAt(Given.NOON.plusSeconds(9), 1000));
        assertThat(order(image)).isEqualTo(order(fresh));
        assertThat(image.rooms().draining()).hasSameSizeAs(fresh.rooms().draining());
        for (var field : List.of("rack", "hostname")) {
            assertThat(image.rooms().by(field).keySet())
                    .isEqualTo(fresh.rooms().by(field).keySet());
            assertThat(image.instancesOf(web.id()).tally(field)).isEqualTo(naiveTally(field));
        }
        for (var volume : List.of("v0", "v1", "v2")) {
            assertThat(image.rooms().usersOf(volume)).isEqualTo(fresh.rooms().usersOf(volume));
            assertThat(image.rooms().usersOf(volume).keySet())
                    .isEqualTo(
                            image.instances().stream()
                                    .filter(i ->
                                            i.volumesInUse().stream()
                                                    .anyMatch(used -> used.name().equals(volume)))
                                    .map(Instance::id)
                                    .collect(Collectors.toSet()));
        }
        assertThat(image.instances(web.id())).isEqualTo(List.copyOf(image.instances()));
        for (var condition : Condition.values()) {
            assertThat(image.instancesOf(web.id()).count(phase -> phase.condition() == condition))
                    .isEqualTo(
                            (int)
                                    image.instances().stream()
                                            .filter(i -> i.condition() == condition)
                                            .count());
        }
    }

    private static List<String> order(ClusterImage image) {
        return image.rooms().all().stream()
                .map(room -> room.agent() + " " + room.freeShare() + " " + room.freeRanges())
                .toList();
    }

    private Map<String, Integer> naiveTally(String field) {
        var tally = new TreeMap<String, Integer>();
        var spec = image.runSpec(web.id());
        boolean counted =
                spec.filter(s -> s.constraints().stream().anyMatch(c -> c.field().equals(field)))
                        .isPresent();
        for (var instance : counted ? image.instances() : List.<Instance>of()) {
            if (!instance.configVersion().isBefore(spec.orElseThrow().configVersion())) {
                instance.holder()
                        .flatMap(image::agent)
                        .map(agent ->
                                field.equals("rack")
                                        ? agent.attributes().get("rack")
                                        : agent.hostname())
                        .ifPresent(value -> tally.merge(value, 1, Integer::sum));
            }
        }
        return tally;
    }

    private static Fact put(Instance instance) {
        return new Fact.InstancePut(instance, Optional.empty(), "");
    }

    private static LaunchDelay delay(String app, int seconds) {
        return new LaunchDelay(
                PathId.of(app),
                Given.NOON,
                Duration.ofSeconds(1),
                Given.NOON.plusSeconds(seconds),
                false,
                Given.NOON.plusSeconds(seconds + 300));
    }
}

package io.ekiden.planner.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.json.AppJson;
import io.ekiden.json.PodJson;
import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.log.JournalEntry;
import io.ekiden.model.App;
import io.ekiden.model.Deployment;
import io.ekiden.model.Former;
import io.ekiden.model.Group;
import io.ekiden.model.PathId;
import io.ekiden.model.Pod;
import io.ekiden.model.RunSpec;
import io.ekiden.model.Timestamps;
import io.ekiden.state.GroupTree;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Random histories of groups: what is returned to, or taken back, is byte for byte what it was,
/// but for the versions. `-Dsim.seed=N` runs one seed.
class GroupHistorySeedsTest {
    private static final int CHANGES = 25;
    private static final List<String> GROUPS = List.of("/g", "/g/h", "/g/h/k", "/g/m", "/o");
    private static final List<String> NAMES = List.of("a", "b", "c");
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    static LongStream seeds() {
        var one = Long.getLong("sim.seed");
        return one == null ? LongStream.range(0, 60) : LongStream.of(one);
    }

    private final World world = new World().agent("a1", 100);
    private Random random = new Random(0);

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aVersionThatIsRestoredIsAsItWas(long seed) {
        random = new Random(seed);
        var history = new TreeMap<Instant, Map<PathId, Optional<String>>>();
        for (int i = 0; i < CHANGES; i++) {
            change(i);
            if (random.nextBoolean()) {
                settle();
            }
            world.image.rootVersion().ifPresent(version -> history.put(version, shown()));
        }
        for (int i = 0; i < 3; i++) {
            var id = random.nextInt(3) == 0 ? PathId.ROOT : PathId.of(any(GROUPS));
            var versions =
                    history.descendingMap().entrySet().stream()
                            .limit(Former.VERSIONS_KEPT)
                            .toList();
            var then = versions.get(random.nextInt(versions.size()));
            var shown = then.getValue().get(id);

            // The way that users see it, and then the way back.
            assertThat(
                            GroupTree.at(world.image, id, then.getKey())
                                    .map(GroupHistorySeedsTest::text))
                    .as("%s at %s", id, then.getKey())
                    .isEqualTo(shown);
            var update = JSON.objectNode().put("version", Timestamps.format(then.getKey()));
            var entry = world.change(new Change.UpdateGroup(id, update), true);
            if (shown.isEmpty()) {
                assertThat(world.answer(entry)).isInstanceOf(Fact.Refused.class);
            } else {
                assertThat(world.answer(entry)).as("restore").isInstanceOf(Fact.Accepted.class);
                assertThat(shown().get(id)).as("%s restored", id).isEqualTo(shown);
            }
            world.image.rootVersion().ifPresent(version -> history.put(version, shown()));
            settle();
        }
        world.replays();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void whatIsTakenBackIsAsItWas(long seed) {
        random = new Random(seed);
        int taken = 0;
        for (int i = 0; i < CHANGES; i++) {
            settle();
            var before = shown().get(PathId.ROOT);
            var running = started(change(i));
            if (running.isPresent()) {
                for (int n = random.nextInt(3); n > 0 && !world.commands.isEmpty(); n--) {
                    world.step();
                }
                boolean meanwhile = random.nextBoolean();
                if (meanwhile) {
                    world.create("/other", app("other", i).toString());
                }
                if (world.image.deployment(running.get().id()).isPresent()) {
                    revert(running.get());
                    taken++;
                    if (meanwhile) {
                        world.change(new Change.DeleteApp(PathId.of("/other")), true);
                    }
                    assertThat(shown().get(PathId.ROOT)).as("change %d", i).isEqualTo(before);
                } else if (meanwhile) {
                    world.change(new Change.DeleteApp(PathId.of("/other")), true);
                }
            }
        }
        assertThat(taken).isPositive();
        settle();
        world.replays();
    }

    private void revert(Deployment deployment) {
        var entry = world.change(new Change.CancelDeployment(deployment.id()), false);
        assertThat(world.answer(entry)).isInstanceOf(Fact.Accepted.class);
    }

    private static Optional<Deployment> started(JournalEntry entry) {
        return entry.facts().stream()
                .filter(Fact.DeploymentStarted.class::isInstance)
                .map(fact -> ((Fact.DeploymentStarted) fact).deployment())
                .findFirst();
    }

    private void settle() {
        world.work();
        world.pass(Duration.ofMinutes(1));
    }

    private JournalEntry change(int n) {
        var group = any(GROUPS);
        var app = PathId.of(group).resolve(any(NAMES));
        boolean force = random.nextBoolean();
        return switch (random.nextInt(9)) {
            case 0, 1, 2 ->
                    world.change(
                            new Change.UpdateGroup(PathId.of(group), content(group, n, 3)), force);
            case 3 ->
                    world.change(
                            new Change.UpdateGroup(
                                    PathId.of(group),
                                    JSON.objectNode().put("scaleBy", random.nextInt(3))),
                            force);
            case 4 -> world.change(new Change.DeleteGroup(PathId.of(group)), force);
            case 5 -> world.update(app.value(), app(app.segments().getLast(), n).toString(), force);
            case 6 -> world.change(new Change.DeleteApp(app), force);
            case 7 -> world.change(new Change.RestartApp(app), force);
            default -> pod(PathId.of(group).resolve("p"), n, force);
        };
    }

    private JournalEntry pod(PathId id, int n, boolean force) {
        return random.nextInt(3) == 0
                ? world.change(new Change.DeletePod(id), force)
                : world.change(
                        new Change.UpdatePod(
                                id,
                                World.json(
                                        """
                                        {"id": "%s", "labels": {"n": "%d"}, "containers": [{"name": "one",
                                         "exec": {"command": {"shell": "x"}},
                                         "resources": {"cpus": 0.01, "mem": 8}}]}
                                        """
                                                .formatted(id, n))),
                        force);
    }

    /// Some apps and some groups within, each of them given or left out.
    private ObjectNode content(String group, int n, int depth) {
        var content = JSON.objectNode();
        if (random.nextBoolean()) {
            var apps = content.putArray("apps");
            NAMES.stream()
                    .filter(_ -> random.nextBoolean())
                    .forEach(name -> apps.add(app(name, n)));
        }
        if (random.nextBoolean() && depth > 0) {
            groups(content.putArray("groups"), group, n, depth);
        }
        if (random.nextBoolean()) {
            var dependencies = content.putArray("dependencies");
            if (random.nextBoolean()) {
                dependencies.add("/0/" + random.nextInt(3));
            }
        }
        if (random.nextInt(4) == 0
                && group.lastIndexOf('/') == 0
                && !content.has("apps")
                && !content.has("groups")) {
            content.put("enforceRole", false);
        }
        return content;
    }

    private void groups(ArrayNode groups, String group, int n, int depth) {
        for (var child : GROUPS) {
            if (PathId.of(child).parent().equals(PathId.of(group)) && random.nextBoolean()) {
                groups.add(content(child, n, depth - 1).put("id", child));
            }
        }
    }

    /// Depends on nothing that could depend on it.
    private ObjectNode app(String name, int n) {
        var app =
                JSON.objectNode()
                        .put("id", name)
                        .put("cmd", "sleep " + random.nextInt(3))
                        .put("cpus", 0.01)
                        .put("mem", 8)
                        .put("instances", random.nextInt(3));
        app.putObject("labels").put("n", Integer.toString(random.nextInt(n + 1)));
        if (random.nextInt(3) == 0) {
            app.putArray("dependencies").add("/0/" + random.nextInt(3));
        }
        if (random.nextInt(3) == 0) {
            app.putArray("portDefinitions").addObject().put("port", 10_500 + random.nextInt(400));
        }
        return app;
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    /// Every group as it is now, and whether it is there.
    private Map<PathId, Optional<String>> shown() {
        var shown = new TreeMap<PathId, Optional<String>>();
        for (var id : List.of("/", "/g", "/g/h", "/g/h/k", "/g/m", "/o")) {
            shown.put(
                    PathId.of(id),
                    GroupTree.of(world.image, PathId.of(id)).map(GroupHistorySeedsTest::text));
        }
        return shown;
    }

    /// All that was ever said of a group and of what is in it, without versions.
    private static String text(GroupTree tree) {
        var text = new StringBuilder();
        tree.groups().values().forEach(group -> text.append(text(group)).append('\n'));
        tree.specs().values().forEach(spec -> text.append(text(spec)).append('\n'));
        return text.toString();
    }

    private static String text(Group group) {
        return group.withVersion(Instant.EPOCH).toString();
    }

    private static String text(RunSpec spec) {
        var json =
                switch (spec) {
                    case App app -> AppJson.write(app);
                    case Pod pod -> PodJson.write(pod);
                };
        json.remove(List.of("version", "versionInfo"));
        return spec.id() + " " + json;
    }
}

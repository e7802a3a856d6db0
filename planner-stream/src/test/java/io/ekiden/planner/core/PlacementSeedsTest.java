package io.ekiden.planner.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.log.AgentCommand;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.log.Input;
import io.ekiden.log.MemberKind;
import io.ekiden.model.Agent;
import io.ekiden.model.App;
import io.ekiden.model.Condition;
import io.ekiden.model.Constraint;
import io.ekiden.model.Goal;
import io.ekiden.model.PathId;
import io.ekiden.model.Resources;
import io.ekiden.state.ClusterImage;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Random agents, apps and constraints against a second opinion that shares nothing with the
/// planner's indexes: every placement was allowed when it was made, nothing waits that could be
/// placed, and an image that was restored decides the same. `-Dsim.seed=N` runs one seed.
class PlacementSeedsTest {
    private static final List<String> APPS = List.of("/a", "/b", "/c/d");
    private static final List<String> CONSTRAINTS =
            List.of(
                    "['hostname','UNIQUE']",
                    "['rack','UNIQUE']",
                    "['rack','MAX_PER','2']",
                    "['hostname','MAX_PER','2']",
                    "['rack','GROUP_BY']",
                    "['hostname','GROUP_BY']",
                    "['rack','GROUP_BY','2']",
                    "['rack','CLUSTER']",
                    "['rack','CLUSTER','r1']",
                    "['rack','LIKE','r[12]']",
                    "['rack','UNLIKE','r[23]']",
                    "['@zone','IS','1.0']",
                    "['hostname','UNLIKE','a[1-3]']");

    static LongStream seeds() {
        var one = Long.getLong("sim.seed");
        return one == null ? LongStream.range(0, 60) : LongStream.of(one);
    }

    private World world = new World();
    private final ClusterImage view = new ClusterImage();
    private int checked;
    private Random random = new Random(0);

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aSecondOpinionAgrees(long seed) {
        random = new Random(seed);
        world =
                new World(
                        Settings.DEFAULT.withStrategy(
                                random.nextInt(4) == 0
                                        ? Settings.Strategy.BINPACK
                                        : Settings.Strategy.SPREAD));
        for (int i = 0; i < 8; i++) {
            world.take(world.joined("a" + i, 1, List.of(), attributes(i)));
        }
        for (int i = 0; i < 60; i++) {
            event();
            settle();
            checkNothingWaitsInVain();
        }
    }

    private String attributes(int i) {
        var rack = i % 4 == 3 ? "" : "rack:r" + (i % 4 + 1);
        var zone = i % 2 == 0 ? "zone:1" : "@zone:2";
        return rack.isEmpty() ? zone : rack + "," + zone;
    }

    private void event() {
        var app = APPS.get(random.nextInt(APPS.size()));
        switch (random.nextInt(8)) {
            case 0, 1 -> take(() -> world.create(app, definition()));
            case 2 -> take(() -> world.update(app, definition(), true));
            case 3, 4 ->
                    take(() ->
                            world.update(app, "{\"instances\":" + random.nextInt(9) + "}", true));
            case 5 -> take(() -> world.change(new Change.DeleteApp(PathId.of(app)), true));
            case 6 -> dies(app);
            default -> silence("a" + random.nextInt(8));
        }
    }

    private void dies(String app) {
        var running =
                world.instances(app).stream()
                        .filter(instance -> world.running.containsKey(instance.taskId()))
                        .toList();
        if (!running.isEmpty()) {
            take(() -> world.dies(running.getFirst(), TaskState.FINISHED));
        }
    }

    private void silence(String agent) {
        take(() -> world.take(new Input.MemberSilent(MemberKind.AGENT, agent)));
        take(() -> world.take(new Input.MemberReturned(MemberKind.AGENT, agent)));
        // It joins anew, perhaps from another rack.
        take(() ->
                world.take(
                        world.joined(
                                agent, 1, world.inventory(agent), attributes(random.nextInt(8)))));
        world.commands.removeIf(AgentCommand.Rejoin.class::isInstance);
    }

    private String definition() {
        var constraints = new ArrayList<String>();
        for (int n = random.nextInt(3); n > 0; n--) {
            constraints.add(CONSTRAINTS.get(random.nextInt(CONSTRAINTS.size())));
        }
        return """
        {"cmd":"sleep %d","cpus":%s,"mem":16,"instances":%d,"backoffSeconds":0,"constraints":[%s],
         "portDefinitions":[{"port":%d}],"requirePorts":%s}
        """
                .formatted(
                        random.nextInt(3),
                        List.of("0.1", "0.4", "0.7").get(random.nextInt(3)),
                        random.nextInt(9),
                        String.join(",", constraints).replace('\'', '"'),
                        31000 + random.nextInt(3),
                        random.nextInt(4) == 0);
    }

    /// Everything that follows from the last event.
    private void settle() {
        for (int i = 0; i < 2000 && !world.commands.isEmpty(); i++) {
            var before = copy();
            world.step();
            checkLaunches(before);
        }
        var before = copy();
        world.pass(Duration.ofMillis(50));
        checkLaunches(before);
    }

    private void take(Runnable input) {
        var before = copy();
        input.run();
        checkLaunches(before);
    }

    private ClusterImage copy() {
        var copy = new ClusterImage();
        world.image.entities().values().forEach(copy::put);
        return copy;
    }

    /// A restored image decides each input since then the same way; and every launch was allowed
    /// when it was made.
    private void checkLaunches(ClusterImage restored) {
        for (; checked < world.journal.size(); checked++) {
            var entry = world.journal.get(checked);
            var header = new Header(entry.sequence(), entry.time(), entry.previousHash());
            assertThat(world.planner.decide(restored, header, entry.input()).entry())
                    .isEqualTo(entry);
            entry.facts().forEach(this::follow);
        }
    }

    private void follow(Fact fact) {
        if (fact instanceof Fact.Launched launched) {
            for (var instance : launched.instances()) {
                var agent = view.agent(instance.placement().orElseThrow().agentId()).orElseThrow();
                assertThat(allowed((App) launched.spec(), agent))
                        .as("%s on %s", launched.spec().constraints(), agent)
                        .isTrue();
                view.put(instance);
            }
        } else {
            view.replay(fact);
        }
    }

    private void checkNothingWaitsInVain() {
        for (var app : world.image.apps()) {
            boolean held =
                    world.image
                            .delay(app.id())
                            .filter(d -> !d.over() && d.configVersion().equals(app.configVersion()))
                            .isPresent();
            var waiting =
                    world.image.instances(app.id()).stream()
                            .filter(i -> i.condition() == Condition.SCHEDULED)
                            .filter(i -> i.goal() == Goal.RUNNING)
                            .toList();
            if (!held && !waiting.isEmpty()) {
                assertThat(view.agents())
                        .as("%s waits: %s", app.constraints(), world.image.queueItem(app.id()))
                        .noneMatch(agent -> allowed(app, agent));
            }
        }
    }

    private boolean allowed(App app, Agent agent) {
        return agent.state() == Agent.State.ACTIVE
                && room(app, agent)
                && app.constraints().stream().allMatch(c -> allowed(app, c, agent));
    }

    private boolean room(App app, Agent agent) {
        var used = Resources.NONE;
        var ports = new TreeSet<Integer>();
        for (var instance : view.instances()) {
            if (instance.holder().filter(agent.id()::equals).isPresent()) {
                used = used.plus(instance.resources());
                ports.addAll(instance.placement().orElseThrow().hostPorts());
            }
        }
        return used.plus(app.footprint()).cpus() <= agent.resources().cpus()
                && app.requestedHostPorts().stream()
                        .flatMap(Optional::stream)
                        .noneMatch(ports::contains);
    }

    private Map<String, Integer> counts(App app, String field) {
        var counts = new TreeMap<String, Integer>();
        for (var instance : view.instances(app.id())) {
            if (!instance.configVersion().isBefore(app.configVersion())) {
                instance.holder()
                        .flatMap(view::agent)
                        .flatMap(agent -> value(field, agent))
                        .ifPresent(value -> counts.merge(value, 1, Integer::sum));
            }
        }
        return counts;
    }

    private static Optional<String> value(String field, Agent agent) {
        if (field.equals("hostname")) {
            return Optional.of(agent.hostname());
        }
        var own = Optional.ofNullable(agent.attributes().get(field));
        return field.equals("@zone") && own.isEmpty()
                ? Optional.ofNullable(agent.attributes().get("zone"))
                : own;
    }

    private boolean allowed(App app, Constraint constraint, Agent agent) {
        var value = value(constraint.field(), agent);
        var wanted = constraint.value().orElse("");
        if (value.isEmpty()) {
            return constraint.operator() == Constraint.Operator.UNLIKE;
        }
        var counts = counts(app, constraint.field());
        int here = counts.getOrDefault(value.get(), 0);
        return switch (constraint.operator()) {
            case UNIQUE -> here == 0;
            case MAX_PER -> here < Integer.parseInt(wanted);
            case LIKE -> Pattern.matches(wanted, value.get());
            case UNLIKE -> !Pattern.matches(wanted, value.get());
            case IS -> number(wanted).compareTo(number(value.get())) == 0;
            case CLUSTER ->
                    wanted.isEmpty()
                            ? here == counts.values().stream().mapToInt(n -> n).max().orElse(0)
                                    && (counts.isEmpty() || first(counts).equals(value.get()))
                            : wanted.equals(value.get());
            case GROUP_BY ->
                    wanted.isEmpty()
                            ? seen(app, constraint).stream()
                                    .allMatch(other -> here <= counts.getOrDefault(other, 0))
                            : group(counts, here, Integer.parseInt(wanted), app.instances());
        };
    }

    private static String first(Map<String, Integer> counts) {
        int most = counts.values().stream().mapToInt(n -> n).max().orElseThrow();
        return counts.entrySet().stream()
                .filter(e -> e.getValue() == most)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    private static boolean group(Map<String, Integer> counts, int here, int n, int instances) {
        if (here == 0) {
            return counts.size() < n;
        }
        int base = instances / n;
        long more = counts.values().stream().filter(count -> count > base).count();
        return here < base || (here == base && more < instances % n);
    }

    /// The values on agents that could be right but for the constraints that count.
    private Set<String> seen(App app, Constraint spread) {
        var seen = new TreeSet<String>();
        for (var agent : view.agents()) {
            boolean possible =
                    agent.state() == Agent.State.ACTIVE
                            && app.constraints().stream().allMatch(c -> possible(app, c, agent));
            if (possible) {
                value(spread.field(), agent).ifPresent(seen::add);
            }
        }
        return seen;
    }

    private boolean possible(App app, Constraint constraint, Agent agent) {
        return switch (constraint.operator()) {
            case LIKE, UNLIKE, IS -> allowed(app, constraint, agent);
            case UNIQUE, MAX_PER, GROUP_BY -> value(constraint.field(), agent).isPresent();
            case CLUSTER ->
                    value(constraint.field(), agent)
                            .filter(v -> constraint.value().filter(w -> !w.equals(v)).isEmpty())
                            .isPresent();
        };
    }

    private static BigDecimal number(String text) {
        return new BigDecimal(text).setScale(3, RoundingMode.HALF_EVEN);
    }
}

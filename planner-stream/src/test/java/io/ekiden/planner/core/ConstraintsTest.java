package io.ekiden.planner.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.log.Change;
import io.ekiden.model.Condition;
import io.ekiden.model.Constraint;
import io.ekiden.model.Constraint.Operator;
import io.ekiden.model.Instance;
import io.ekiden.model.LaunchQueueItem.Reason;
import io.ekiden.model.LaunchQueueItem.Refusal;
import io.ekiden.model.LaunchQueueItem.Rejected;
import io.ekiden.model.PathId;
import io.ekiden.state.Rule;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every operator by Marathon's rules: as a table, and as placements of the planner.
class ConstraintsTest {
    private final World world = new World();

    @ParameterizedTest(name = "{0} {1} on {2}: {3}")
    @CsvSource(
            nullValues = "-",
            value = {
                "UNIQUE,  -, r1, true",
                "UNIQUE,  -, -, false",
                "MAX_PER, 2, r1, true",
                "MAX_PER, 2, -, false",
                "GROUP_BY, 2, r1, true",
                "GROUP_BY, -, -, false",
                "CLUSTER, -, r1, true",
                "CLUSTER, -, -, false",
                "CLUSTER, r1, r1, true",
                "CLUSTER, r1, r2, false",
                "CLUSTER, r1, -, false",
                "LIKE, r[12], r1, true",
                "LIKE, r[12], r12, false",
                "LIKE, r[12], xr1, false",
                "LIKE, .*, -, false",
                "UNLIKE, r[12], r1, false",
                "UNLIKE, r[12], r12, true",
                "UNLIKE, .*, -, true",
                "UNLIKE, r|r1, r1, false",
                "IS, r1, r1, true",
                "IS, r1, R1, false",
                "IS, r1, -, false",
                "IS, 1, 1.0, true",
                "IS, 1.5, 1.50, true",
                "IS, 1.0005, 1.0004, true",
                "IS, 1.0015, 1.002, true",
                "IS, 1, 1.001, false",
                "IS, -0, 0, true",
                "IS, 1.2.3, 1.2.3, true",
                "IS, 1.20.3, 1.2.3, false",
            })
    void whereverOthersAre(Operator operator, String value, String there, boolean admitted) {
        var rule = new Rule(new Constraint("rack", operator, Optional.ofNullable(value)));

        assertThat(rule.admits(Optional.ofNullable(there))).isEqualTo(admitted);
    }

    @Test
    void whatIsTooLongMatchesNoExpression() {
        var longest = Optional.of("x".repeat(Rule.MAX_VALUE));
        var longer = Optional.of("x".repeat(Rule.MAX_VALUE + 1));
        var like = new Rule(new Constraint("rack", Operator.LIKE, Optional.of("x*")));
        var unlike = new Rule(new Constraint("rack", Operator.UNLIKE, Optional.of("x*")));

        assertThat(like.admits(longest)).isTrue();
        assertThat(like.admits(longer)).isFalse();
        assertThat(unlike.admits(longest)).isFalse();
        assertThat(unlike.admits(longer)).isTrue();
    }

    /// `seen` are the values that agents have: a, b, c.
    @ParameterizedTest(name = "{0} {1} of {2} with {3}: {4}")
    @CsvSource(
            nullValues = "-",
            value = {
                "UNIQUE, -, 5, a1, b c d",
                "UNIQUE, -, 5, a1 b1 c1, d",
                "MAX_PER, 2, 9, a1 b2, a c d",
                "MAX_PER, 1, 9, a1 b2, c d",
                "CLUSTER, -, 9, '', a b c d",
                "CLUSTER, -, 9, b3, b",
                "CLUSTER, -, 9, a1 b3, b",
                "CLUSTER, -, 9, a2 b2, a",
                "GROUP_BY, -, 9, '', a b c d",
                "GROUP_BY, -, 9, a1, b c d",
                "GROUP_BY, -, 9, a1 b1, c d",
                "GROUP_BY, -, 9, a1 b1 c1, a b c d",
                "GROUP_BY, -, 9, a2 b1 c1, b c d",
                "GROUP_BY, -, 9, a2 b2 c1, c d",
                "GROUP_BY, 3, 7, '', a b c d",
                "GROUP_BY, 3, 7, a2, a b c d",
                "GROUP_BY, 3, 7, a3, b c d",
                "GROUP_BY, 3, 7, a3 b2 c1, c",
                "GROUP_BY, 3, 7, a3 b2 c2, -",
                "GROUP_BY, 3, 6, a2 b2 c1, c",
                "GROUP_BY, 2, 4, a1 b1, a b",
                "GROUP_BY, 3, 2, a1, b c d",
                "GROUP_BY, 3, 2, a1 b1, c d",
                "GROUP_BY, 1, 5, a2, a",
            })
    void dependingOnTheOthers(
            Operator operator, String value, int instances, String placed, String admitted) {
        var rule = new Rule(new Constraint("rack", operator, Optional.ofNullable(value)));
        var balance = Balance.of(rule, counts(placed), instances, List.of("a", "b", "c"));

        var admits = List.of("a", "b", "c", "d").stream().filter(balance::admits).toList();
        assertThat(admits)
                .isEqualTo(admitted == null ? List.of() : List.of(admitted.split(" ", -1)));
    }

    private static SortedMap<String, Integer> counts(String text) {
        var counts = new TreeMap<String, Integer>();
        Arrays.stream(text.split(" ", -1))
                .filter(part -> !part.isEmpty())
                .forEach(part ->
                        counts.put(part.substring(0, 1), Integer.valueOf(part.substring(1))));
        return counts;
    }

    /// Six agents: racks r1, r1, r2, r2, r3 and none; a region and a zone, named in both ways.
    private void agents() {
        world.agent("a1", 4, "rack:r1,@zone:z1,region:eu,cores:8")
                .agent("a2", 4, "rack:r1,zone:z1,region:eu,cores:8.0")
                .agent("a3", 4, "rack:r2,zone:z2,@zone:z3,region:eu")
                .agent("a4", 4, "rack:r2,zone:z2,region:us")
                .agent("a5", 4, "rack:r3,@region:us,region:eu")
                .agent("a6", 4);
    }

    @ParameterizedTest(name = "{0} x {1}: {2}, {3} wait")
    @CsvSource(
            delimiter = '|',
            value = {
                "8  | ['hostname','UNIQUE']              | a1:1 a2:1 a3:1 a4:1 a5:1 a6:1 | 2",
                "8  | ['@hostname','MAX_PER','1']        | a1:1 a2:1 a3:1 a4:1 a5:1 a6:1 | 2",
                "2  | ['@hostname','CLUSTER','a4']       | a4:2                          | 0",
                "3  | ['hostname','CLUSTER']             | a1:3                          | 0",
                "2  | ['hostname','LIKE','a[56]']        | a5:1 a6:1                     | 0",
                "2  | ['hostname','IS','a2']             | a2:2                          | 0",
                "2  | ['hostname','UNLIKE','a[1-5]']     | a6:2                          | 0",
                "4  | ['rack','UNIQUE']                  | a1:1 a3:1 a5:1                | 1",
                "4  | ['rack','unique']                  | a1:1 a3:1 a5:1                | 1",
                "7  | ['rack','MAX_PER','2']             | a1:1 a2:1 a3:1 a4:1 a5:2      | 1",
                "4  | ['rack','CLUSTER','r2']            | a3:2 a4:2                     | 0",
                "4  | ['rack','LIKE','r[13]']            | a1:2 a2:1 a5:1                | 0",
                "2  | ['rack','UNLIKE','r.*']            | a6:2                          | 0",
                "6  | ['rack','GROUP_BY']                | a1:1 a2:1 a3:1 a4:1 a5:2      | 0",
                "5  | ['rack','GROUP_BY','2']            | a1:2 a2:1 a3:1 a4:1           | 0",
                "4  | ['rack','GROUP_BY','4']            | a1:1 a3:1 a5:1                | 1",
                "2  | ['@zone','IS','z1']                | a1:1 a2:1                     | 0",
                "2  | ['@zone','IS','z2']                | a4:2                          | 0",
                "2  | ['zone','IS','z2']                 | a3:1 a4:1                     | 0",
                "2  | ['@region','IS','us']              | a4:1 a5:1                     | 0",
                "2  | ['cores','IS','8.0001']            | a1:1 a2:1                     | 0",
                "1  | ['gone','LIKE','.*']               |                               | 1",
                "1  | ['gone','UNLIKE','.*']             | a1:1                          | 0",
                "4  | ['rack','GROUP_BY'],['rack','LIKE','r[12]']     | a1:1 a2:1 a3:1 a4:1  | 0",
                "4  | ['rack','GROUP_BY'],['@region','IS','eu']       | a1:1 a2:1 a3:2       | 0",
                "3  | ['rack','GROUP_BY'],['hostname','UNIQUE']       | a1:1 a3:1 a5:1       | 0",
            })
    void instancesGoWhereTheyMay(int instances, String constraints, String placed, int waiting) {
        agents();
        create("/web", instances, constraints);

        assertThat(places("/web", Instance.Placement::agentId))
                .isEqualTo(placed == null ? "" : placed);
        assertThat(world.conditions("/web").getOrDefault(Condition.SCHEDULED, 0))
                .isEqualTo(waiting);
    }

    private void create(String id, int instances, String constraints) {
        world.create(id, definition("sleep 1", instances, constraints));
        world.work();
    }

    private static String definition(String cmd, int instances, String constraints) {
        return """
        {"cmd": "%s", "cpus": 0.1, "mem": 16, "instances": %d, "constraints": [%s]}
        """
                .formatted(cmd, instances, constraints.replace('\'', '"'));
    }

    private String places(String app, Function<Instance.Placement, String> value) {
        var counts = new TreeMap<String, Integer>();
        world.instances(app).stream()
                .flatMap(instance -> instance.placement().stream())
                .forEach(placement -> counts.merge(value.apply(placement), 1, Integer::sum));
        return String.join(
                " ", counts.entrySet().stream().map(e -> e.getKey() + ":" + e.getValue()).toList());
    }

    private String racks(String app) {
        return places(
                app,
                placement ->
                        world.image
                                .agent(placement.agentId())
                                .orElseThrow()
                                .attributes()
                                .getOrDefault("rack", "-"));
    }

    /// Instances of an older configuration are not in the way of the new ones, and these are spread
    /// by themselves.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "6 | ['hostname','UNIQUE'] |",
                "6 | ['rack','GROUP_BY'] | r1:2 r2:2 r3:2",
                "6 | ['rack','GROUP_BY','3'] | r1:2 r2:2 r3:2",
                "7 | ['rack','GROUP_BY'],['hostname','LIKE','a[1-4]'] | r1:4 r2:3",
                "4 | ['rack','MAX_PER','2'] |",
            })
    void anUpdateReplacesAllUnderTheSameRule(int instances, String constraints, String racks) {
        agents();
        create("/web", instances, constraints);
        world.update("/web", definition("sleep 2", instances, constraints));
        world.work();

        assertThat(world.image.deployments()).isEmpty();
        assertThat(world.instances("/web")).hasSize(instances);
        if (racks != null) {
            assertThat(racks("/web")).isEqualTo(racks);
        }
        world.replays();
    }

    /// What keeps volumes can't be brought together: it runs where it is rather than nowhere.
    @Test
    void volumesThatAreApartStayInUseWhenTheyAreAskedToBeTogether() {
        world.agent("a1", 4, "rack:r1").agent("a2", 4, "rack:r2");
        world.create(
                "/db",
                """
                {"cmd": "x", "cpus": 0.1, "mem": 16, "instances": 4,
                 "upgradeStrategy": {"minimumHealthCapacity": 0, "maximumOverCapacity": 0},
                 "container": {"type": "MESOS", "volumes": [
                   {"containerPath": "data", "mode": "RW", "persistent": {"size": 10}}]}}
                """);
        world.work();
        assertThat(racks("/db")).isEqualTo("r1:2 r2:2");

        world.update("/db", "{\"constraints\":[[\"rack\",\"CLUSTER\"]]}");
        world.work();

        assertThat(world.conditions("/db")).containsOnly(Map.entry(Condition.RUNNING, 4));
        assertThat(world.image.deployments()).isEmpty();
        assertThat(racks("/db")).isEqualTo("r1:2 r2:2");
        world.replays();
    }

    @ParameterizedTest(name = "{0} to {1}: {2}")
    @CsvSource({
        "9, 6, r1:2 r2:2 r3:2",
        "9, 3, r1:1 r2:1 r3:1",
        "7, 3, r1:1 r2:1 r3:1",
        "3, 9, r1:3 r2:3 r3:3",
        "6, 1, r1:1",
    })
    void scalingKeepsTheSpread(int from, int to, String racks) {
        agents();
        for (var rule : List.of("['rack','GROUP_BY']", "['rack','GROUP_BY','3']")) {
            create("/web", from, rule);
            // The victims that age alone would choose are not spread: the youngest are.
            world.update(
                    "/web",
                    "{\"instances\":%d,\"killSelection\":\"OLDEST_FIRST\"}".formatted(from));
            world.work();
            world.update("/web", "{\"instances\":%d}".formatted(to));
            world.work();

            assertThat(world.instances("/web")).hasSize(to);
            assertThat(racks("/web").replaceAll("r[0-9]", "r"))
                    .isEqualTo(racks.replaceAll("r[0-9]", "r"));
            world.change(new Change.DeleteApp(PathId.of("/web")), true);
            world.work();
        }
    }

    @Test
    void anAgentThatIsKeptForARoleTakesNothingElse() {
        world.agent("a1", 4, "@role:db").agent("a2", 0.1);
        create("/web", 2, "");

        assertThat(places("/web", Instance.Placement::agentId)).isEqualTo("a2:1");
        assertThat(world.image.queueItem(PathId.of("/web")).orElseThrow().refusals())
                .containsExactly(
                        new Refusal("a2", Reason.InsufficientCpus, "cpus 0.1", "cpus 0.0"),
                        new Refusal("a1", Reason.UnfulfilledRole, "role *", "role db"));
    }

    @Test
    void whatWaitsSaysWhatWasWantedAndWhatWasThere() {
        agents();
        create("/web", 4, "['rack','LIKE','r1'],['hostname','UNIQUE']");

        var item = world.image.queueItem(PathId.of("/web")).orElseThrow();
        assertThat(item.processed()).isEqualTo(6);
        assertThat(item.rejections())
                .containsExactly(new Rejected(Reason.UnfulfilledConstraint, 6));
        assertThat(item.refusals())
                .contains(
                        new Refusal(
                                "a1",
                                Reason.UnfulfilledConstraint,
                                "hostname UNIQUE",
                                "hostname a1 with 1 instances"),
                        new Refusal("a3", Reason.UnfulfilledConstraint, "rack LIKE r1", "rack r2"),
                        new Refusal("a6", Reason.UnfulfilledConstraint, "rack LIKE r1", "no rack"));
    }

    @Test
    void theNearestMissesAreToldFirstAndNotAllOfThem() {
        for (int i = 0; i < 30; i++) {
            world.agent("small" + i, 0.5).agent("large" + i, 4);
        }
        world.create("/web", "{\"cmd\": \"sleep 1\", \"cpus\": 1, \"mem\": 100000}");

        var item = world.image.queueItem(PathId.of("/web")).orElseThrow();
        assertThat(item.processed()).isEqualTo(60);
        assertThat(item.refusals())
                .hasSize(20)
                .allMatch(refusal -> refusal.agentId().startsWith("large"))
                .allMatch(refusal -> refusal.wanted().equals("mem 100000.0"))
                .allMatch(refusal -> refusal.there().equals("mem 4096.0"));
    }

    @Test
    void binpackFillsOneAgentBeforeItTakesTheNext() {
        var packed = new World(Settings.DEFAULT.withStrategy(Settings.Strategy.BINPACK));
        packed.agent("a1", 2).agent("a2", 4).agent("a3", 2);
        packed.create("/web", "{\"cmd\": \"sleep 1\", \"cpus\": 1, \"mem\": 16, \"instances\": 3}");

        var agents = new TreeMap<String, Integer>();
        packed.instances("/web")
                .forEach(i -> agents.merge(i.placement().orElseThrow().agentId(), 1, Integer::sum));
        assertThat(agents.values()).containsExactlyInAnyOrder(1, 2);
    }
}

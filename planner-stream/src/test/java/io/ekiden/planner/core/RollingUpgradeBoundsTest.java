package io.ekiden.planner.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.model.PathId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Marathon's arithmetic of a rolling update, worked out here once more from its rule and not from
/// the planner: as long as no task fails by itself, never more than the capacity runs and never
/// fewer than must be healthy, whatever the strategy, the number, the volumes, and however many
/// instances there were before.
class RollingUpgradeBoundsTest {
    private static final List<Integer> PERCENT = List.of(0, 30, 50, 100);

    record Row(int before, int wanted, int minimum, int over, boolean resident) {}

    static List<Row> rows() {
        var rows = new ArrayList<Row>();
        for (int minimum : PERCENT) {
            for (int over : PERCENT) {
                for (int wanted : List.of(1, 2, 3, 10)) {
                    for (int before : List.of(1, wanted, wanted + 4)) {
                        rows.add(new Row(before, wanted, minimum, over, false));
                        if (over == 0) {
                            rows.add(new Row(before, wanted, minimum, 0, true));
                        }
                    }
                }
            }
        }
        return rows;
    }

    @ParameterizedTest
    @MethodSource("rows")
    void theBoundsHold(Row row) {
        int least = (row.wanted() * row.minimum() + 99) / 100;
        int most = row.wanted() * (100 + row.over()) / 100;
        boolean stuck = least == most;
        int allowed = stuck && !row.resident() ? most + 1 : most;
        int needed = stuck && row.resident() ? Math.max(0, least - 1) : least;
        var world = new World().agent("a1", 40);
        world.create("/web", definition(row, 1, row.before()));
        world.work();

        world.update("/web", definition(row, 2, row.wanted()));
        while (!world.commands.isEmpty()) {
            world.step();
            assertThat(world.running.size())
                    .isBetween(Math.min(needed, row.before()), Math.max(allowed, row.before()));
        }

        var spec = world.image.runSpec(PathId.of("/web")).orElseThrow();
        assertThat(world.image.deployments()).isEmpty();
        assertThat(world.running).hasSize(row.wanted());
        assertThat(world.instances("/web"))
                .filteredOn(instance -> world.running.containsKey(instance.taskId()))
                .allMatch(instance -> instance.configVersion().equals(spec.configVersion()));
        world.replays();
    }

    private static String definition(Row row, int seconds, int instances) {
        var volume =
                """
                , "container": {"type": "MESOS", "volumes": [{"containerPath": "data", "mode": "RW",
                 "persistent": {"size": 10}}]}\
                """;
        return """
        {"cmd": "sleep %d", "cpus": 0.1, "mem": 16, "instances": %d, "upgradeStrategy":
         {"minimumHealthCapacity": %s, "maximumOverCapacity": %s}%s}\
        """
                .formatted(
                        seconds,
                        instances,
                        row.minimum() / 100.0,
                        row.over() / 100.0,
                        row.resident() ? volume : "");
    }
}

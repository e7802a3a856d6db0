package io.ekiden.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every operator of constraints, on real agents.
final class ConstraintsIT extends ThreeAgentsTest {

    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    hostname | UNIQUE   |       | 3 | a1 a2 a3
                    rack     | CLUSTER  | r2    | 3 | a3 a3 a3
                    rack     | GROUP_BY | 2     | 2 | one in each rack
                    rack     | MAX_PER  | 1     | 2 | one in each rack
                    disk     | LIKE     | s.d   | 2 | a1 a3
                    disk     | UNLIKE   | s.d   | 2 | a2 a2
                    size     | IS       | 3.000 | 2 | a3 a3
                    hostname | IS       | h2    | 2 | a2 a2
                    """)
    void instancesAreWhereTheConstraintAllows(
            String field, String operator, String value, int instances, String expected) {
        var id = "/" + (field + "-" + operator).toLowerCase(Locale.ROOT).replace('_', '-');
        var app = sleeper(id, instances);
        constrain(app, field, operator, value);

        deploy(app);

        if (expected.startsWith("one in each")) {
            assertThat(racks(id)).containsExactly("r1", "r2");
        } else {
            assertThat(agents(id)).isEqualTo(List.of(expected.split(" ")));
        }
    }

    @Test
    void withoutAValueAllFollowTheFirst() {
        var app = sleeper("/together", 4);
        constrain(app, "hostname", "CLUSTER", null);

        deploy(app);

        assertThat(agents("/together").stream().distinct()).hasSize(1);
    }

    @Test
    void whatFitsNowhereWaitsAndTheQueueSaysWhy() {
        var app = sleeper("/nowhere", 1);
        constrain(app, "rack", "LIKE", "r9");

        put(app);

        until("/nowhere", _ -> !queue("/nowhere").isMissingNode());
        var summary = queue("/nowhere").path("processedOffersSummary");
        assertThat(RunningEkiden.stream(summary.path("rejectSummaryLastOffers")))
                .anySatisfy(reason -> {
                    assertThat(reason.path("reason").asText()).isEqualTo("UnfulfilledConstraint");
                    assertThat(reason.path("declined").asInt()).isEqualTo(3);
                });
    }

    @Test
    void scalingDownAndUpgradingKeepTheGroupsEven() {
        var app = sleeper("/even", 8);
        constrain(app, "rack", "GROUP_BY", null);
        deploy(app);
        assertThat(racks("/even")).containsExactly("r1", "r1", "r1", "r1", "r2", "r2", "r2", "r2");

        deploy(app.put("instances", 4));
        assertThat(racks("/even")).containsExactly("r1", "r1", "r2", "r2");

        var before = taskIds("/even");
        app.putObject("env").put("COLOUR", "green");
        deploy(app);
        assertThat(taskIds("/even")).doesNotContainAnyElementsOf(before);
        assertThat(racks("/even")).containsExactly("r1", "r1", "r2", "r2");
    }

    private static void constrain(ObjectNode app, String field, String operator, String value) {
        var constraint = app.putArray("constraints").addArray().add(field).add(operator);
        if (value != null) {
            constraint.add(value);
        }
    }

    private List<String> racks(String id) {
        return agents(id).stream().map(agent -> agent.equals("a3") ? "r2" : "r1").sorted().toList();
    }

    private JsonNode queue(String id) {
        return RunningEkiden.stream(ekiden.get("/v2/queue").body().path("queue"))
                .filter(item -> item.path("app").path("id").asText().equals(id))
                .findFirst()
                .orElse(MissingNode.getInstance());
    }
}

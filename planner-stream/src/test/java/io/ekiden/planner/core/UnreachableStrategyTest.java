package io.ekiden.planner.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.log.Input;
import io.ekiden.log.MemberKind;
import java.time.Duration;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What becomes of an instance whose agent is silent, as its app's unreachable strategy says.
class UnreachableStrategyTest {
    private static final String VOLUME =
            ",\"container\":{\"type\":\"MESOS\",\"volumes\":[{\"containerPath\":\"data\",\"mode\":\"RW\","
                    + "\"persistent\":{\"size\":10}}]}";

    private final World world = new World();

    @AfterEach
    void theJournalDecidedAgainGivesTheSame() {
        world.replays();
    }

    /// One instance, on `a1`, which falls silent while `a2` has room.
    private void silent(String more) {
        world.agent("a1", 4)
                .create("/web", "{\"cmd\":\"x\",\"cpus\":0.1,\"mem\":32%s}".formatted(more));
        world.work();
        world.agent("a2", 4).work();
        world.deaf.add("a1");
        world.take(new Input.MemberSilent(MemberKind.AGENT, "a1"));
    }

    private String instances() {
        return world.instances("/web").stream()
                .map(instance ->
                        instance.condition()
                                + "@"
                                + instance.placement().map(at -> at.agentId()).orElse("-"))
                .sorted()
                .collect(Collectors.joining(" "));
    }

    private static String strategy(String strategy) {
        return strategy == null ? "" : ",\"unreachableStrategy\":" + strategy;
    }

    @ParameterizedTest(name = "{0} after {1} s")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                                                                      |     0 | RUNNING@a2
                    {}                                                |     0 | RUNNING@a2
                    {"inactiveAfterSeconds":0,"expungeAfterSeconds":0} |    0 | RUNNING@a2
                    {"expungeAfterSeconds":10}                        |     0 | RUNNING@a2 UNREACHABLE_INACTIVE@a1
                    {"expungeAfterSeconds":10}                        |     9 | RUNNING@a2 UNREACHABLE_INACTIVE@a1
                    {"expungeAfterSeconds":10}                        |    10 | RUNNING@a2
                    {"inactiveAfterSeconds":5,"expungeAfterSeconds":5} |    4 | UNREACHABLE@a1
                    {"inactiveAfterSeconds":5,"expungeAfterSeconds":5} |    5 | RUNNING@a2
                    {"inactiveAfterSeconds":5,"expungeAfterSeconds":20} |   4 | UNREACHABLE@a1
                    {"inactiveAfterSeconds":5,"expungeAfterSeconds":20} |   5 | RUNNING@a2 UNREACHABLE_INACTIVE@a1
                    {"inactiveAfterSeconds":5,"expungeAfterSeconds":20} |  19 | RUNNING@a2 UNREACHABLE_INACTIVE@a1
                    {"inactiveAfterSeconds":5,"expungeAfterSeconds":20} |  20 | RUNNING@a2
                    "disabled"                                        | 99999 | UNREACHABLE@a1
                    """)
    void itIsReplacedAndForgottenInTime(String strategy, long seconds, String instances) {
        silent(strategy(strategy));
        world.pass(Duration.ofSeconds(seconds));

        assertThat(instances()).isEqualTo(instances);
    }

    /// Both times count from the silence, also when the agent is back and silent again.
    @Test
    void aReturnBeginsAnew() {
        silent(strategy("{\"inactiveAfterSeconds\":5,\"expungeAfterSeconds\":20}"));
        world.pass(Duration.ofSeconds(4));
        world.deaf.clear();
        world.take(new Input.MemberReturned(MemberKind.AGENT, "a1"));
        world.work();
        assertThat(instances()).isEqualTo("RUNNING@a1");

        world.deaf.add("a1");
        world.take(new Input.MemberSilent(MemberKind.AGENT, "a1"));
        world.pass(Duration.ofSeconds(4));
        assertThat(instances()).isEqualTo("UNREACHABLE@a1");
        world.pass(Duration.ofSeconds(1));
        assertThat(instances()).isEqualTo("RUNNING@a2 UNREACHABLE_INACTIVE@a1");
    }

    @ParameterizedTest(name = "back after {0} s")
    @CsvSource({"6, true", "30, false"})
    void ofTwoOnlyOneStaysWhenTheAgentIsBack(long seconds, boolean known) {
        silent(strategy("{\"inactiveAfterSeconds\":5,\"expungeAfterSeconds\":20}"));
        world.pass(Duration.ofSeconds(seconds));
        assertThat(world.instances("/web")).hasSize(known ? 2 : 1);

        world.deaf.clear();
        world.take(new Input.MemberReturned(MemberKind.AGENT, "a1"));
        world.work();
        world.pass(Duration.ofSeconds(60));

        assertThat(world.instances("/web")).hasSize(1);
        assertThat(world.running).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void aResidentOneIsNeverReplacedNorForgotten(boolean said) {
        silent(VOLUME + (said ? strategy("\"disabled\"") : ""));
        world.pass(Duration.ofDays(365));

        assertThat(instances()).isEqualTo("UNREACHABLE@a1");
        assertThat(world.volumes("a1")).hasSize(1);
    }
}

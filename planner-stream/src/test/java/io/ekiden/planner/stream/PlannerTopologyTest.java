package io.ekiden.planner.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.log.AgentReport;
import io.ekiden.log.Codec;
import io.ekiden.log.Fact;
import io.ekiden.log.Input;
import io.ekiden.log.JournalEntry;
import io.ekiden.log.MemberKind;
import io.ekiden.log.Rejection;
import io.ekiden.log.Topics;
import io.ekiden.log.WantedChange;
import io.ekiden.model.LaunchDelay;
import io.ekiden.model.PathId;
import io.ekiden.planner.core.Planner;
import io.ekiden.planner.core.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.query.PositionBound;
import org.apache.kafka.streams.query.QueryConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The wiring without a broker, and what only clocks that stand can show.
final class PlannerTopologyTest {
    private static final Topics TOPICS = new Topics("t.");
    private static final String KAFKA = "kafka-cluster";

    @TempDir private Path dir;
    private final TestClock clock = new TestClock();
    private final Liveness liveness = new Liveness(Duration.ofSeconds(10), clock);
    private final Planner planner = new Planner(Settings.DEFAULT);
    private Decider decider = planner::decide;
    private TopologyTestDriver driver;

    @BeforeEach
    void start() {
        var shell =
                new PlannerShell(
                        TOPICS,
                        KAFKA,
                        Map.of(
                                TOPICS.desiredState().fullName(), "id-1",
                                TOPICS.agentReports().fullName(), "id-2"),
                        (image, header, input) -> decider.decide(image, header, input),
                        planner,
                        clock,
                        liveness,
                        new Strikes(),
                        new PlannerStatus(),
                        () -> false);
        var config = PlannerConfig.of("nowhere:1", TOPICS, dir);
        driver =
                new TopologyTestDriver(
                        PlannerTopology.of(shell),
                        StreamsSettings.of(config, config.sessionTimeout()),
                        TestClock.NOON);
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    private void tick() {
        var step = Duration.ofMillis(50);
        clock.pass(step);
        driver.advanceWallClockTime(step);
    }

    private void ticks(int count) {
        for (int i = 0; i < count; i++) {
            tick();
        }
    }

    private void report(AgentReport report) {
        send(TOPICS.agentReports(), Codec.encode(AgentReport.class, report));
    }

    private void want(WantedChange wanted) {
        send(TOPICS.desiredState(), Codec.encode(WantedChange.class, wanted));
    }

    private void send(Topics.Topic topic, byte[] value) {
        driver.createInputTopic(
                        topic.fullName(), new ByteArraySerializer(), new ByteArraySerializer())
                .pipeInput(value);
    }

    private List<byte[]> sent(Topics.Topic topic) {
        return driver.createOutputTopic(
                        topic.fullName(), new ByteArrayDeserializer(), new ByteArrayDeserializer())
                .readValuesToList();
    }

    private List<JournalEntry> entries() {
        return sent(TOPICS.journal()).stream()
                .map(bytes -> TestLog.decoded(JournalEntry.class, bytes))
                .toList();
    }

    private List<Input> inputs() {
        return entries().stream().map(JournalEntry::input).toList();
    }

    @Test
    void foundsTheClusterBeforeTheFirstInputAndOnlyThen() {
        report(Given.joined("a"));
        report(Given.joined("b"));
        tick();
        assertThat(inputs())
                .containsExactly(
                        new Input.Founded(KAFKA),
                        new Input.Reported(Given.joined("a")),
                        new Input.Reported(Given.joined("b")));
    }

    @Test
    void foundsTheClusterByItselfSoThatItIsReadyWithoutAnyInput() {
        tick();
        tick();
        assertThat(inputs()).containsExactly(new Input.Founded(KAFKA));
    }

    @Test
    void writesNothingWhileNothingIsDue() {
        report(Given.joined("a"));
        entries();
        for (int i = 0; i < 100; i++) {
            tick();
        }
        assertThat(entries()).isEmpty();
    }

    @Test
    void stampsEachEntryWithThePlannersTime() {
        report(Given.joined("a"));
        clock.pass(Duration.ofSeconds(7));
        report(Given.joined("b"));
        assertThat(entries())
                .extracting(JournalEntry::time)
                .containsExactly(TestClock.NOON, TestClock.NOON, TestClock.NOON.plusSeconds(7));
    }

    @Test
    void whatIsDueBecomesAnInputWhenItsTimeHasComeAndIsNotAskedAgainAtOnce() {
        var delay =
                new LaunchDelay(
                        PathId.of("/web"),
                        TestClock.NOON,
                        Duration.ofSeconds(1),
                        TestClock.NOON.plusSeconds(1),
                        false,
                        TestClock.NOON.plusSeconds(300));
        // A planner that does nothing about it, so it stays due.
        decider =
                (image, header, input) -> {
                    image.put(delay);
                    var asked = input instanceof Input.Due ? new Input.Due(List.of()) : input;
                    return planner.decide(image, header, asked);
                };
        ticks(10);
        assertThat(inputs()).containsExactly(new Input.Founded(KAFKA));
        ticks(20);
        assertThat(inputs()).containsExactly(new Input.Due(List.of()));
        ticks(20);
        assertThat(inputs()).containsExactly(new Input.Due(List.of()));
    }

    @Test
    void aChangeWhoseEntryWouldBeTooLargeIsRefusedAndChangesNothing() {
        var large = new Input.Reported(Given.joined("large", Outputs.MAX_ENTRY_BYTES));
        decider =
                (image, header, input) ->
                        planner.decide(
                                image, header, input instanceof Input.Changed ? large : input);
        want(Given.change("c-1", 10));
        var last = entries().getLast();
        assertThat(last.facts())
                .singleElement()
                .isInstanceOfSatisfying(
                        Fact.Refused.class,
                        refused ->
                                assertThat(refused.rejection())
                                        .isInstanceOf(Rejection.TooLarge.class));
        assertThat(last.input()).isInstanceOf(Input.Changed.class);
        report(Given.joined("a"));
        assertThat(state(driver).image().agents()).extracting(a -> a.id()).containsExactly("a");
        assertThat(sent(TOPICS.agentCommands())).hasSize(1);
    }

    @Test
    void tellsThePlannerWhoIsSilent() {
        report(Given.joined("a"));
        entries();
        var told = new ArrayList<Input>();
        for (int second = 0; second <= 11; second++) {
            liveness.marked(1000L * second, clock.nanos());
            ticks(20);
            told.addAll(inputs());
        }
        assertThat(told).containsExactly(new Input.MemberSilent(MemberKind.AGENT, "a"));
    }

    private static ImageStore state(TopologyTestDriver driver) {
        return driver.getKeyValueStore(Topics.STORE)
                .query(
                        new ImageStore.ReadImage(),
                        PositionBound.unbounded(),
                        new QueryConfig(false))
                .getResult();
    }
}

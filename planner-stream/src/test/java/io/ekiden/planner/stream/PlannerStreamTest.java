package io.ekiden.planner.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ekiden.log.AgentReport;
import io.ekiden.log.Codec;
import io.ekiden.log.Fact;
import io.ekiden.log.Heartbeat;
import io.ekiden.log.Input;
import io.ekiden.log.JournalEntry;
import io.ekiden.log.MemberKind;
import io.ekiden.log.Topics;
import io.ekiden.planner.core.Planner;
import io.ekiden.planner.core.Settings;
import io.ekiden.testkit.TestBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.errors.TaskCorruptedException;
import org.apache.kafka.streams.processor.TaskId;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/// The planner in this JVM against a real broker.
final class PlannerStreamTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir private Path dir;
    private Topics topics;
    private TestLog log;
    private final List<String> joined = new ArrayList<>();

    /// The threads that tests make fail are no failures of the test.
    @BeforeAll
    static void failingThreadsAreExpected() {
        Awaitility.doNotCatchUncaughtExceptionsByDefault();
    }

    @BeforeEach
    void topicsOfThisTest(TestInfo test) {
        topics = new Topics(test.getTestMethod().orElseThrow().getName() + ".");
        log = new TestLog(TestBroker.shared().bootstrap(), topics);
    }

    @AfterEach
    void closeLog() {
        log.close();
    }

    private PlannerConfig config() {
        return PlannerConfig.of(TestBroker.shared().bootstrap(), topics, dir)
                .withSession(Duration.ofSeconds(1), Duration.ofMillis(300));
    }

    private PlannerStream started(Decider decider) {
        var planner = new PlannerStream(config(), decider, MachineClock.SYSTEM);
        planner.start();
        return planner;
    }

    private static Decider planner() {
        return new Planner(Settings.DEFAULT)::decide;
    }

    private void join(int from, int to) {
        for (int i = from; i < to; i++) {
            joined.add("agent-" + i);
            log.report(Given.joined("agent-" + i));
        }
        log.flush();
    }

    private void awaitDecided(PlannerStream planner, long sequence) {
        await().atMost(PATIENCE).until(() -> planner.sequence() >= sequence);
    }

    private List<JournalEntry> verified() {
        return Verify.everythingFollowsFromTheJournal(log, joined);
    }

    @Test
    void decidesEachInputOnceAndGoesOnAfterARestart() {
        try (var planner = started(planner())) {
            await().atMost(PATIENCE).until(planner::isReady);
            join(0, 500);
            awaitDecided(planner, 501);
        }
        assertThat(verified()).hasSize(501);

        join(500, 600);
        try (var planner = started(planner())) {
            awaitDecided(planner, 601);
            assertThat(planner.isActive()).isTrue();
        }
        assertThat(verified()).hasSize(601);
    }

    @Test
    void anExceptionInTheMiddleOfAnInputLosesAndDoublesNothing() {
        survivesInTheMiddleOfAnInput(() -> new IllegalStateException("planted"));
    }

    @Test
    void whatStreamsReadsAsCorruptionLosesAndDoublesNothing() {
        survivesInTheMiddleOfAnInput(() -> new TaskCorruptedException(Set.of(new TaskId(0, 0))));
    }

    /// The failure comes after the image was changed, so the planner that goes on must not have
    /// that image.
    private void survivesInTheMiddleOfAnInput(Supplier<RuntimeException> failure) {
        var failures = new AtomicInteger();
        var real = planner();
        Decider faulty =
                (image, header, input) -> {
                    var decision = real.decide(image, header, input);
                    if (isJoin(input, "agent-250") && failures.incrementAndGet() <= 2) {
                        throw failure.get();
                    }
                    return decision;
                };
        try (var planner = started(faulty)) {
            join(0, 500);
            awaitDecided(planner, 501);
        }
        assertThat(failures).hasValue(3);
        assertThat(verified()).hasSize(501);
    }

    @Test
    void anInputThatAlwaysFailsIsSetAsideAndTheOthersAreDecided() {
        var real = planner();
        Decider faulty =
                (image, header, input) -> {
                    var decision = real.decide(image, header, input);
                    if (isJoin(input, "agent-7")) {
                        throw new StackOverflowError("planted");
                    }
                    return decision;
                };
        try (var planner = started(faulty)) {
            join(0, 20);
            awaitDecided(planner, 21);
            assertThat(planner.deadLetters()).isEqualTo(1);
        }
        joined.remove("agent-7");
        assertThat(verified()).hasSize(21);
        assertThat(header(log.read(topics.deadLetters()).getFirst(), DeadLetter.WHY))
                .contains("3 times");
    }

    @Test
    void whatCannotBeReadIsSetAsideAndTheOthersAreDecided() {
        try (var planner = started(planner())) {
            join(0, 1);
            log.send(topics.agentReports(), Outputs.utf8("k"), Outputs.utf8("not JSON"));
            log.send(topics.agentReports(), null, null);
            log.send(topics.desiredState(), null, Outputs.utf8("{\"v\":99,\"record\":{}}"));
            log.send(topics.desiredState(), null, Outputs.utf8("[".repeat(100_000)));
            join(1, 2);
            awaitDecided(planner, 7);
            assertThat(planner.deadLetters()).isEqualTo(4);
        }
        var entries = verified();
        assertThat(entries).hasSize(7);
        var letters = log.read(topics.deadLetters());
        assertThat(letters).hasSize(4);
        assertThat(entries.stream().filter(e -> e.input() instanceof Input.Unreadable)).hasSize(4);
        var first =
                letters.stream()
                        .filter(l -> "1".equals(header(l, DeadLetter.OFFSET)))
                        .filter(l -> header(l, DeadLetter.TOPIC).endsWith("agent-reports"))
                        .findFirst()
                        .orElseThrow();
        assertThat(TestLog.text(first.key())).isEqualTo("k");
        assertThat(TestLog.text(first.value())).isEqualTo("not JSON");
        assertThat(header(first, DeadLetter.PARTITION)).isEqualTo("0");
        assertThat(header(first, DeadLetter.WHY)).isNotEmpty();
    }

    @Test
    void whatIsTooLargeForTheJournalIsAnsweredOrSetAsideAndNothingChanges() {
        try (var planner = started(planner())) {
            join(0, 1);
            log.want(Given.change("huge", Outputs.MAX_ENTRY_BYTES));
            // Three times in its entry: as input, in the agent's state, and in its welcome.
            log.report(Given.joined("large", Outputs.MAX_ENTRY_BYTES / 3));
            joined.add("large");
            join(1, 2);
            awaitDecided(planner, 5);
        }
        var entries = verified();
        assertThat(entries).hasSize(5);
        assertThat(log.read(topics.deadLetters())).hasSize(1);
        assertThat(entries)
                .filteredOn(e -> isJoin(e.input(), "large"))
                .flatExtracting(JournalEntry::facts)
                .hasSize(1)
                .hasOnlyElementsOfType(Fact.InputFailed.class);
    }

    /// Kafka forgets the positions of a group that was not used for a week.
    @Test
    void inputsThatComeAgainBecauseKafkaForgotThePositionsAreNotDecidedAgain() throws Exception {
        try (var planner = started(planner())) {
            join(0, 50);
            awaitDecided(planner, 51);
        }
        try (var admin = log.admin()) {
            admin.deleteConsumerGroups(List.of(topics.plannerApplicationId())).all().get();
        }
        join(50, 60);
        try (var planner = started(planner())) {
            awaitDecided(planner, 61);
        }
        assertThat(verified()).hasSize(61);
    }

    @Test
    void refusesToDecideOnAStateThatWasTamperedWith() throws InterruptedException {
        try (var planner = started(planner())) {
            join(0, 3);
            awaitDecided(planner, 4);
        }
        log.send(topics.clusterState(), Outputs.utf8("agent/agent-1"), null);
        log.flush();
        refuses("differs from its head at sequence 4");
    }

    @Test
    void refusesToFoundAClusterAnewWhoseStateWasDeleted() throws Exception {
        try (var planner = started(planner())) {
            join(0, 3);
            awaitDecided(planner, 4);
        }
        try (var admin = log.admin()) {
            admin.deleteTopics(List.of(topics.clusterState().fullName())).all().get();
        }
        refuses("the journal has entries but cluster-state is empty");
    }

    private void refuses(String why) throws InterruptedException {
        int entries = log.journal().size();
        join(3, 4);
        try (var planner = started(planner())) {
            assertThat(planner.awaitEnd(PATIENCE)).isTrue();
            assertThat(planner.refusal()).get(InstanceOfAssertFactories.STRING).contains(why);
            assertThat(planner.isActive()).isFalse();
        }
        assertThat(log.journal()).hasSize(entries);
    }

    @Test
    void anAgentWhoseHeartbeatEndsIsSilentAndOneThatBeatsIsNot() {
        var silence = Duration.ofSeconds(2);
        try (var planner = new PlannerStream(config().withSilence(silence));
                var standby = new PlannerStream(config().withSilence(silence))) {
            planner.start();
            await().atMost(PATIENCE).until(planner::isReady);
            standby.start();
            join(0, 2);
            await().atMost(PATIENCE).until(() -> newest(planner, standby) >= 3);
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> {
                        // The agent's epoch is the sequence of the entry that welcomed it.
                        beat("agent-0", 2);
                        return newest(planner, standby) >= 4;
                    });
        }
        var judged =
                verified().stream()
                        .map(JournalEntry::input)
                        .filter(Input.MemberSilent.class::isInstance);
        assertThat(judged).containsExactly(new Input.MemberSilent(MemberKind.AGENT, "agent-1"));
    }

    private static long newest(PlannerStream one, PlannerStream other) {
        return Math.max(one.sequence(), other.sequence());
    }

    private void beat(String id, long epoch) {
        var beat = new Heartbeat(MemberKind.AGENT, id, epoch);
        log.send(topics.heartbeats(), Outputs.utf8(id), Codec.encode(Heartbeat.class, beat));
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return TestLog.text(record.headers().lastHeader(name).value());
    }

    private static boolean isJoin(Input input, String id) {
        return input instanceof Input.Reported(AgentReport.AgentJoined agent)
                && agent.memberId().equals(id);
    }
}

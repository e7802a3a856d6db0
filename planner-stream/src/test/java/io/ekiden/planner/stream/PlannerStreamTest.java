package io.ekiden.planner.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ekiden.log.AgentReport;
import io.ekiden.log.Input;
import io.ekiden.log.JournalEntry;
import io.ekiden.log.Topics;
import io.ekiden.planner.core.Planner;
import io.ekiden.planner.core.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.kafka.streams.errors.TaskCorruptedException;
import org.apache.kafka.streams.processor.TaskId;
import org.junit.jupiter.api.AfterEach;
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

    private static boolean isJoin(Input input, String id) {
        return input instanceof Input.Reported(AgentReport.AgentJoined agent)
                && agent.memberId().equals(id);
    }
}

package io.ekiden.planner.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ekiden.log.Topics;
import io.ekiden.testkit.TestBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/// Planners as processes that are killed and paused while inputs keep coming.
final class PlannerFailoverTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration BETWEEN_INPUTS = Duration.ofMillis(5);

    /// So many entries are to be committed between one event and the next.
    private static final int SOME = 200;

    /// The load goes no further ahead of what is decided, so that a slow machine has little to
    /// catch up with at the end.
    private static final int AHEAD = 500;

    /// How a JVM ends that was asked to.
    private static final int SIGTERM = 143;

    @TempDir private Path dir;
    private Topics topics;
    private TestLog log;
    private final List<String> joined = new CopyOnWriteArrayList<>();
    private volatile boolean loading = true;
    private Thread load;

    @BeforeEach
    void loadThisTestsTopics(TestInfo test) {
        topics = new Topics(test.getTestMethod().orElseThrow().getName() + ".");
        log = new TestLog(TestBroker.shared().bootstrap(), topics);
        load = new Thread(this::load, "load");
    }

    @AfterEach
    void endLoad() throws InterruptedException {
        loading = false;
        load.join();
        log.close();
    }

    private void load() {
        long limit = AHEAD;
        while (loading) {
            if (joined.size() >= limit) {
                limit = log.reported() + AHEAD;
                continue;
            }
            var id = "agent-" + joined.size();
            joined.add(id);
            log.report(Given.joined(id));
            try {
                Thread.sleep(BETWEEN_INPUTS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
        log.flush();
    }

    private PlannerProcess planner(String name) {
        return PlannerProcess.start(dir, name, TestBroker.shared().bootstrap(), topics);
    }

    private void awaitSomeMore() {
        long goal = log.reported() + SOME;
        await().atMost(PATIENCE).until(() -> log.reported() >= goal);
    }

    /// The agents never beat, so that planners judge them silent and write on: they are ended
    /// before the topics are compared.
    private void awaitAllAndVerify(PlannerProcess... living) throws InterruptedException {
        loading = false;
        load.join();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(log.reported()).isEqualTo(joined.size()));
        for (var planner : living) {
            assertThat(planner.end()).isEqualTo(SIGTERM);
        }
        assertThat(Verify.everythingFollowsFromTheJournal(log, joined))
                .hasSizeGreaterThan(joined.size());
    }

    @Test
    void aPlannerThatIsKilledAndStartedAgainLosesAndDoublesNothing() throws InterruptedException {
        try (var first = planner("first")) {
            first.awaitLine("planner=active");
            load.start();
            awaitSomeMore();
            first.kill();
            try (var second = planner("second")) {
                awaitSomeMore();
                second.kill();
            }
        }
        try (var third = planner("third")) {
            awaitSomeMore();
            awaitAllAndVerify(third);
        }
    }

    @Test
    void aWarmStandbyTakesOverFromAKilledPlanner() throws InterruptedException {
        try (var first = planner("first");
                var second = planner("second")) {
            load.start();
            // On a slow machine the two may change places before they settle.
            await().atMost(PATIENCE)
                    .until(() ->
                            (first.isActive() && second.isStandby())
                                    || (second.isActive() && first.isStandby()));
            awaitSomeMore();
            var active = first.isActive() ? first : second;
            var standby = first.isActive() ? second : first;
            active.kill();
            awaitSomeMore();
            assertThat(standby.isActive()).isTrue();
            assertThat(standby.output()).contains("reason=PROMOTED");
            awaitAllAndVerify(standby);
        }
    }

    @Test
    void aPlannerThatWasPausedWritesNothingAfterItsSuccessor() throws InterruptedException {
        try (var first = planner("first");
                var second = planner("second")) {
            first.awaitLine("streams=RUNNING");
            second.awaitLine("streams=RUNNING");
            load.start();
            awaitSomeMore();
            // Whichever of them is active.
            first.signal("STOP");
            awaitSomeMore();
            first.signal("CONT");
            awaitSomeMore();
            second.signal("STOP");
            awaitSomeMore();
            second.signal("CONT");
            awaitSomeMore();
            awaitAllAndVerify(first, second);
        }
    }
}

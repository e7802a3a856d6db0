package io.ekiden.planner.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.log.Heartbeat;
import io.ekiden.log.Input;
import io.ekiden.log.MemberKind;
import io.ekiden.model.Agent;
import io.ekiden.model.Proxy;
import io.ekiden.model.Resources;
import io.ekiden.state.ClusterImage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class LivenessTest {
    private static final long EPOCH = 7;

    private final TestClock clock = new TestClock();
    private final Liveness liveness = new Liveness(Duration.ofSeconds(10), clock);
    private final ClusterImage image = new ClusterImage();
    private long logTime = 1_000_000;

    @BeforeEach
    void oneAgentAndOneProxy() {
        image.put(agent(Agent.State.ACTIVE));
        image.put(new Proxy("p", 9, "host", true, Instant.EPOCH));
        liveness.begin();
    }

    private static Agent agent(Agent.State state) {
        return new Agent(
                "a",
                "boot",
                EPOCH,
                1,
                "host",
                "127.0.0.1",
                Optional.empty(),
                Resources.NONE,
                List.of(),
                Optional.empty(),
                Collections.emptySortedMap(),
                Collections.emptySortedSet(),
                state,
                false,
                Instant.EPOCH,
                Optional.empty(),
                Optional.empty());
    }

    /// Seconds in which time marks are written and read; the judgements of all of them.
    private List<Input> pass(int seconds, String... beating) {
        var inputs = new ArrayList<Input>();
        for (int i = 0; i < seconds; i++) {
            logTime += 1000;
            clock.pass(Duration.ofSeconds(1));
            for (var id : beating) {
                beat(id, EPOCH);
            }
            liveness.marked(logTime, clock.nanos());
            inputs.addAll(liveness.judge(image));
        }
        return inputs;
    }

    private void beat(String id, long epoch) {
        var proxy = id.equals("p");
        liveness.heard(
                new Heartbeat(proxy ? MemberKind.PROXY : MemberKind.AGENT, id, proxy ? 0 : epoch),
                logTime);
    }

    private static Input silent(MemberKind kind, String id) {
        return new Input.MemberSilent(kind, id);
    }

    @Test
    void whoBeatsIsNotSilent() {
        assertThat(pass(60, "a", "p")).isEmpty();
    }

    @Test
    void whoDoesNotBeatIsSilentAfterTheLimitAndNotBefore() {
        pass(3, "a", "p");
        assertThat(pass(10, "p")).isEmpty();
        assertThat(pass(1, "p")).containsExactly(silent(MemberKind.AGENT, "a"));
    }

    @Test
    void silenceThatThePlannerDidNotActUponIsToldAgainOnlyAfterTheLimit() {
        assertThat(pass(60, "p")).hasSize(5);
    }

    @Test
    void aProxyIsJudgedToo() {
        assertThat(pass(12, "a")).containsExactly(silent(MemberKind.PROXY, "p"));
    }

    @Test
    void aBeatOfAnotherEpochDoesNotCount() {
        for (int i = 0; i < 11; i++) {
            beat("a", EPOCH - 1);
            assertThat(pass(1, "p")).isEmpty();
        }
        beat("a", EPOCH - 1);
        assertThat(pass(1, "p")).containsExactly(silent(MemberKind.AGENT, "a"));
    }

    @Test
    void anOutageInWhichNobodyCouldWriteSilencesNobody() {
        pass(3, "a", "p");
        logTime += 3_600_000;
        clock.pass(Duration.ofHours(1));
        assertThat(pass(1)).isEmpty();
        assertThat(pass(5, "a", "p")).isEmpty();
    }

    @Test
    void aLogWhoseClockGoesBackSilencesNobody() {
        pass(3, "a", "p");
        logTime -= 3_600_000;
        assertThat(pass(60, "a", "p")).isEmpty();
    }

    @Test
    void nobodyIsJudgedWhileReadingLagsBehind() {
        pass(3, "a", "p");
        for (int i = 0; i < 60; i++) {
            logTime += 1000;
            liveness.marked(logTime, clock.nanos() - Liveness.CAUGHT_UP.toNanos() - 1);
            assertThat(liveness.judge(image)).isEmpty();
        }
    }

    @Test
    void nobodyIsJudgedByAStandby() {
        liveness.end();
        assertThat(pass(60)).isEmpty();
    }

    @Test
    void aTakeoverGivesEverybodyTheFullLimit() {
        pass(9, "p");
        liveness.end();
        liveness.begin();
        assertThat(pass(10, "p")).isEmpty();
        assertThat(pass(2, "p")).containsExactly(silent(MemberKind.AGENT, "a"));
    }

    @Test
    void aSilentAgentThatBeatsAgainIsBackAndToldOnce() {
        image.put(agent(Agent.State.UNREACHABLE));
        assertThat(pass(20, "p")).isEmpty();
        assertThat(pass(5, "a", "p"))
                .containsExactly(new Input.MemberReturned(MemberKind.AGENT, "a"));
    }

    @Test
    void anAgentThatLeftIsNotJudged() {
        image.put(agent(Agent.State.LEFT));
        assertThat(pass(60, "p")).isEmpty();
        assertThat(pass(5, "a", "p")).isEmpty();
    }

    @Test
    void anInactiveProxyThatBeatsAgainIsBack() {
        image.put(new Proxy("p", 9, "host", false, Instant.EPOCH));
        pass(3, "a");
        assertThat(pass(1, "a", "p"))
                .containsExactly(new Input.MemberReturned(MemberKind.PROXY, "p"));
    }
}

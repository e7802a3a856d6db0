package io.ekiden.planner.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.log.Topics;
import io.ekiden.testkit.TestBroker;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How a service's process begins and ends, shown by the planner's.
final class PlannerStartTest {
    private static final int TERMINATED = 143;

    private final Topics topics = new Topics("start.");

    @TempDir Path dir;

    @Test
    void waitsForKafkaWithOneLineInItsLog() {
        int port = TestBroker.freePort();
        try (var planner = PlannerProcess.start(dir, "early", "127.0.0.1:" + port, topics)) {
            planner.awaitLine("kafka=waiting");
            try (var _ = TestBroker.start(port, Map.of(), (short) 2)) {
                planner.awaitLine("planner=active");
                assertThat(planner.output().lines().filter(line -> line.contains("kafka=waiting")))
                        .hasSize(1);
                assertThat(planner.end()).isEqualTo(TERMINATED);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-such-host.invalid:9092", "127.0.0.1:1"})
    void endsInOrderWhileItWaits(String nobody) {
        try (var planner = PlannerProcess.start(dir, "waiting", nobody, topics)) {
            planner.awaitLine("kafka=waiting");
            assertThat(planner.end()).isEqualTo(TERMINATED);
        }
    }
}

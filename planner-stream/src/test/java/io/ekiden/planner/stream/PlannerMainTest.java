package io.ekiden.planner.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PlannerMainTest {
    @Test
    void aFlagWinsOverTheEnvironmentAndThatOverTheDefault() {
        var config =
                PlannerMain.config(
                        new String[] {"--topic-prefix=flag.", "--kafka.security.protocol=SSL"},
                        Map.of(
                                "EKIDEN_TOPIC_PREFIX", "variable.",
                                "EKIDEN_BOOTSTRAP_SERVERS", "kafka:9092",
                                "EKIDEN_STATE_DIR", "state"));
        assertThat(config.topics().prefix()).isEqualTo("flag.");
        assertThat(config.bootstrapServers()).isEqualTo("kafka:9092");
        assertThat(config.stateDir()).isEqualTo(Path.of("state"));
        assertThat(config.sessionTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(config.clientSettings()).containsOnly(Map.entry("security.protocol", "SSL"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"topic-prefix=x", "--topic-prefix", "--no-such=1", "--replication-factor=x"})
    void whatItDoesNotUnderstandIsRefused(String arg) {
        assertThatThrownBy(() -> PlannerMain.config(new String[] {arg}, Map.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}

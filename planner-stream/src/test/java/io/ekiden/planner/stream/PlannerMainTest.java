package io.ekiden.planner.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.ekiden.model.PortRange;
import io.ekiden.planner.core.Settings;
import io.ekiden.process.Options;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PlannerMainTest {
    @Test
    void isToldByItsEnvironment() {
        var config =
                config(
                        List.of("--topic-prefix=flag."),
                        Map.of(
                                "EKIDEN_TOPIC_PREFIX", "variable.",
                                "EKIDEN_BOOTSTRAP_SERVERS", "kafka:9092",
                                "EKIDEN_REPLICATION_FACTOR", "3",
                                "EKIDEN_SERVICE_PORTS", "20000-20009",
                                "EKIDEN_PLACEMENT", "binpack",
                                "EKIDEN_KAFKA_SECURITY_PROTOCOL", "SSL",
                                "EKIDEN_STATE_DIR", "state"));
        assertThat(config.topics().prefix()).isEqualTo("flag.");
        assertThat(config.bootstrapServers()).isEqualTo("kafka:9092");
        assertThat(config.replicationFactor()).isEqualTo((short) 3);
        assertThat(config.settings().servicePorts()).isEqualTo(new PortRange(20_000, 20_009));
        assertThat(config.settings().strategy()).isEqualTo(Settings.Strategy.BINPACK);
        assertThat(config.stateDir()).isEqualTo(Path.of("state"));
        assertThat(config.sessionTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(config.clientSettings()).containsOnly(Map.entry("security.protocol", "SSL"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "topic-prefix=x",
                "--topic-prefix",
                "--no-such=1",
                "--replication-factor=x",
                "--placement=dense",
                "--placement=BINPACK"
            })
    void whatItDoesNotUnderstandIsRefused(String arg) {
        assertThatIllegalArgumentException().isThrownBy(() -> config(List.of(arg), Map.of()));
    }

    @Test
    void spreadsUnlessToldOtherwise() {
        assertThat(config(List.of(), Map.of()).settings().strategy())
                .isEqualTo(Settings.Strategy.SPREAD);
    }

    private static PlannerConfig config(List<String> args, Map<String, String> environment) {
        return PlannerMain.config(Options.parse(PlannerMain.options(), args, environment));
    }
}

package io.ekiden.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.ekiden.model.PortRange;
import io.ekiden.process.Options;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AgentMainTest {
    @Test
    void isToldByItsEnvironment() {
        var config =
                config(
                        List.of(),
                        Map.of(
                                "EKIDEN_BOOTSTRAP_SERVERS", "kafka:9092",
                                "EKIDEN_AGENT", "name=a1;hostname=h1;ports=31000-31099",
                                "EKIDEN_WORK_DIR", "work",
                                "EKIDEN_AGENT_RUNTIMES", "docker",
                                "EKIDEN_KAFKA_SECURITY_PROTOCOL", "SSL"));
        assertThat(config.bootstrapServers()).isEqualTo("kafka:9092");
        assertThat(config.agentId()).isEqualTo("a1");
        assertThat(config.hostname()).isEqualTo("h1");
        assertThat(config.ports()).containsExactly(new PortRange(31_000, 31_099));
        assertThat(config.workDir()).isEqualTo(Path.of("work"));
        assertThat(config.runtimes()).containsExactly(ContainerType.DOCKER);
        assertThat(config.kafka()).containsOnly(Map.entry("security.protocol", "SSL"));
    }

    @Test
    void startsContainersOfEveryKindUnlessTold() {
        assertThat(config(List.of("--agent", "name=a1"), Map.of()).runtimes())
                .containsExactlyInAnyOrder(ContainerType.values());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--agent=cpus=1", "--agent=name=a1 --agent-runtimes=rkt"})
    void whatItDoesNotUnderstandIsRefused(String line) {
        var args = line.isEmpty() ? List.<String>of() : List.of(line.split(" ", -1));
        assertThatIllegalArgumentException().isThrownBy(() -> config(args, Map.of()));
    }

    private static AgentConfig config(List<String> args, Map<String, String> environment) {
        return AgentMain.config(Options.parse(AgentMain.options(), args, environment));
    }
}

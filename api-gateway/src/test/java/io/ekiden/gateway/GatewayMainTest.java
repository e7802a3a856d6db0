package io.ekiden.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GatewayMainTest {
    @Test
    void onlyKafkaMustBeNamed() {
        var config = GatewayMain.config(List.of("--bootstrap-servers", "k:9092"));

        assertThat(config.bootstrapServers()).isEqualTo("k:9092");
        assertThat(config.topics().prefix()).isEqualTo("ekiden.");
        assertThat(config.host()).isEqualTo("127.0.0.1");
        assertThat(config.port()).isEqualTo(8080);
        assertThat(config.insecure()).isFalse();
    }

    @Test
    void everythingElseCanBe() {
        var config =
                GatewayMain.config(
                        List.of(
                                "--insecure",
                                "--bootstrap-servers",
                                "k:9092",
                                "--topic-prefix",
                                "test.",
                                "--bind",
                                "0.0.0.0",
                                "--port",
                                "0",
                                "--allowed-hosts",
                                "a.example,b.example"));

        assertThat(config.topics().prefix()).isEqualTo("test.");
        assertThat(config.host()).isEqualTo("0.0.0.0");
        assertThat(config.port()).isZero();
        assertThat(config.allowedHosts()).containsExactlyInAnyOrder("a.example", "b.example");
        assertThat(config.insecure()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--port 8080",
                "--bootstrap-servers",
                "--bootstrap-servers k:9092 --port many",
                "--bootstrap-servers k:9092 --what"
            })
    void aWrongCommandLineIsRefused(String line) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GatewayMain.config(List.of(line.split(" ", -1))));
    }
}

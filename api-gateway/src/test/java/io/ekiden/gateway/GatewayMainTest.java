package io.ekiden.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.ekiden.gateway.users.JwtSettings;
import io.ekiden.process.Options;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GatewayMainTest {
    @Test
    void nothingMustBeSaid() {
        var config = config("");

        assertThat(config.bootstrapServers()).isEqualTo("127.0.0.1:9092");
        assertThat(config.topics().prefix()).isEqualTo("ekiden.");
        assertThat(config.host()).isEqualTo("127.0.0.1");
        assertThat(config.port()).isEqualTo(8080);
        assertThat(config.allowedHosts()).isEmpty();
        assertThat(config.insecure()).isFalse();
    }

    @Test
    void everythingCanBe() {
        var config =
                config(
                        "--insecure --bootstrap-servers k:9092 --topic-prefix test. --bind 0.0.0.0 --port 0"
                                + " --allowed-hosts a.example,b.example --kafka.security.protocol=SSL");

        assertThat(config.topics().prefix()).isEqualTo("test.");
        assertThat(config.host()).isEqualTo("0.0.0.0");
        assertThat(config.port()).isZero();
        assertThat(config.allowedHosts()).containsExactlyInAnyOrder("a.example", "b.example");
        assertThat(config.insecure()).isTrue();
        assertThat(config.clients())
                .containsEntry("bootstrap.servers", "k:9092")
                .containsEntry("security.protocol", "SSL");
    }

    @Test
    void whoIsSecuredNeedsNoWordOfInsecurity() {
        var config = config("--bind 0.0.0.0 --token-file t --tls-cert c --tls-key k");

        assertThat(config.host()).isEqualTo("0.0.0.0");
        assertThat(config.insecure()).isFalse();
        assertThat(config.security().isComplete()).isTrue();
        assertThat(
                        config(
                                        "--bind 0.0.0.0 --jwt-keys f --jwt-issuer i --jwt-audience a"
                                                + " --tls-cert c --tls-key k")
                                .security()
                                .jwt())
                .contains(new JwtSettings(Path.of("f"), "i", "a", "ekiden"));
        assertThat(config("").security()).isEqualTo(Security.NONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--port many",
                "--bind 0.0.0.0",
                "--what",
                "--bind 0.0.0.0 --token-file t",
                "--tls-cert c",
                "--jwt-keys f --jwt-issuer i"
            })
    void aWrongCommandLineIsRefused(String line) {
        assertThatIllegalArgumentException().isThrownBy(() -> config(line));
    }

    private static GatewayConfig config(String line) {
        var args = line.isEmpty() ? List.<String>of() : List.of(line.split(" ", -1));
        return GatewayMain.config(Options.parse(GatewayMain.options(), args, Map.of()));
    }
}

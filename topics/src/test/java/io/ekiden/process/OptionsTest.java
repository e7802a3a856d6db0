package io.ekiden.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.ekiden.model.PortRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OptionsTest {
    private static final Option LB_PORT = Option.of("lb-port", "9080", "a port");
    private static final Option NAME = Option.of("name", "its name");
    private static final Option TOKEN = Option.of("token-file", "a secret");
    private static final Option SIZE = Option.of("size", "small", "how large");
    private static final List<Option> KNOWN =
            List.of(SIZE, LB_PORT, NAME, TOKEN, Option.SERVICE_PORTS, Option.BIND, Option.INSECURE);

    @Test
    void aFlagWinsOverTheVariableAndThatOverTheDefault() {
        var environment = Map.of("EKIDEN_LB_PORT", "1");
        assertThat(options("", Map.of()).port(LB_PORT)).isEqualTo(9080);
        assertThat(options("", environment).port(LB_PORT)).isEqualTo(1);
        assertThat(options("--lb-port=2", environment).port(LB_PORT)).isEqualTo(2);
        assertThat(options("--lb-port 3", environment).port(LB_PORT)).isEqualTo(3);
    }

    @Test
    void anEmptyVariableIsNone() {
        assertThat(options("", Map.of("EKIDEN_LB_PORT", " ")).port(LB_PORT)).isEqualTo(9080);
    }

    @Test
    void whatHasNoDefaultMustBeGivenWhereItIsNeeded() {
        assertThat(options("", Map.of()).find(NAME)).isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options("", Map.of()).text(NAME))
                .withMessageContaining("--name")
                .withMessageContaining("EKIDEN_NAME");
    }

    @Test
    void everySettingOfKafkasClientsCanBeGiven() {
        var environment =
                Map.of("EKIDEN_KAFKA_SECURITY_PROTOCOL", "SSL", "EKIDEN_KAFKA_CLIENT_RACK", "r1");
        assertThat(options("--kafka.security.protocol=PLAINTEXT", environment).kafka())
                .containsOnly(
                        Map.entry("security.protocol", "PLAINTEXT"),
                        Map.entry("client.rack", "r1"));
    }

    enum Size {
        SMALL,
        LARGE
    }

    @Test
    void aChoiceIsWrittenInSmallLetters() {
        assertThat(options("--size=large", Map.of()).choice(SIZE, Size.class))
                .isEqualTo(Size.LARGE);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options("--size=LARGE", Map.of()).choice(SIZE, Size.class))
                .withMessage("option '--size' is none of [small, large]: 'LARGE'");
    }

    @Test
    void aRangeOfPortsIsRead() {
        assertThat(options("--service-ports=10000-10009", Map.of()).ports(Option.SERVICE_PORTS))
                .isEqualTo(new PortRange(10_000, 10_009));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--lb-port=x",
                "--lb-port=65536",
                "--lb-port=-1",
                "--lb-port",
                "--service-ports=10000",
                "--service-ports=2-1",
                "--service-ports=0-1",
                "--service-ports=1-65536",
                "--bind=0.0.0.0",
                "--insecure=maybe",
                "--no-such=1",
                "lb-port=1"
            })
    void whatMakesNoSenseIsRefused(String line) {
        assertThatIllegalArgumentException().isThrownBy(() -> readAll(line));
    }

    private static void readAll(String line) {
        var options = options(line, Map.of());
        options.port(LB_PORT);
        options.ports(Option.SERVICE_PORTS);
        options.bind();
    }

    @Test
    void anAddressBeyondLoopbackHasToBeSaidAloud() {
        assertThat(options("--bind=127.0.0.2", Map.of()).bind()).isEqualTo("127.0.0.2");
        assertThat(options("--bind=0.0.0.0 --insecure", Map.of()).bind()).isEqualTo("0.0.0.0");
        assertThat(options("--bind=0.0.0.0", Map.of("EKIDEN_INSECURE", "true")).bind())
                .isEqualTo("0.0.0.0");
    }

    @Test
    void aSecretIsReadFromItsFile(@TempDir Path dir) throws IOException {
        var file = Files.writeString(dir.resolve("token"), "secret\n");
        assertThat(options("--token-file=" + file, Map.of()).secret(TOKEN)).contains("secret");
        assertThat(options("", Map.of()).secret(TOKEN)).isEmpty();

        Files.writeString(file, " \n");
        for (var wrong : List.of(file, dir.resolve("none"))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> options("--token-file=" + wrong, Map.of()).secret(TOKEN));
        }
    }

    private static Options options(String line, Map<String, String> environment) {
        var args = line.isEmpty() ? List.<String>of() : List.of(line.split(" ", -1));
        return Options.parse(KNOWN, args, environment);
    }
}

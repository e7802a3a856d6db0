package io.ekiden.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.gateway.GatewayConfig;
import io.ekiden.gateway.Security;
import io.ekiden.log.Topics;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConfigJsonTest {

    @Test
    void settingsAreToldAndSecretsAreNot() {
        var config =
                GatewayConfig.of("kafka:9092", new Topics("t."), "127.0.0.1", 8080, "1.2.3")
                        .withAgentToken(Optional.of("s3cret"))
                        .withSecurity(
                                new Security(
                                        Optional.of(Path.of("/etc/tokens")),
                                        Optional.empty(),
                                        Optional.of("s3cret")))
                        .withKafka(
                                Map.of(
                                        "security.protocol", "SASL_SSL",
                                        "ssl.truststore.password", "s3cret",
                                        "sasl.jaas.config", "s3cret",
                                        "plugin.of.mine", "s3cret"));

        var json = ConfigJson.of(config);

        assertThat(json.toString()).doesNotContain("s3cret");
        assertThat(json.path("bootstrap-servers").asText()).isEqualTo("kafka:9092");
        assertThat(json.path("topic-prefix").asText()).isEqualTo("t.");
        assertThat(json.path("token-file").asText()).isEqualTo("/etc/tokens");
        assertThat(json.path("agent-token").asText()).isEqualTo("(hidden)");
        assertThat(json.path("limits").path("write-ms").asInt()).isEqualTo(10_000);
        assertThat(json.path("limits").path("requests-each").asInt()).isEqualTo(500);
        assertThat(json.path("kafka").path("security.protocol").asText()).isEqualTo("SASL_SSL");
        assertThat(json.path("kafka").path("plugin.of.mine").asText()).isEqualTo("(hidden)");
    }
}

package io.ekiden.agent.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.agent.runtime.image.ImageName;
import io.ekiden.agent.secrets.PullConfig.Credentials;
import io.ekiden.agent.secrets.PullConfig.Credentials.Login;
import io.ekiden.agent.secrets.PullConfig.Credentials.Unusable;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PullConfigTest {
    private static final String BOB = "'username': 'bob', 'password': 'CANARY'";

    private static Credentials credentials(String json, String image) {
        return new PullConfig("pull", json.replace('\'', '"')).of(image);
    }

    @ParameterizedTest
    @CsvSource({
        "web, docker.io",
        "shop/web:1, docker.io",
        "docker.io/shop/web, docker.io",
        "index.docker.io/web, docker.io",
        "localhost/web, localhost",
        "localhost:5000/shop/web@sha256:00, localhost:5000",
        "registry.example.com/web:1, registry.example.com",
    })
    void anImagesRegistryIsInItsName(String image, String registry) {
        assertThat(ImageName.of(image).registry()).isEqualTo(registry);
    }

    @Test
    void aLoginIsOnePairOrTwoTexts() {
        var pair =
                Base64.getEncoder().encodeToString("bob:CANARY:2".getBytes(StandardCharsets.UTF_8));

        assertThat(credentials("{'auths': {'r:1': {'auth': '%s'}}}".formatted(pair), "r:1/web"))
                .isEqualTo(new Login("r:1", "bob", "CANARY:2", Optional.empty()));
        assertThat(credentials("{'auths': {'r:1': {%s}}}".formatted(BOB), "r:1/web"))
                .isEqualTo(new Login("r:1", "bob", "CANARY", Optional.empty()));
    }

    @Test
    void anIdentityTokenIsGivenInPlaceOfAPassword() {
        var user = Base64.getEncoder().encodeToString("bob:".getBytes(StandardCharsets.UTF_8));
        var auths = "{'auths': {'r:1': {'auth': '%s', 'identitytoken': 'CANARY'}}}";

        assertThat(credentials(auths.formatted(user), "r:1/web"))
                .isEqualTo(new Login("r:1", "bob", "", Optional.of("CANARY")));
        assertThat(credentials(auths.formatted(""), "r:1/web"))
                .isEqualTo(new Login("r:1", "", "", Optional.of("CANARY")));
    }

    @ParameterizedTest
    @CsvSource({
        "https://index.docker.io/v1/, web",
        "docker.io, docker.io/shop/web:1",
        "registry-1.docker.io, index.docker.io/web",
        "http://r:1/v2/, r:1/web",
        "r:1/some/where, r:1/web",
    })
    void aRegistryMayBeAUrl(String key, String image) {
        assertThat(credentials("{'auths': {'%s': {%s}}}".formatted(key, BOB), image))
                .isInstanceOf(Login.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'auths': {'other': {'username': 'bob', 'password': 'CANARY'}}}",
                "{'auths': {'r:1': {}}}",
                "{'auths': {'r:1': {'auth': 'CANARY!'}}}",
                "{'auths': {'r:1': 'CANARY'}}",
                "{'auths': {}, 'credsStore': 'CANARY'}",
            })
    void aRegistryThatIsNotThereIsNamed(String json) {
        assertThat(credentials(json, "r:1/web"))
                .isEqualTo(
                        new Unusable(
                                "the secret 'pull' has no credentials for the registry 'r:1'"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "CANARY",
                "{'auths': CANARY}",
                "{'auths': 'CANARY'}",
                "['CANARY']",
                "{'r:1': {'auth': 'CANARY'}}"
            })
    void whatIsNoConfigurationIsNotShown(String json) {
        assertThat(credentials(json, "r:1/web"))
                .isEqualTo(
                        new Unusable("the secret 'pull' is no Docker configuration with 'auths'"));
    }

    @Test
    void neitherConfigurationNorLoginIsPrinted() {
        var config = new PullConfig("pull", "{'auths': {'r:1': {%s}}}".formatted(BOB));

        assertThat(config.toString() + config.of("r:1/web")).doesNotContain("CANARY");
    }
}

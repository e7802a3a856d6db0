package io.ekiden.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ekiden.gateway.users.JwtSettings;
import io.ekiden.log.Fact;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Callers with JSON Web Tokens; what makes one good is `JwtIssuerTest`'s.
class JwtTest {
    @TempDir private Path folder;
    private final TestCluster cluster = new TestCluster();
    private final KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();

    JwtTest() throws GeneralSecurityException {}

    @AfterEach
    void close() {
        cluster.close();
    }

    private Http start() throws IOException {
        var pem =
                "-----BEGIN PUBLIC KEY-----\n"
                        + Base64.getEncoder().encodeToString(keys.getPublic().getEncoded())
                        + "\n-----END PUBLIC KEY-----\n";
        var file = Files.writeString(folder.resolve("keys.pem"), pem);
        var issuer = new JwtSettings(file, "https://id/", "ekiden", JwtSettings.CLAIM);
        return cluster.startSecured(
                new Tokens(folder),
                config -> config.withSecurity(Security.NONE.withJwt(Optional.of(issuer))));
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String encoded(String json) {
        return encoded(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    private String token(Instant until, String grant) throws GeneralSecurityException {
        var claims =
                "{'iss':'https://id/','aud':'ekiden','sub':'ann','exp':%d,'ekiden':['%s']}"
                        .formatted(until.getEpochSecond(), grant);
        var text = encoded("{'alg':'EdDSA'}") + "." + encoded(claims);
        var signer = Signature.getInstance("Ed25519");
        signer.initSign(keys.getPrivate());
        signer.update(text.getBytes(StandardCharsets.UTF_8));
        return text + "." + encoded(signer.sign());
    }

    private static Http.Reply send(Http http, String token, String method, String path) {
        return http.send(
                http.request(path)
                        .header("Authorization", "Bearer " + token)
                        .method(method, BodyPublishers.noBody()));
    }

    @Test
    void aTokenSaysWhoCallsAndWhatHeMay() throws Exception {
        cluster.planner()
                .script((_, _) ->
                        List.of(new Fact.Accepted(Given.NOON, Optional.empty(), List.of())));
        var http = start();
        var ann = token(Instant.now().plusSeconds(60), "deployer:/team-a");

        assertThat(send(http, ann, "DELETE", "/v2/apps/team-a/web").status()).isEqualTo(200);
        assertThat(send(http, ann, "DELETE", "/v2/apps/team-b/web").status()).isEqualTo(403);
        assertThat(send(http, ann + "x", "GET", "/v2/apps").status()).isEqualTo(401);
        assertThat(http.get("/v2/apps").status()).isEqualTo(401);
        assertThat(cluster.planner().seen())
                .extracting(wanted -> wanted.actor().name())
                .containsExactly("ann");
    }

    @Test
    void aTokenWithoutAGrantMayNothing() throws Exception {
        var http = start();

        var reply = send(http, token(Instant.now().plusSeconds(60), "x"), "GET", "/v2/apps");

        assertThat(reply.status()).isEqualTo(403);
    }

    /// A token is good for a while after it is over, as clocks differ.
    @Test
    void aStreamEndsSoonAfterItsToken() throws Exception {
        var http = start();
        var over = token(Instant.now().minusSeconds(28), "viewer:/");
        try (var events = new EventListener(http, "", "Authorization", "Bearer " + over)) {
            await().atMost(Duration.ofSeconds(30)).until(events::hasEnded);
        }
    }
}

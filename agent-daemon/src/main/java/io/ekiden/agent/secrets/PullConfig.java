package io.ekiden.agent.secrets;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ekiden.agent.runtime.image.ImageName;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map.Entry;
import java.util.Optional;

/// A secret that is Docker's `config.json`, as `docker login` writes it where no keychain is: of
/// each registry in `auths` either `auth`, which is Base64 of `user:password`, or `username` and
/// `password`, and for some `identitytoken`. Programs that it names are not asked.
///
/// @param secret the definition's name of it
public record PullConfig(String secret, String json) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// What it says of an image's registry.
    public sealed interface Credentials {
        /// @param registry as images name it
        /// @param identityToken in place of the password
        record Login(String registry, String user, String password, Optional<String> identityToken)
                implements Credentials {
            /// Neither password nor token.
            @Override
            public String toString() {
                return "Login[registry=%s]".formatted(registry);
            }
        }

        /// @param why in words for people
        record Unusable(String why) implements Credentials {}
    }

    /// Credentials for the registry that has this image.
    public Credentials of(String image) {
        var registry = ImageName.of(image).registry();
        var auths = auths();
        if (auths.isEmpty()) {
            return new Credentials.Unusable(
                    "the secret '%s' is no Docker configuration with 'auths'".formatted(secret));
        }
        return auths.get().properties().stream()
                .filter(entry -> host(entry.getKey()).equals(registry))
                .map(Entry::getValue)
                .flatMap(entry -> login(registry, entry).stream())
                .findFirst()
                .<Credentials>map(login -> login)
                .orElseGet(() ->
                        new Credentials.Unusable(
                                "the secret '%s' has no credentials for the registry '%s'"
                                        .formatted(secret, registry)));
    }

    private Optional<JsonNode> auths() {
        try {
            return Optional.of(JSON.readTree(json).path("auths")).filter(JsonNode::isObject);
        } catch (JsonProcessingException e) {
            // What the parser says of it may show it.
            return Optional.empty();
        }
    }

    /// Docker's own registry is a URL there.
    private static String host(String key) {
        return ImageName.registry(key.replaceFirst("^https?://", "").replaceFirst("/.*", ""));
    }

    private static Optional<Credentials.Login> login(String registry, JsonNode entry) {
        var token = Optional.of(entry.path("identitytoken").asText()).filter(t -> !t.isEmpty());
        var user = entry.path("username").asText();
        var password = entry.path("password").asText();
        if (user.isEmpty()) {
            var pair = decoded(entry.path("auth").asText());
            int colon = pair.indexOf(':');
            user = colon < 0 ? "" : pair.substring(0, colon);
            password = pair.substring(colon + 1);
        }
        return user.isEmpty() && token.isEmpty()
                ? Optional.empty()
                : Optional.of(new Credentials.Login(registry, user, password, token));
    }

    private static String decoded(String base64) {
        try {
            return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /// Never what it says.
    @Override
    public String toString() {
        return "PullConfig[secret=%s]".formatted(secret);
    }
}

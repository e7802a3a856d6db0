package io.ekiden.gateway.users;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.gateway.core.access.Caller;
import io.ekiden.gateway.core.access.Capability;
import io.ekiden.gateway.core.access.Grant;
import io.ekiden.gateway.core.access.Role;
import io.ekiden.json.JsonText;
import io.ekiden.model.PathId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Somebody else who says who calls and what he may: by JSON Web Tokens (RFC 7519) that he has
/// signed, for us, and that are not over.
final class JwtIssuer {
    /// By so much his clock may differ from ours.
    static final Duration SKEW = Duration.ofSeconds(30);

    /// What a name can be; those with a colon are the log's own, such as `system:planner`.
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@|+=-]{0,127}");

    private static final Set<String> TYPES = Set.of("jwt", "at+jwt", "application/at+jwt");
    private static final long LAST_SECOND = Instant.MAX.getEpochSecond() / 2;

    private final JwtSettings settings;
    private final List<JwtKey> keys;

    private JwtIssuer(JwtSettings settings, List<JwtKey> keys) {
        this.settings = settings;
        this.keys = keys;
    }

    static JwtIssuer of(JwtSettings settings) throws JwtKeys.Unusable {
        return new JwtIssuer(settings, JwtKeys.read(settings.keys()));
    }

    /// Empty when the token is none, is not his, not for us, or not valid now.
    Optional<Caller> find(String token, Instant now) {
        var parts = token.split("\\.", -1);
        if (parts.length != 3) {
            return Optional.empty();
        }
        var signed = token.substring(0, token.lastIndexOf('.')).getBytes(StandardCharsets.UTF_8);
        var signature = decoded(parts[2]);
        return object(parts[0])
                .filter(JwtIssuer::isUnderstood)
                .filter(header ->
                        signature.isPresent() && isSigned(header, signed, signature.get()))
                .flatMap(_ -> object(parts[1]))
                .filter(claims -> isFromHimForUs(claims) && isValid(claims, now))
                .flatMap(this::caller);
    }

    private static Optional<byte[]> decoded(String part) {
        try {
            return Optional.of(Base64.getUrlDecoder().decode(part));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<ObjectNode> object(String part) {
        return decoded(part)
                .map(JsonText::parse)
                .flatMap(text ->
                        text instanceof JsonText.Tree(ObjectNode object)
                                ? Optional.of(object)
                                : Optional.empty());
    }

    /// What `crit` names must be understood, and nothing of the kind is.
    private static boolean isUnderstood(ObjectNode header) {
        var type = header.path("typ");
        return !header.has("crit")
                && (type.isMissingNode() || TYPES.contains(type.asText().toLowerCase(Locale.ROOT)));
    }

    private boolean isSigned(ObjectNode header, byte[] signed, byte[] signature) {
        return keys.stream()
                .filter(key -> key.fits(header))
                .anyMatch(key -> key.verifies(signed, signature));
    }

    private boolean isFromHimForUs(ObjectNode claims) {
        var audience = claims.path("aud");
        return settings.issuer().equals(claims.path("iss").textValue())
                && (settings.audience().equals(audience.textValue())
                        || audience.valueStream()
                                .anyMatch(one -> settings.audience().equals(one.textValue())));
    }

    private static boolean isValid(ObjectNode claims, Instant now) {
        boolean begun =
                !claims.has("nbf")
                        || time(claims.path("nbf"))
                                .filter(from -> !now.isBefore(from.minus(SKEW)))
                                .isPresent();
        boolean over =
                time(claims.path("exp")).filter(end -> now.isBefore(end.plus(SKEW))).isEmpty();
        return begun && !over;
    }

    private static Optional<Instant> time(JsonNode seconds) {
        return Optional.of(seconds)
                .filter(number -> number.isNumber() && number.canConvertToLong())
                .map(JsonNode::longValue)
                .filter(second -> second >= 0 && second < LAST_SECOND)
                .map(Instant::ofEpochSecond);
    }

    private Optional<Caller> caller(ObjectNode claims) {
        return Optional.ofNullable(claims.path("sub").textValue())
                .filter(name -> NAME.matcher(name).matches())
                .filter(name -> !name.equals(Caller.ANYBODY.name()))
                .map(name -> new Caller(name, grants(claims)));
    }

    /// What is no grant is for others: groups of a directory stand in the same list.
    private List<Grant> grants(ObjectNode claims) {
        var claim =
                settings.claim().startsWith("/")
                        ? claims.at(settings.claim())
                        : claims.path(settings.claim());
        var texts =
                claim.isTextual()
                        ? List.of(claim.textValue().split(" ", -1))
                        : claim.valueStream().map(JsonNode::asText).toList();
        var grants = new ArrayList<Grant>();
        texts.forEach(text -> grant(text).ifPresent(grants::add));
        return grants;
    }

    /// `ROLE:PATH` or `ROLE:PATH:CAPABILITY,CAPABILITY`. With one word that is not understood,
    /// nothing is granted.
    private static Optional<Grant> grant(String text) {
        var parts = text.split(":", 3);
        if (parts.length < 2 || !parts[1].startsWith("/")) {
            return Optional.empty();
        }
        var path = PathId.of(parts[1]);
        var capabilities = EnumSet.noneOf(Capability.class);
        for (var word : parts.length < 3 ? new String[0] : parts[2].split(",", -1)) {
            var capability = Capability.of(word);
            if (capability.isEmpty()) {
                return Optional.empty();
            }
            capabilities.add(capability.get());
        }
        return Role.of(parts[0])
                .filter(_ -> path.isRoot() || path.problem().isEmpty())
                .map(role -> new Grant(role, path, capabilities));
    }
}

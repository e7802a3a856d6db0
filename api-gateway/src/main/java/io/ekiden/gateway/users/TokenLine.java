package io.ekiden.gateway.users;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.gateway.core.access.Caller;
import io.ekiden.gateway.core.access.Capability;
import io.ekiden.gateway.core.access.Grant;
import io.ekiden.gateway.core.access.Role;
import io.ekiden.model.PathId;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// One token of one user, as a line of the token file:
/// `{"user":"ann","sha256":"…","grants":[{"role":"deployer","path":"/team-a"}]}`. What is not
/// understood is refused: a field that is spelled wrong must not silently grant more, or less.
///
/// @param sha256 of the token, 64 hexadecimal digits
/// @param expires from when on the token is worth nothing
public record TokenLine(String user, String sha256, List<Grant> grants, Optional<Instant> expires) {
    /// No colon, which separates name and token in HTTP Basic.
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,63}");

    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
    private static final Set<String> FIELDS = Set.of("user", "sha256", "grants", "expires");
    private static final Set<String> GRANT_FIELDS = Set.of("role", "path", "capabilities");
    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    /// @throws IllegalArgumentException when a part makes no sense, with a word for the user
    public TokenLine {
        grants = List.copyOf(grants);
        require(NAME.matcher(user).matches(), "'%s' is no name of a user".formatted(user));
        require(!user.equals(Caller.ANYBODY.name()), "'%s' is nobody's name".formatted(user));
        require(HASH.matcher(sha256).matches(), "sha256 must be 64 hexadecimal digits");
        require(!grants.isEmpty(), "'%s' has no grants".formatted(user));
        grants.forEach(grant ->
                require(
                        grant.path().isRoot() || grant.path().problem().isEmpty(),
                        "'%s' is no path".formatted(grant.path())));
    }

    private static void require(boolean holds, String problem) {
        if (!holds) {
            throw new IllegalArgumentException(problem);
        }
    }

    /// For a token that was just made.
    public static TokenLine of(
            String user, String token, List<Grant> grants, Optional<Instant> expires) {
        return new TokenLine(user, Token.hex(Token.hash(token)), grants, expires);
    }

    static TokenLine parse(String line) {
        return of(tree(line));
    }

    private static ObjectNode tree(String line) {
        try {
            if (JSON.readTree(line) instanceof ObjectNode object) {
                return object;
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not JSON", e);
        }
        throw new IllegalArgumentException("no JSON object");
    }

    private static TokenLine of(ObjectNode json) {
        onlyKnown(json, FIELDS);
        var grants = new ArrayList<Grant>();
        for (var grant : json.path("grants")) {
            grants.add(grant(grant));
        }
        return new TokenLine(
                text(json, "user"), text(json, "sha256"), grants, expiry(json.path("expires")));
    }

    private static Grant grant(JsonNode json) {
        onlyKnown(json, GRANT_FIELDS);
        var role = text(json, "role");
        var path = text(json, "path");
        require(path.startsWith("/"), "'%s' is no absolute path".formatted(path));
        var capabilities = EnumSet.noneOf(Capability.class);
        for (var one : json.path("capabilities")) {
            capabilities.add(capability(one.asText()));
        }
        return new Grant(
                Role.of(role)
                        .orElseThrow(() ->
                                new IllegalArgumentException("'%s' is no role".formatted(role))),
                PathId.of(path),
                capabilities);
    }

    private static Capability capability(String text) {
        return Capability.of(text)
                .orElseThrow(() ->
                        new IllegalArgumentException("'%s' is no capability".formatted(text)));
    }

    private static Optional<Instant> expiry(JsonNode json) {
        if (json.isMissingNode()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Instant.parse(json.asText()));
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "'%s' is no time such as 2027-01-31T00:00:00Z".formatted(json.asText()), e);
        }
    }

    private static void onlyKnown(JsonNode json, Set<String> fields) {
        json.propertyStream()
                .forEach(field ->
                        require(
                                fields.contains(field.getKey()),
                                "unknown field '%s'".formatted(field.getKey())));
    }

    private static String text(JsonNode json, String field) {
        require(json.path(field).isTextual(), "'%s' is missing or no text".formatted(field));
        return json.path(field).textValue();
    }

    String json() {
        var json = JSON.createObjectNode();
        json.put("user", user);
        json.put("sha256", sha256);
        var list = json.putArray("grants");
        for (var grant : grants) {
            var one = list.addObject();
            one.put("role", grant.role().text());
            one.put("path", grant.path().value());
            if (!grant.capabilities().isEmpty()) {
                var capabilities = one.putArray("capabilities");
                new TreeSet<>(grant.capabilities()).forEach(c -> capabilities.add(c.text()));
            }
        }
        expires.ifPresent(time -> json.put("expires", time.toString()));
        return json.toString();
    }

    byte[] hash() {
        return HexFormat.of().parseHex(sha256);
    }

    boolean isOver(Instant now) {
        return expires.filter(time -> !now.isBefore(time)).isPresent();
    }

    Caller caller() {
        return new Caller(user, grants);
    }
}

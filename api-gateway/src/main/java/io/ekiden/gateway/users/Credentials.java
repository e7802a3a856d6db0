package io.ekiden.gateway.users;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

/// What an `Authorization` header says: `Bearer T`, DC/OS's `token=T`, or HTTP Basic with the
/// user's name and the token as the password.
///
/// @param user only in HTTP Basic; then it must be the token's
record Credentials(Optional<String> user, String token) {
    /// Longer ones are not looked at.
    static final int MAX_LENGTH = 4096;

    /// Empty when it says nothing that we understand.
    static Optional<Credentials> parse(String header) {
        if (header == null || header.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        var text = header.strip();
        if (text.startsWith("token=")) {
            return token(text.substring("token=".length()));
        }
        int space = text.indexOf(' ');
        if (space < 0) {
            return Optional.empty();
        }
        var rest = text.substring(space + 1).strip();
        return switch (text.substring(0, space).toLowerCase(Locale.ROOT)) {
            case "bearer" -> token(rest);
            case "basic" -> basic(rest);
            default -> Optional.empty();
        };
    }

    private static Optional<Credentials> token(String token) {
        return token.isEmpty()
                ? Optional.empty()
                : Optional.of(new Credentials(Optional.empty(), token));
    }

    private static Optional<Credentials> basic(String encoded) {
        try {
            var pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            return colon < 0
                    ? Optional.empty()
                    : Optional.of(
                            new Credentials(
                                    Optional.of(pair.substring(0, colon)),
                                    pair.substring(colon + 1)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// Never the token.
    @Override
    public String toString() {
        return "Credentials[" + user.orElse("") + "]";
    }
}

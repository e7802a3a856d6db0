package io.ekiden.gateway.users;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// Whose JSON Web Tokens are trusted.
///
/// @param keys file of the issuer's public keys: a JWK set, or PEM
/// @param issuer what a token's `iss` must be
/// @param audience what must be in its `aud`
/// @param claim that has its grants: a name, or from the top a JSON pointer such as
///   `/realm_access/roles`
public record JwtSettings(Path keys, String issuer, String audience, String claim) {
    public static final String CLAIM = "ekiden";

    /// @param claim [#CLAIM] when not given
    /// @throws IllegalArgumentException when some of the others are given and some not
    public static Optional<JwtSettings> of(
            Optional<String> keys,
            Optional<String> issuer,
            Optional<String> audience,
            Optional<String> claim) {
        boolean all = keys.isPresent() && issuer.isPresent() && audience.isPresent();
        boolean none = keys.isEmpty() && issuer.isEmpty() && audience.isEmpty();
        if (!all && !none) {
            throw new IllegalArgumentException(
                    "--jwt-keys, --jwt-issuer and --jwt-audience are of use only together");
        }
        return keys.map(file ->
                new JwtSettings(
                        Path.of(file),
                        issuer.orElseThrow(),
                        audience.orElseThrow(),
                        claim.orElse(CLAIM)));
    }

    /// @throws IOException when the keys cannot be used, with a word for the operator
    public void requireUsable() throws IOException {
        JwtKeys.read(keys);
    }
}

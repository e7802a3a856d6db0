package io.ekiden.gateway;

import io.ekiden.gateway.users.JwtSettings;
import java.nio.file.Path;
import java.util.Optional;

/// How a gateway knows who calls, and keeps others from listening.
///
/// @param tokenFile users and their tokens; without it and `jwt` nobody is asked who he is
/// @param tls certificate and key; without them it is plain HTTP
/// @param ownToken of an admin; known to this process alone, for its own calls
/// @param jwt whose JSON Web Tokens are trusted; without it, nobody's
public record Security(
        Optional<Path> tokenFile,
        Optional<Tls> tls,
        Optional<String> ownToken,
        Optional<JwtSettings> jwt) {
    /// For loopback.
    public static final Security NONE =
            new Security(Optional.empty(), Optional.empty(), Optional.empty());

    /// Trusting nobody else's tokens.
    public Security(Optional<Path> tokenFile, Optional<Tls> tls, Optional<String> ownToken) {
        this(tokenFile, tls, ownToken, Optional.empty());
    }

    /// Files in PEM.
    public record Tls(Path certificate, Path key) {
        /// @throws IllegalArgumentException when there is one without the other
        public static Optional<Tls> of(Optional<String> certificate, Optional<String> key) {
            if (certificate.isPresent() != key.isPresent()) {
                throw new IllegalArgumentException(
                        "--tls-cert and --tls-key are of use only together");
            }
            return certificate.map(file -> new Tls(Path.of(file), Path.of(key.orElseThrow())));
        }
    }

    /// Whether it is safe to be reached from other machines.
    public boolean isComplete() {
        return (tokenFile.isPresent() || jwt.isPresent()) && tls.isPresent();
    }

    public Security withJwt(Optional<JwtSettings> issuer) {
        return new Security(tokenFile, tls, ownToken, issuer);
    }

    /// Never the token.
    @Override
    public String toString() {
        return "Security[tokenFile=%s, tls=%s, jwt=%s]".formatted(tokenFile, tls, jwt);
    }
}

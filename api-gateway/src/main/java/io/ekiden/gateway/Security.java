package io.ekiden.gateway;

import java.nio.file.Path;
import java.util.Optional;

/// How a gateway knows who calls, and keeps others from listening.
///
/// @param tokenFile users and their tokens; without it nobody is asked who he is
/// @param tls certificate and key; without them it is plain HTTP
/// @param ownToken of an admin; known to this process alone, for its own calls
public record Security(Optional<Path> tokenFile, Optional<Tls> tls, Optional<String> ownToken) {
    /// For loopback.
    public static final Security NONE =
            new Security(Optional.empty(), Optional.empty(), Optional.empty());

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
        return tokenFile.isPresent() && tls.isPresent();
    }

    /// Never the token.
    @Override
    public String toString() {
        return "Security[tokenFile=%s, tls=%s]".formatted(tokenFile, tls);
    }
}

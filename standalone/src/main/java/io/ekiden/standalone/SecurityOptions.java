package io.ekiden.standalone;

import io.ekiden.gateway.Security;
import io.ekiden.gateway.users.JwtSettings;
import io.ekiden.gateway.users.Token;
import io.ekiden.gateway.users.TokenFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/// The options of `ekiden up` that say who may call the API, and how.
final class SecurityOptions {
    @Option(
            names = "--token-file",
            paramLabel = "F",
            defaultValue = "${env:EKIDEN_TOKEN_FILE}",
            description =
                    "Users and the hashes of their tokens, made with ekiden token add; the API then asks"
                            + " everybody who he is (default: nobody is asked).")
    private Path tokenFile;

    @Option(
            names = "--jwt-keys",
            paramLabel = "F",
            defaultValue = "${env:EKIDEN_JWT_KEYS}",
            description =
                    "Public keys of an issuer of JSON Web Tokens, as a JWK set or in PEM; the API then"
                            + " asks everybody who he is, and trusts what these keys have signed.")
    private Path jwtKeys;

    @Option(
            names = "--jwt-issuer",
            paramLabel = "NAME",
            defaultValue = "${env:EKIDEN_JWT_ISSUER}",
            description = "What their iss must be.")
    private String jwtIssuer;

    @Option(
            names = "--jwt-audience",
            paramLabel = "NAME",
            defaultValue = "${env:EKIDEN_JWT_AUDIENCE}",
            description = "What their aud must have.")
    private String jwtAudience;

    @Option(
            names = "--jwt-claim",
            paramLabel = "CLAIM",
            defaultValue = "${env:EKIDEN_JWT_CLAIM:-" + JwtSettings.CLAIM + "}",
            description =
                    "Their claim with grants such as deployer:/team-a; a name or a JSON pointer (default:"
                            + " ${DEFAULT-VALUE}).")
    private String jwtClaim;

    @Option(
            names = "--tls-cert",
            paramLabel = "F",
            defaultValue = "${env:EKIDEN_TLS_CERT}",
            description = "Certificate chain of the API in PEM; with it, HTTPS.")
    private Path tlsCert;

    @Option(
            names = "--tls-key",
            paramLabel = "F",
            defaultValue = "${env:EKIDEN_TLS_KEY}",
            description = "The certificate's key in PEM.")
    private Path tlsKey;

    @Option(
            names = "--insecure",
            description = "Allow a --bind that is not loopback without users and --tls-cert.")
    private boolean insecure;

    boolean insecure() {
        return insecure;
    }

    Optional<Path> certificate() {
        return given(tlsCert);
    }

    /// This process calls its own API with a token that nobody else ever sees.
    Security security() throws CommandFailure {
        try {
            return new Security(
                            given(tokenFile),
                            Security.Tls.of(
                                    given(tlsCert).map(Path::toString),
                                    given(tlsKey).map(Path::toString)),
                            Optional.of(Token.random()))
                    .withJwt(
                            JwtSettings.of(
                                    given(jwtKeys).map(Path::toString),
                                    given(jwtIssuer),
                                    given(jwtAudience),
                                    given(jwtClaim)));
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(e.getMessage());
        }
    }

    /// A variable of the environment that is empty is none.
    private static Optional<Path> given(Path file) {
        return Optional.ofNullable(file).filter(path -> !path.toString().isBlank());
    }

    private static Optional<String> given(String text) {
        return Optional.ofNullable(text).filter(value -> !value.isBlank());
    }

    static void requireUsable(Security security) throws CommandFailure {
        try {
            if (security.tokenFile().isPresent()) {
                new TokenFile(security.tokenFile().get()).read();
            }
            if (security.jwt().isPresent()) {
                security.jwt().get().requireUsable();
            }
        } catch (IOException e) {
            throw CommandFailure.usage(e.getMessage());
        }
        if (security.tls().isPresent()) {
            var files = security.tls().get();
            for (var file : List.of(files.certificate(), files.key())) {
                if (!Files.isReadable(file)) {
                    throw CommandFailure.usage("%s cannot be read".formatted(file));
                }
            }
        }
    }

    void refuseUnsafeBind(String bind, Security security) throws CommandFailure {
        try {
            if (!InetAddress.getByName(bind).isLoopbackAddress()
                    && !security.isComplete()
                    && !insecure) {
                throw CommandFailure.usage(
                        "--bind %s is not loopback: anybody who reaches it could run commands here; give"
                                        .formatted(bind)
                                + " --token-file or --jwt-keys, and --tls-cert with --tls-key, or say --insecure if"
                                + " that is meant");
            }
        } catch (UnknownHostException e) {
            throw CommandFailure.usage("--bind %s is no address of this machine".formatted(bind));
        }
    }
}

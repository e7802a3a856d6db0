package io.ekiden.gateway.users;

import io.ekiden.gateway.core.access.Caller;
import io.ekiden.gateway.core.access.Grant;
import io.ekiden.gateway.core.access.Role;
import io.ekiden.model.PathId;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells who sent a request, by the tokens of a file or by those that an issuer signs. With neither
/// nobody is asked, and everybody is [Caller#ANYBODY].
public final class Users {
    private static final Logger LOG = LoggerFactory.getLogger(Users.class);

    /// Who runs the process that serves, as the log tells it.
    private static final String OWNER = "ekiden-up";

    private final Optional<TokenFile> file;
    private final Optional<JwtSettings> jwt;
    private final Optional<TokenLine> owner;
    private final InstantSource clock;
    private volatile List<Known> tokens;
    private volatile Optional<JwtIssuer> issuer;

    private static final class Known {
        private final byte[] hash;
        private final TokenLine line;

        Known(TokenLine line) {
            this.hash = line.hash();
            this.line = line;
        }
    }

    private Users(
            Optional<TokenFile> file,
            Optional<JwtSettings> jwt,
            Optional<TokenLine> owner,
            InstantSource clock)
            throws IOException {
        this.file = file;
        this.jwt = jwt;
        this.owner = owner;
        this.clock = clock;
        this.tokens = readTokens();
        this.issuer = readIssuer();
    }

    /// @param ownToken known to this process alone, for its own calls; an admin's
    /// @throws IOException when there is a file and it cannot be used
    public static Users of(
            Optional<Path> file,
            Optional<JwtSettings> jwt,
            Optional<String> ownToken,
            InstantSource clock)
            throws IOException {
        var everything = List.of(new Grant(Role.ADMIN, PathId.ROOT, Set.of()));
        return new Users(
                file.map(TokenFile::new),
                jwt,
                ownToken.map(token -> TokenLine.of(OWNER, token, everything, Optional.empty())),
                clock);
    }

    private List<Known> readTokens() throws TokenFile.Unusable {
        var all = new ArrayList<TokenLine>();
        if (file.isPresent()) {
            all.addAll(file.get().read());
        }
        owner.ifPresent(all::add);
        return all.stream().map(Known::new).toList();
    }

    private Optional<JwtIssuer> readIssuer() throws JwtKeys.Unusable {
        return jwt.isPresent() ? Optional.of(JwtIssuer.of(jwt.get())) : Optional.empty();
    }

    /// Reads the files anew. One that cannot be used changes nothing: a slip of an editor must not
    /// lock everybody out, nor let anybody in.
    public void reload() {
        try {
            tokens = readTokens();
            LOG.info("users=read tokens={}", tokens.size());
        } catch (TokenFile.Unusable e) {
            LOG.error("users=not-read kept={} why={}", tokens.size(), e.getMessage());
        }
        try {
            issuer = readIssuer();
        } catch (JwtKeys.Unusable e) {
            LOG.error("keys=not-read why={}", e.getMessage());
        }
    }

    /// Whether requests must say whose they are.
    public boolean areAsked() {
        return file.isPresent() || jwt.isPresent();
    }

    /// @param authorization the header; null when there is none
    /// @return empty when it is nobody's
    public Optional<Caller> find(String authorization) {
        return areAsked()
                ? Credentials.parse(authorization).flatMap(this::find)
                : Optional.of(Caller.ANYBODY);
    }

    private Optional<Caller> find(Credentials credentials) {
        var now = clock.instant();
        return find(credentials.token(), now)
                .or(() -> issuer.flatMap(who -> who.find(credentials.token(), now)))
                .filter(caller -> credentials.user().map(caller.name()::equals).orElse(true));
    }

    /// Compares with every token, each in the same time, so that how long it takes tells nothing.
    private Optional<Caller> find(String token, Instant now) {
        var hash = Token.hash(token);
        Optional<TokenLine> found = Optional.empty();
        for (var known : tokens) {
            if (MessageDigest.isEqual(hash, known.hash)) {
                found = Optional.of(known.line);
            }
        }
        return found.filter(line -> !line.isOver(now)).map(TokenLine::caller);
    }
}

package io.ekiden.gateway.users;

import io.ekiden.gateway.core.access.Caller;
import io.ekiden.gateway.core.access.Grant;
import io.ekiden.gateway.core.access.Role;
import io.ekiden.model.PathId;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells who sent a request. Without a token file nobody is asked, and everybody is
/// [Caller#ANYBODY].
public final class Users {
    private static final Logger LOG = LoggerFactory.getLogger(Users.class);

    /// Who runs the process that serves, as the log tells it.
    private static final String OWNER = "ekiden-up";

    private final Optional<TokenFile> file;
    private final Optional<TokenLine> owner;
    private final InstantSource clock;
    private volatile List<Known> tokens;

    private static final class Known {
        private final byte[] hash;
        private final TokenLine line;

        Known(TokenLine line) {
            this.hash = line.hash();
            this.line = line;
        }
    }

    private Users(Optional<TokenFile> file, Optional<TokenLine> owner, InstantSource clock)
            throws TokenFile.Unusable {
        this.file = file;
        this.owner = owner;
        this.clock = clock;
        this.tokens = file.isPresent() ? all(file.get().read()) : List.of();
    }

    /// @param ownToken known to this process alone, for its own calls; an admin's
    /// @throws TokenFile.Unusable when there is a file and it cannot be used
    public static Users of(Optional<Path> file, Optional<String> ownToken, InstantSource clock)
            throws TokenFile.Unusable {
        var everything = List.of(new Grant(Role.ADMIN, PathId.ROOT, Set.of()));
        return new Users(
                file.map(TokenFile::new),
                ownToken.map(token -> TokenLine.of(OWNER, token, everything, Optional.empty())),
                clock);
    }

    private List<Known> all(List<TokenLine> fromFile) {
        var all = new ArrayList<>(fromFile);
        owner.ifPresent(all::add);
        return all.stream().map(Known::new).toList();
    }

    /// Reads the file anew. One that cannot be used changes nothing: a slip of an editor must not
    /// lock everybody out, nor let anybody in.
    public void reload() {
        if (file.isEmpty()) {
            return;
        }
        try {
            tokens = all(file.get().read());
            LOG.info("users=read tokens={}", tokens.size());
        } catch (TokenFile.Unusable e) {
            LOG.error("users=not-read kept={} why={}", tokens.size(), e.getMessage());
        }
    }

    /// Whether requests must say whose they are.
    public boolean areAsked() {
        return file.isPresent();
    }

    /// @param authorization the header; null when there is none
    /// @return empty when it is nobody's
    public Optional<Caller> find(String authorization) {
        return areAsked()
                ? Credentials.parse(authorization).flatMap(this::find)
                : Optional.of(Caller.ANYBODY);
    }

    /// Compares with every token, each in the same time, so that how long it takes tells nothing.
    private Optional<Caller> find(Credentials credentials) {
        var hash = Token.hash(credentials.token());
        Optional<TokenLine> found = Optional.empty();
        for (var known : tokens) {
            if (MessageDigest.isEqual(hash, known.hash)) {
                found = Optional.of(known.line);
            }
        }
        var now = clock.instant();
        return found.filter(line -> !line.isOver(now))
                .filter(line -> credentials.user().map(line.user()::equals).orElse(true))
                .map(TokenLine::caller);
    }
}

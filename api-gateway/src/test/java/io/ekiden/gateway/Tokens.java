package io.ekiden.gateway;

import io.ekiden.gateway.core.access.Capability;
import io.ekiden.gateway.core.access.Grant;
import io.ekiden.gateway.core.access.Role;
import io.ekiden.gateway.users.Token;
import io.ekiden.gateway.users.TokenFile;
import io.ekiden.gateway.users.TokenLine;
import io.ekiden.model.PathId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A token file of a test.
public final class Tokens {
    private final Path file;

    public Tokens(Path folder) {
        this.file = folder.resolve("tokens");
    }

    public Path file() {
        return file;
    }

    /// @return the new token
    public String add(String user, Role role, String path, Capability... capabilities) {
        return add(user, role, path, Optional.empty(), capabilities);
    }

    public String add(
            String user,
            Role role,
            String path,
            Optional<Instant> expires,
            Capability... capabilities) {
        var token = Token.random();
        var grant = new Grant(role, PathId.of(path), Set.of(capabilities));
        try {
            new TokenFile(file).add(TokenLine.of(user, token, List.of(grant), expires));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return token;
    }

    public void remove(String user) {
        try {
            var _ = new TokenFile(file).remove(line -> line.user().equals(user));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Security security() {
        return new Security(Optional.of(file), Optional.empty(), Optional.empty());
    }
}

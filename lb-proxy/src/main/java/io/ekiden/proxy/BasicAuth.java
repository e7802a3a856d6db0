package io.ekiden.proxy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.commons.codec.digest.Crypt;

/// `HAPROXY_{n}_AUTH`. Checking a password takes milliseconds on purpose, so it is not done on an
/// event loop, and only once for the right one: what was admitted is known by its digest.
final class BasicAuth {
    /// Checks under way; guessing must not keep the machine busy.
    private static final int MAX_PENDING = 16;

    private static final String SCHEME = "Basic ";

    private final Credentials credentials;
    private final AtomicInteger pending = new AtomicInteger();
    private volatile byte[] admitted = {};

    enum Verdict {
        ADMITTED,
        DENIED,
        /// [#admits] is to be asked.
        OPEN,
        BUSY
    }

    BasicAuth(Credentials credentials) {
        this.credentials = credentials;
    }

    Credentials credentials() {
        return credentials;
    }

    /// What can be said at once.
    ///
    /// @param authorization the header field, if the request has one
    Verdict verdict(Optional<String> authorization) {
        if (authorization.flatMap(this::password).isEmpty()) {
            return Verdict.DENIED;
        }
        if (MessageDigest.isEqual(digest(authorization.get()), admitted)) {
            return Verdict.ADMITTED;
        }
        return pending.get() < MAX_PENDING ? Verdict.OPEN : Verdict.BUSY;
    }

    /// Checks the password; takes its time.
    boolean admits(String authorization) {
        pending.incrementAndGet();
        try {
            var hash = Crypt.crypt(password(authorization).orElseThrow(), credentials.hash());
            boolean right =
                    MessageDigest.isEqual(
                            hash.getBytes(StandardCharsets.US_ASCII),
                            credentials.hash().getBytes(StandardCharsets.US_ASCII));
            if (right) {
                admitted = digest(authorization);
            }
            return right;
        } finally {
            pending.decrementAndGet();
        }
    }

    /// What was given as the password, if the user is the right one.
    private Optional<byte[]> password(String authorization) {
        if (!authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return Optional.empty();
        }
        try {
            var encoded = authorization.substring(SCHEME.length()).strip();
            var given = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
            var user = credentials.user() + ":";
            return given.startsWith(user)
                    ? Optional.of(given.substring(user.length()).getBytes(StandardCharsets.UTF_8))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}

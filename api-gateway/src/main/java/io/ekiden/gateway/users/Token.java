package io.ekiden.gateway.users;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/// A secret that a user shows: 256 random bits.
///
/// Only its SHA-256 is kept. A slow hash such as bcrypt protects passwords, which can be guessed;
/// nobody guesses 256 bits, however fast he can try, and a fast hash can be computed for each
/// request.
public final class Token {
    /// Begins every token, so that a lost one is recognised for what it is.
    static final String PREFIX = "ekt_";

    static final int BYTES = 32;

    private Token() {}

    public static String random() {
        var bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    static byte[] hash(String token) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    static String hex(byte[] hash) {
        return HexFormat.of().formatHex(hash);
    }
}

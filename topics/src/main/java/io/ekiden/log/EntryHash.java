package io.ekiden.log;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// The hash by which a journal entry names the one before it: who has one entry can tell whether an
/// older one was altered.
public final class EntryHash {
    private EntryHash() {}

    /// SHA-256, in hex, of an entry's bytes as they are on the journal.
    public static String of(byte[] entry) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(entry));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}

package io.ekiden.simulator.world;

import io.ekiden.log.Codec;
import io.ekiden.log.JournalEntry;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// What records are on the log: the product's bytes, or the immutable records themselves, which is
/// ten times faster. Poison cannot be read in either form.
final class Wire {
    private final boolean bytes;

    /// A record that nobody can read.
    record Poison(String why) {}

    /// A record cannot be read.
    static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1;

        Unreadable(String why) {
            super(why);
        }
    }

    Wire(boolean bytes) {
        this.bytes = bytes;
    }

    boolean bytes() {
        return bytes;
    }

    <T> Object pack(Class<T> family, T value) {
        return bytes ? Codec.encode(family, value) : value;
    }

    <T> T unpack(Class<T> family, Object value) throws Unreadable {
        if (value instanceof byte[] encoded) {
            try {
                return Codec.decode(family, encoded);
            } catch (Codec.Unreadable e) {
                throw new Unreadable(e.getMessage());
            }
        }
        if (!family.isInstance(value)) {
            throw new Unreadable("not a " + family.getSimpleName());
        }
        return family.cast(value);
    }

    /// What the product itself has written can be read.
    <T> T read(Class<T> family, Object value) {
        try {
            return unpack(family, value);
        } catch (Unreadable e) {
            throw new IllegalStateException(e);
        }
    }

    /// The hash that the next entry names.
    String hash(JournalEntry entry, Object packed) {
        if (packed instanceof byte[] encoded) {
            try {
                return HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(encoded));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JVM has SHA-256", e);
            }
        }
        long hash = entry.sequence() * 0x9e3779b97f4a7c15L + entry.facts().size();
        return Long.toHexString(hash ^ (entry.time().toEpochMilli() * 31));
    }
}

package io.ekiden.gateway.secrets;

import io.ekiden.secrets.AesGcm;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.crypto.SecretKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The keys that wrap the data keys of secrets, from a file: 32 bytes each, in Base64, one a line.
/// The first wraps what is set from now on; the others only open what was wrapped before, so that a
/// key can be followed by another.
public final class MasterKeys {
    private static final Logger LOG = LoggerFactory.getLogger(MasterKeys.class);
    private static final int ID_BYTES = 8;

    private final String first;
    private final Map<String, SecretKey> keys;

    private MasterKeys(String first, Map<String, SecretKey> keys) {
        this.first = first;
        this.keys = Map.copyOf(keys);
    }

    /// @throws IOException when the file cannot be read or has no such keys; the message has
    ///   nothing of what is in it
    public static MasterKeys read(Path file) throws IOException {
        var keys = new LinkedHashMap<String, SecretKey>();
        for (var line : Files.readAllLines(file)) {
            if (!line.isBlank()) {
                var key = key(file, line.strip());
                keys.put(id(key), AesGcm.key(key));
            }
        }
        if (keys.isEmpty()) {
            throw wrong(file);
        }
        if (everybodyMayRead(file)) {
            LOG.warn("file={} problem=everybody may read the key of all secrets", file);
        }
        return new MasterKeys(keys.keySet().iterator().next(), keys);
    }

    private static byte[] key(Path file, String text) throws IOException {
        try {
            var bytes = Base64.getDecoder().decode(text);
            if (bytes.length == AesGcm.KEY_BYTES) {
                return bytes;
            }
        } catch (IllegalArgumentException e) {
            LOG.debug("file={} problem=no Base64", file);
        }
        throw wrong(file);
    }

    private static IOException wrong(Path file) {
        return new IOException(
                "%s has no keys of %d bytes in Base64, one a line: make one by openssl rand -base64 %d"
                        .formatted(file, AesGcm.KEY_BYTES, AesGcm.KEY_BYTES));
    }

    private static boolean everybodyMayRead(Path file) throws IOException {
        return Files.getFileStore(file).supportsFileAttributeView("posix")
                && Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
    }

    /// Makes a file with a new key, for its owner alone, unless there is one.
    public static void make(Path file) throws IOException {
        var rights = PosixFilePermissions.fromString("rw-------");
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(rights));
        } catch (FileAlreadyExistsException e) {
            return;
        }
        Files.writeString(file, Base64.getEncoder().encodeToString(AesGcm.randomKey()) + "\n");
    }

    /// Tells which key it is, and nothing about it.
    private static String id(byte[] key) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update((byte) 'k');
            return HexFormat.of().formatHex(digest.digest(key), 0, ID_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    String firstId() {
        return first;
    }

    SecretKey firstKey() {
        return keys.get(first);
    }

    Optional<SecretKey> key(String id) {
        return Optional.ofNullable(keys.get(id));
    }
}

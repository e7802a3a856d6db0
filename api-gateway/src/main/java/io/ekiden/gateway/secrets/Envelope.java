package io.ekiden.gateway.secrets;

import io.ekiden.log.SealedSecret;
import io.ekiden.secrets.AesGcm;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/// Envelope encryption: each value has a data key of its own, and that is wrapped by a master key.
/// Both are bound to the secret's path, so that nobody who writes to the topic can give one secret
/// the value of another.
final class Envelope {
    private final MasterKeys keys;

    Envelope(MasterKeys keys) {
        this.keys = keys;
    }

    SealedSecret seal(String path, byte[] value, Instant time, String by) {
        var dataKey = AesGcm.randomKey();
        var wrapped = AesGcm.seal(keys.firstKey(), context(path, "key"), dataKey);
        var sealed = AesGcm.seal(AesGcm.key(dataKey), context(path, "value"), value);
        return new SealedSecret(path, time, by, keys.firstId(), text(wrapped), text(sealed));
    }

    /// Empty when none of the keys opens it, or it was tampered with.
    ///
    /// @param path under which it was found
    Optional<byte[]> open(String path, SealedSecret secret) {
        try {
            return keys.key(secret.keyId())
                    .flatMap(master ->
                            AesGcm.open(master, context(path, "key"), bytes(secret.wrappedKey())))
                    .filter(dataKey -> dataKey.length == AesGcm.KEY_BYTES)
                    .flatMap(dataKey ->
                            AesGcm.open(
                                    AesGcm.key(dataKey),
                                    context(path, "value"),
                                    bytes(secret.value())));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static byte[] context(String path, String what) {
        return (what + "\0" + path).getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static byte[] bytes(String text) {
        return Base64.getDecoder().decode(text);
    }
}

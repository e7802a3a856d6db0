package io.ekiden.log;

import java.time.Instant;

/// A secret as it is kept: the record of `secrets`, keyed by its path. A newer one takes its place,
/// a tombstone ends it.
///
/// @param time when it was set
/// @param by whose request that was
/// @param keyId which master key wraps its data key; it tells nothing about the key
/// @param wrappedKey its own data key, sealed with the master key, in Base64
/// @param value sealed with the data key, in Base64
public record SealedSecret(
        String path, Instant time, String by, String keyId, String wrappedKey, String value) {}

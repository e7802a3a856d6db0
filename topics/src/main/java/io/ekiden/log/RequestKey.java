package io.ekiden.log;

/// The name that a caller gave a request (`Idempotency-Key`), so that it takes effect once however
/// often he sends it.
///
/// @param fingerprint by which another request under the same name is told
public record RequestKey(String key, String fingerprint) {}

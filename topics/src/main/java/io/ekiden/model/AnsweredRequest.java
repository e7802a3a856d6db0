package io.ekiden.model;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// A request with a key of its caller's, whose change was accepted. When it comes again it is
/// answered as then, and nothing is changed.
///
/// @param actor who sent it; others' keys are others
/// @param fingerprint of the request
/// @param sequence of the entry that has the answer
public record AnsweredRequest(
        String actor, String requestKey, String fingerprint, long sequence, Instant at)
        implements Entity {
    public static final String PREFIX = "request/";

    public static final Duration KEPT_FOR = Duration.ofHours(24);

    /// Of more than these the oldest are forgotten sooner.
    public static final int MAX = 10_000;

    /// No actor's name has a slash.
    public static String key(String actor, String requestKey) {
        return PREFIX + actor + "/" + requestKey;
    }

    @Override
    public String key() {
        return key(actor, requestKey);
    }

    @Override
    public Optional<Instant> due() {
        return Optional.of(at.plus(KEPT_FOR));
    }
}

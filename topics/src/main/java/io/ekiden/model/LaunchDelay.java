package io.ekiden.model;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// A failing app's pause before its next launch, for one version of its configuration: scaling
/// keeps it, a change of the configuration starts afresh (Marathon's `RateLimiter`).
///
/// @param delay the present length of the pause
/// @param until no launch before
/// @param over the pause has passed; its length is remembered for the next failure
/// @param expires when the length is forgotten
public record LaunchDelay(
        PathId runSpecId,
        Instant configVersion,
        Duration delay,
        Instant until,
        boolean over,
        Instant expires)
        implements Entity {

    public static String key(PathId app) {
        return "delay" + app;
    }

    @Override
    public String key() {
        return key(runSpecId);
    }

    @Override
    public Optional<Instant> due() {
        return Optional.of(over ? expires : until);
    }
}

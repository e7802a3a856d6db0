package io.ekiden.model;

import java.time.Duration;

/// How long a failing app waits before its next launch: `backoff`, multiplied by `factor` after
/// each further failure, never above `maxLaunchDelay`.
public record BackoffStrategy(Duration backoff, double factor, Duration maxLaunchDelay) {
    public static final BackoffStrategy DEFAULT =
            new BackoffStrategy(Duration.ofSeconds(1), 1.15, Duration.ofSeconds(300));
}

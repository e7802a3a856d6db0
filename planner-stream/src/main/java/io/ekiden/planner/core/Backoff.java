package io.ekiden.planner.core;

import io.ekiden.log.Fact;
import io.ekiden.model.LaunchDelay;
import io.ekiden.model.PathId;
import io.ekiden.model.RunSpec;
import java.time.Duration;
import java.time.Instant;

/// The pause of a failing app before its next launch, by the rules of Marathon's `RateLimiter`.
final class Backoff {
    private Backoff() {}

    /// A task of the app ended by itself.
    static void failed(Turn turn, RunSpec spec) {
        var strategy = spec.backoff();
        var next =
                turn.image()
                        .delay(spec.id())
                        .filter(delay -> delay.configVersion().equals(spec.configVersion()))
                        .map(delay -> multiplied(delay.delay(), strategy.factor()))
                        .orElse(strategy.backoff());
        var pause =
                next.compareTo(strategy.maxLaunchDelay()) > 0 ? strategy.maxLaunchDelay() : next;
        put(turn, spec, pause, turn.now().plus(pause), pause.isZero());
    }

    private static Duration multiplied(Duration delay, double factor) {
        double millis = delay.toMillis() * factor;
        return millis >= Duration.ofDays(3650).toMillis()
                ? Duration.ofDays(3650)
                : Duration.ofMillis((long) millis);
    }

    /// A task of the app has come nearer to running: the length of the pause is remembered from
    /// now.
    static void progressed(Turn turn, RunSpec spec) {
        turn.image()
                .delay(spec.id())
                .filter(LaunchDelay::over)
                .ifPresent(delay -> put(turn, spec, delay.delay(), delay.until(), true));
    }

    /// The pause, or the memory of it, has passed.
    static void due(Turn turn, LaunchDelay delay) {
        if (delay.over()) {
            reset(turn, delay.runSpecId());
        } else {
            turn.add(
                    new Fact.DelayPut(
                            new LaunchDelay(
                                    delay.runSpecId(),
                                    delay.configVersion(),
                                    delay.delay(),
                                    delay.until(),
                                    true,
                                    delay.expires())));
            turn.touch(delay.runSpecId());
        }
    }

    static void reset(Turn turn, PathId spec) {
        if (turn.image().delay(spec).isPresent()) {
            turn.add(new Fact.DelayGone(spec));
            turn.touch(spec);
        }
    }

    static boolean holds(Turn turn, RunSpec spec) {
        return turn.image()
                .delay(spec.id())
                .filter(delay ->
                        !delay.over() && delay.configVersion().equals(spec.configVersion()))
                .isPresent();
    }

    private static void put(Turn turn, RunSpec spec, Duration pause, Instant until, boolean over) {
        // Longer than the pause itself, or it would be forgotten before it is over.
        var expires = turn.now().plus(spec.backoff().maxLaunchDelay()).plus(pause);
        turn.add(
                new Fact.DelayPut(
                        new LaunchDelay(
                                spec.id(), spec.configVersion(), pause, until, over, expires)));
    }
}

package io.ekiden.planner.core;

import io.ekiden.log.Fact;
import io.ekiden.model.App;
import io.ekiden.model.LaunchDelay;
import io.ekiden.model.PathId;
import java.time.Duration;
import java.time.Instant;

/// The pause of a failing app before its next launch, by the rules of Marathon's `RateLimiter`.
final class Backoff {
    private Backoff() {}

    /// A task of the app ended by itself.
    static void failed(Turn turn, App app) {
        var strategy = app.backoff();
        var next =
                turn.image()
                        .delay(app.id())
                        .filter(delay -> delay.configVersion().equals(app.configVersion()))
                        .map(delay -> multiplied(delay.delay(), strategy.factor()))
                        .orElse(strategy.backoff());
        var pause =
                next.compareTo(strategy.maxLaunchDelay()) > 0 ? strategy.maxLaunchDelay() : next;
        put(turn, app, pause, turn.now().plus(pause), pause.isZero());
    }

    private static Duration multiplied(Duration delay, double factor) {
        double millis = delay.toMillis() * factor;
        return millis >= Duration.ofDays(3650).toMillis()
                ? Duration.ofDays(3650)
                : Duration.ofMillis((long) millis);
    }

    /// A task of the app has come nearer to running: the length of the pause is remembered from
    /// now.
    static void progressed(Turn turn, App app) {
        turn.image()
                .delay(app.id())
                .filter(LaunchDelay::over)
                .ifPresent(delay -> put(turn, app, delay.delay(), delay.until(), true));
    }

    /// The pause, or the memory of it, has passed.
    static void due(Turn turn, LaunchDelay delay) {
        if (delay.over()) {
            reset(turn, delay.appId());
        } else {
            turn.add(
                    new Fact.DelayPut(
                            new LaunchDelay(
                                    delay.appId(),
                                    delay.configVersion(),
                                    delay.delay(),
                                    delay.until(),
                                    true,
                                    delay.expires())));
            turn.touch(delay.appId());
        }
    }

    static void reset(Turn turn, PathId app) {
        if (turn.image().delay(app).isPresent()) {
            turn.add(new Fact.DelayGone(app));
            turn.touch(app);
        }
    }

    static boolean holds(Turn turn, App app) {
        return turn.image()
                .delay(app.id())
                .filter(delay -> !delay.over() && delay.configVersion().equals(app.configVersion()))
                .isPresent();
    }

    private static void put(Turn turn, App app, Duration pause, Instant until, boolean over) {
        // Longer than the pause itself, or it would be forgotten before it is over.
        var expires = turn.now().plus(app.backoff().maxLaunchDelay()).plus(pause);
        turn.add(
                new Fact.DelayPut(
                        new LaunchDelay(
                                app.id(), app.configVersion(), pause, until, over, expires)));
    }
}

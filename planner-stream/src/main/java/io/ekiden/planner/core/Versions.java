package io.ekiden.planner.core;

import io.ekiden.log.Fact;
import io.ekiden.model.App;
import io.ekiden.model.AppVersion;
import io.ekiden.model.VersionInfo;
import java.time.Instant;
import java.util.Optional;

/// Versions of apps (Marathon's `GroupVersioningUtil`): a changed configuration sets all three
/// times, a mere scaling only those of the version and of the scaling.
final class Versions {
    private Versions() {}

    /// Not before now, and later than the app's last one.
    static Instant next(Optional<App> before, Instant now) {
        return before.map(app -> app.version().plusMillis(1))
                .filter(after -> after.isAfter(now))
                .orElse(now);
    }

    /// `app` with its version, or empty when it does not differ from `before`.
    static Optional<App> stamp(Optional<App> before, App app, Instant version) {
        if (before.isEmpty() || !before.get().sameConfig(app)) {
            return Optional.of(app.withVersion(version, new VersionInfo(version, version)));
        }
        if (before.get().instances() == app.instances()) {
            return Optional.empty();
        }
        return Optional.of(app.withVersion(version, before.get().versionInfo().scaledAt(version)));
    }

    /// Keeps this version; of too many, forgets the oldest that no instance runs.
    static void keep(Turn turn, App app) {
        turn.add(new Fact.VersionKept(new AppVersion(app)));
        var kept = turn.image().versions(app.id());
        kept.stream()
                .map(AppVersion::app)
                .filter(version ->
                        turn.image().instances(app.id()).stream()
                                .noneMatch(
                                        instance -> instance.version().equals(version.version())))
                .limit(Math.max(0, kept.size() - AppVersion.KEPT))
                .forEach(version ->
                        turn.add(new Fact.VersionForgotten(app.id(), version.version())));
    }
}

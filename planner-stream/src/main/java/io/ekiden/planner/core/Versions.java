package io.ekiden.planner.core;

import io.ekiden.log.Fact;
import io.ekiden.model.RunSpec;
import io.ekiden.model.RunSpecVersion;
import io.ekiden.model.VersionInfo;
import java.time.Instant;
import java.util.Optional;

/// Versions of apps (Marathon's `GroupVersioningUtil`): a changed configuration sets all three
/// times, a mere scaling only those of the version and of the scaling.
final class Versions {
    private Versions() {}

    /// Not before now, and later than the root's last one.
    static Instant nextRoot(Turn turn) {
        return turn.image()
                .rootVersion()
                .map(last -> last.plusMillis(1))
                .filter(after -> after.isAfter(turn.now()))
                .orElse(turn.now());
    }

    /// `spec` as it is when all its instances are to be replaced.
    static RunSpec restarted(RunSpec before, RunSpec spec, Instant version) {
        return spec.withVersion(version, before.versionInfo().configChangedAt(version));
    }

    /// `app` with its version, or empty when it does not differ from `before`.
    static Optional<RunSpec> stamp(Optional<RunSpec> before, RunSpec spec, Instant version) {
        if (before.isEmpty() || !before.get().sameConfig(spec)) {
            return Optional.of(spec.withVersion(version, new VersionInfo(version, version)));
        }
        if (before.get().instances() == spec.instances()) {
            return Optional.empty();
        }
        return Optional.of(spec.withVersion(version, before.get().versionInfo().scaledAt(version)));
    }

    /// Keeps this version; of too many, forgets the oldest that no instance runs.
    static void keep(Turn turn, RunSpec spec) {
        turn.add(new Fact.VersionKept(new RunSpecVersion(spec)));
        var kept = turn.image().versions(spec.id());
        kept.stream()
                .map(RunSpecVersion::spec)
                .filter(version ->
                        turn.image().instances(spec.id()).stream()
                                .noneMatch(
                                        instance -> instance.version().equals(version.version())))
                .limit(Math.max(0, kept.size() - RunSpecVersion.KEPT))
                .forEach(version ->
                        turn.add(new Fact.VersionForgotten(spec.id(), version.version())));
    }
}

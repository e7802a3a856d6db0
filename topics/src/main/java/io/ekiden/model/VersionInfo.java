package io.ekiden.model;

import java.time.Instant;

/// When an app was last scaled and when its configuration last changed. Instances of an older
/// `lastConfigChangeAt` are outdated; a mere scaling keeps it.
public record VersionInfo(Instant lastScalingAt, Instant lastConfigChangeAt) {
    public VersionInfo scaledAt(Instant time) {
        return new VersionInfo(time, lastConfigChangeAt);
    }

    public VersionInfo configChangedAt(Instant time) {
        return new VersionInfo(lastScalingAt, time);
    }
}

package io.ekiden.model;

import java.time.Duration;
import java.util.Optional;

/// The bounds of a rolling update as fractions of the wanted instances, each from 0 to 1, and what
/// Marathon does not know: canaries, and when a deployment has failed. Absent unless given.
///
/// @param progressDeadline a deployment that makes no new instance ready for so long has failed
/// @param canary so many new instances come first, then the deployment waits to be promoted
/// @param maxLaunchFailures a deployment of which more launches fail has failed
/// @param autoRollback whether a deployment that has failed is taken back; else it stays where it
///   is
public record UpgradeStrategy(
        double minimumHealthCapacity,
        double maximumOverCapacity,
        Optional<Duration> progressDeadline,
        Optional<Integer> canary,
        Optional<Integer> maxLaunchFailures,
        Optional<Boolean> autoRollback) {
    public static final UpgradeStrategy DEFAULT = new UpgradeStrategy(1, 1);

    /// Marathon's bounds alone.
    public UpgradeStrategy(double minimumHealthCapacity, double maximumOverCapacity) {
        this(
                minimumHealthCapacity,
                maximumOverCapacity,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    public boolean rollsBack() {
        return autoRollback.orElse(false);
    }
}

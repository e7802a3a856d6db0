package io.ekiden.planner.core;

import io.ekiden.model.PortRange;
import java.time.Duration;

/// What an operator can set. Decisions depend on it, so the journal names its hash.
///
/// @param servicePorts from which service ports are assigned
/// @param drainTimeout after which a draining task is killed though proxies have not all said idle
/// @param launchTimeout within which a launched task must run
/// @param killGrace between SIGTERM and SIGKILL when the app does not say
/// @param killRetry after which a kill that has not ended its task is ordered again
/// @param heldFor so long the instances of an agent that was shut down wait for it
/// @param replacementPause at least so long between two lost agents' replacements
/// @param strategy of placement, for the whole cluster
public record Settings(
        PortRange servicePorts,
        Duration drainTimeout,
        Duration launchTimeout,
        Duration killGrace,
        Duration killRetry,
        Duration heldFor,
        Duration replacementPause,
        Strategy strategy) {

    /// Which agent of several an instance is given.
    public enum Strategy {
        /// The emptiest, and one without instances of the same app before others.
        SPREAD,
        /// The fullest that has the room, so that others stay free for large tasks.
        BINPACK
    }

    public static final Settings DEFAULT =
            new Settings(
                    new PortRange(10000, 20000),
                    Duration.ofSeconds(10),
                    Duration.ofMinutes(5),
                    Duration.ofSeconds(3),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(10),
                    Strategy.SPREAD);

    public Settings withServicePorts(PortRange range) {
        return new Settings(
                range,
                drainTimeout,
                launchTimeout,
                killGrace,
                killRetry,
                heldFor,
                replacementPause,
                strategy);
    }

    public Settings withStrategy(Strategy strategy) {
        return new Settings(
                servicePorts,
                drainTimeout,
                launchTimeout,
                killGrace,
                killRetry,
                heldFor,
                replacementPause,
                strategy);
    }

    /// Names these settings in the journal.
    public String hash() {
        return Integer.toHexString(toString().hashCode());
    }
}

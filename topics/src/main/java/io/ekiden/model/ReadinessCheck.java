package io.ekiden.model;

import java.time.Duration;
import java.util.SortedSet;

/// Asks a new instance during a deployment whether it may take over (Marathon's `ReadinessCheck`).
///
/// @param portName of the app's port that is asked
/// @param statusCodesForReady the HTTP answers that mean yes
/// @param preserveLastResponse whether users are shown the last answer
public record ReadinessCheck(
        String name,
        Protocol protocol,
        String path,
        String portName,
        Duration interval,
        Duration timeout,
        SortedSet<Integer> statusCodesForReady,
        boolean preserveLastResponse) {

    public enum Protocol {
        HTTP,
        HTTPS
    }

    public ReadinessCheck {
        statusCodesForReady = Sorted.copyOf(statusCodesForReady);
    }
}

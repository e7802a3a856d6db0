package io.ekiden.model;

import java.util.Optional;

/// What a check looks at, of the task or container that it belongs to.
public sealed interface Probe {

    /// The status of an HTTP answer.
    ///
    /// @param path `/` when absent
    record Http(Port port, Optional<String> path, Scheme scheme) implements Probe {}

    /// Whether a connection can be made.
    record Tcp(Port port) implements Probe {}

    /// How a command ends.
    ///
    /// @param line run by `/bin/sh -c`
    record Exec(String line) implements Probe {}

    enum Scheme {
        HTTP,
        HTTPS
    }

    /// Which port is asked.
    sealed interface Port {
        record Fixed(int number) implements Port {}

        /// @param index into the task's ports; of a container's check, into its own endpoints
        record Nth(int index) implements Port {}
    }
}

package io.ekiden.gateway.core.access;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What somebody may only when he was given the right by name: to write in a definition what
/// reaches out of the task's container into the machine, and to reach into secrets and tasks.
public enum Capability {
    /// A directory of the machine as a volume.
    HOST_VOLUME,
    /// A volume of a Docker volume driver: whoever knows its name has its data.
    EXTERNAL_VOLUME,
    /// A container on the machine's network.
    HOST_NETWORK,
    PRIVILEGED,
    /// Arguments that go to the engine as they are.
    DOCKER_PARAMETERS,
    /// `root` or 0 as the user.
    ROOT_USER,
    /// To name the secrets below a path in definitions: a task can tell what it was given.
    SECRET_READ,
    /// To set and delete the secrets below a path.
    SECRET_WRITE,
    /// To run commands in tasks; with what the task's own definition takes.
    EXEC;

    /// As it is written in files and options.
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static Optional<Capability> of(String text) {
        return Arrays.stream(values()).filter(one -> one.text().equals(text)).findFirst();
    }
}

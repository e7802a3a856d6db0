package io.ekiden.model;

import java.util.Optional;
import java.util.stream.Stream;

/// What the containers of a pod share.
public sealed interface PodVolume {
    String name();

    /// Lives and ends with the instance.
    record Ephemeral(String name) implements PodVolume {}

    /// A directory of the agent's machine.
    record Host(String name, String hostPath) implements PodVolume {}

    /// Outlives the instance's tasks.
    ///
    /// @param size MiB
    /// @param disk as of [Volume.Persistent]
    record Persistent(String name, int size, Optional<Disk.Wanted> disk) implements PodVolume {}

    /// A file with the value of a secret.
    ///
    /// @param secret the name that the definition gives it
    record Secret(String name, String secret) implements PodVolume {}

    /// As a persistent volume of the instance, named by the volume's name.
    default Stream<Volume.Persistent> persistent() {
        return this instanceof Persistent(var name, var size, var disk)
                ? Stream.of(new Volume.Persistent(name, size, disk))
                : Stream.empty();
    }
}

package io.ekiden.model;

import java.util.Optional;

/// A persistent volume of one instance.
///
/// @param id Marathon's persistence id, `<app id with _>#<container path>#<uuid>`
/// @param part of which disk it is; absent: of its agent's own
public record LocalVolume(String containerPath, String id, Optional<Part> part) {

    /// What a volume has of a disk.
    ///
    /// @param disk its path
    /// @param size MiB
    public record Part(String disk, int size) {}
}

package io.ekiden.model;

import java.util.List;
import java.util.Optional;

/// A disk that an agent offers for persistent volumes, besides that of its work directory.
///
/// @param path of the directory on the machine under which it is found; its name on the agent
/// @param size MiB
/// @param profile the kind of disk, as the operator calls it
public record Disk(Type type, String path, int size, Optional<String> profile) {

    /// Mesos' types of disks, other than the agent's own (`root`).
    public enum Type {
        /// Divided among volumes.
        PATH,
        /// One volume has the whole of it.
        MOUNT
    }

    /// What a volume asks of the disk that it is on.
    ///
    /// @param maxSize MiB; the volume is not on a larger disk
    /// @param profile any when absent
    /// @param constraints on the disk's path: LIKE and UNLIKE
    public record Wanted(
            Type type,
            Optional<Integer> maxSize,
            Optional<String> profile,
            List<Constraint> constraints) {
        public Wanted {
            constraints = List.copyOf(constraints);
        }
    }
}

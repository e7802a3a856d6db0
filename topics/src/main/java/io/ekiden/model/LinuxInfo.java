package io.ekiden.model;

import java.util.Optional;

/// What a container wants of the kernel.
///
/// @param unconfined whether it may make every system call
/// @param ipc its own inter-process communication; the engine's default when absent
public record LinuxInfo(Optional<Boolean> unconfined, Optional<Ipc> ipc) {
    /// One that nobody shares.
    ///
    /// @param shmSize MiB of `/dev/shm`
    public record Ipc(Optional<Integer> shmSize) {}
}

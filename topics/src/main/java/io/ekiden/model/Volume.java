package io.ekiden.model;

/// Storage that an app's tasks see at a path of their container.
public sealed interface Volume {
    /// Absolute, or relative to the sandbox.
    String containerPath();

    /// A directory of the agent's machine.
    ///
    /// @param hostPath absolute, or relative to the sandbox
    record Host(String containerPath, String hostPath, Mode mode) implements Volume {}

    /// A directory that outlives the task: kept on the agent for the instance's next task.
    ///
    /// @param containerPath one name, in the sandbox
    /// @param size MiB
    record Persistent(String containerPath, int size) implements Volume {}

    /// A file with the value of a secret.
    ///
    /// @param secret the name that the definition gives it
    record Secret(String containerPath, String secret) implements Volume {}

    /// Whether tasks may write.
    enum Mode {
        RO,
        RW
    }
}

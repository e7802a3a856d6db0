package io.ekiden.model;

/// How an app's tasks are connected.
public enum Network {
    /// The agent's own network: a task listens on its host ports.
    HOST("host"),
    /// A network of the agent's container engine: container ports are mapped to host ports.
    BRIDGE("container/bridge"),
    /// A [ContainerNetwork], on which a task has an address of its own.
    CONTAINER("container");

    private final String mode;

    Network(String mode) {
        this.mode = mode;
    }

    /// As definitions name it.
    public String mode() {
        return mode;
    }
}

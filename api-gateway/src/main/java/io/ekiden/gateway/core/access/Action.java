package io.ekiden.gateway.core.access;

/// What can be done to an app, a pod, a group, or (on `/`) to the cluster.
public enum Action {
    /// Look at it, its tasks, their files and logs.
    VIEW,
    /// Make, change, scale, restart, kill and delete it.
    DEPLOY,
    /// On `/` only: look after the machines.
    OPERATE
}

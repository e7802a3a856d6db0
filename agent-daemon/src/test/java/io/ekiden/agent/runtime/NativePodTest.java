package io.ekiden.agent.runtime;

/// Pods as processes.
final class NativePodTest extends PodContract {
    @Override
    protected Machine newMachine() {
        return new NativeMachine(dir, Isolation.detect());
    }
}

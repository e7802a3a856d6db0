package io.ekiden.agent.runtime;

import io.ekiden.testkit.NeedsProgram;
import java.util.Optional;
import org.junit.jupiter.api.condition.EnabledIf;

/// Pods in images, without an engine.
@NeedsProgram({"busybox", "runc", "skopeo", "umoci"})
@EnabledIf("mayEnclose")
final class ImagePodTest extends PodContract {
    private static final Isolation DETECTED = Isolation.detect();

    static boolean mayEnclose() {
        return DETECTED.pidNamespace();
    }

    @Override
    protected Machine newMachine() {
        TestRootfs.make(new WorkDir(dir));
        return new NativeMachine(dir, DETECTED, Optional.of(TestRootfs.IMAGE));
    }
}

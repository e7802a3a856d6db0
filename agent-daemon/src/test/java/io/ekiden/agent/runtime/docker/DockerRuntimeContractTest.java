package io.ekiden.agent.runtime.docker;

import io.ekiden.agent.runtime.Machine;
import io.ekiden.agent.runtime.TaskRuntimeContract;
import io.ekiden.testkit.NeedsDocker;
import io.ekiden.testkit.NeedsProgram;

@NeedsDocker
@NeedsProgram("busybox")
final class DockerRuntimeContractTest extends TaskRuntimeContract {
    @Override
    protected Machine newMachine() {
        return new DockerMachine();
    }
}

package io.ekiden.agent.runtime.docker;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.command.InspectExecResponse;
import io.ekiden.agent.core.ExitText;
import io.ekiden.agent.runtime.docker.ContainerFiles.End;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/// What the engine tells of a container, or of a command in one, that it was asked about.
final class Inspection {
    private Inspection() {}

    static Instant startedAt(InspectContainerResponse container) {
        try {
            return Instant.parse(String.valueOf(container.getState().getStartedAt()));
        } catch (DateTimeException e) {
            return Instant.now();
        }
    }

    /// @param outOfMemory whether the engine has said so before; afterwards it may have forgotten
    static End end(InspectContainerResponse container, boolean outOfMemory) {
        var state = container.getState();
        var code = state.getExitCodeLong();
        var exit = code == null ? Optional.<Integer>empty() : Optional.of(Math.toIntExact(code));
        boolean memory = outOfMemory || Boolean.TRUE.equals(state.getOOMKilled());
        var message = exit.map(ExitText::of).orElse("how it ended is not known");
        return new End(true, exit, memory ? message + " (memory limit exceeded)" : message);
    }

    /// Of a command in a container; empty while it runs.
    static Optional<Integer> exit(InspectExecResponse command) {
        return Boolean.TRUE.equals(command.isRunning()) || command.getExitCodeLong() == null
                ? Optional.empty()
                : Optional.of(command.getExitCodeLong().intValue());
    }

    /// None on the machine's own network.
    static Optional<String> ip(InspectContainerResponse container) {
        var settings = container.getNetworkSettings();
        return settings == null
                ? Optional.empty()
                : settings.getNetworks().values().stream()
                        .map(network -> network.getIpAddress())
                        .filter(ip -> ip != null && !ip.isEmpty())
                        .findFirst();
    }
}

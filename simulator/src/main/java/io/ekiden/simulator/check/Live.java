package io.ekiden.simulator.check;

import io.ekiden.log.AgentCommand;
import io.ekiden.model.LocalVolume;
import io.ekiden.model.TaskId;
import java.util.List;
import java.util.Optional;

/// A task that really runs on a machine.
///
/// @param number of its container: no two containers ever have the same
/// @param task as it was ordered
public record Live(
        String agentId, TaskId taskId, long number, long startedAt, AgentCommand.Task task) {
    /// Why it came to its end.
    public enum End {
        BY_ITSELF,
        BY_KILL,
        BY_REBOOT
    }

    public List<Integer> ports() {
        return task.hostPorts();
    }

    public List<LocalVolume> volumes() {
        return task.volumes();
    }

    /// The one that holds this port, of several.
    static Optional<Live> holding(int port, Iterable<Live> tasks) {
        for (var live : tasks) {
            if (live.ports().contains(port)) {
                return Optional.of(live);
            }
        }
        return Optional.empty();
    }
}

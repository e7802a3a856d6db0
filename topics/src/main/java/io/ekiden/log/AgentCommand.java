package io.ekiden.log;

import io.ekiden.model.App;
import io.ekiden.model.KillCause;
import io.ekiden.model.LocalVolume;
import io.ekiden.model.PortDefinition;
import io.ekiden.model.RunSpec;
import io.ekiden.model.TaskId;
import java.util.List;
import java.util.Optional;

/// What one agent is to do: the records of `agent-commands`, keyed by agent id. A command whose
/// epoch is not the agent's present one is void. `sequence` is that of the journal entry that gave
/// it.
public sealed interface AgentCommand {
    String agentId();

    long epoch();

    long sequence();

    /// On partition 0. The agent is admitted: from now on it reads `partition` and reports with
    /// `epoch`. A welcome for its own id with another session means that another agent has taken
    /// its place.
    ///
    /// @param definitions of the apps that it is to run, each once
    /// @param assigned all tasks that it is to run
    record Welcome(
            String agentId,
            long epoch,
            long sequence,
            String session,
            String clusterId,
            int partition,
            List<RunSpec> definitions,
            List<Fact.Assigned> assigned)
            implements AgentCommand {
        public Welcome {
            definitions = List.copyOf(definitions);
            assigned = List.copyOf(assigned);
        }

        /// The tasks with their definitions.
        public List<Task> assignment() {
            return assigned.stream().map(this::task).toList();
        }

        private Task task(Fact.Assigned one) {
            return new Task(
                    one.taskId(), definition(one), one.hostPorts(), one.volumes(), one.launch());
        }

        private RunSpec definition(Fact.Assigned one) {
            return definitions.stream()
                    .filter(spec ->
                            spec.id().equals(one.runSpecId())
                                    && spec.version().equals(one.version()))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /// One task and all that is needed to run it.
    ///
    /// @param hostPorts one for each port definition; [PortDefinition#NO_HOST_PORT] where it takes
    ///   none
    /// @param volumes its persistent volumes, made at the first launch that names them
    /// @param launch to be launched if it is not there; else it was seen before and is only adopted
    record Task(
            TaskId taskId,
            RunSpec spec,
            List<Integer> hostPorts,
            List<LocalVolume> volumes,
            boolean launch) {
        public Task {
            hostPorts = List.copyOf(hostPorts);
            volumes = List.copyOf(volumes);
        }

        /// At which ports it listens itself: one for each of its host ports.
        public List<Integer> listeningPorts() {
            return spec.listeningPorts(hostPorts);
        }

        /// Those of the agent's ports that it takes.
        public List<Integer> heldPorts() {
            return PortDefinition.held(hostPorts);
        }

        /// The app of an app's task.
        public App app() {
            return (App) spec;
        }
    }

    /// On partition 0. The planner had given the agent up, or lost what it said: it is to join
    /// again.
    record Rejoin(String agentId, long epoch, long sequence) implements AgentCommand {}

    record Launch(String agentId, long epoch, long sequence, Task task) implements AgentCommand {}

    /// @param graceSeconds between SIGTERM and SIGKILL; the agent's default when absent
    record Kill(
            String agentId,
            long epoch,
            long sequence,
            TaskId taskId,
            KillCause cause,
            Optional<Integer> graceSeconds)
            implements AgentCommand {}

    /// A persistent volume is to be destroyed as soon as no task uses it.
    record DestroyVolume(String agentId, long epoch, long sequence, String volumeId)
            implements AgentCommand {}
}

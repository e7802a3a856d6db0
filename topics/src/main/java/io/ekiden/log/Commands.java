package io.ekiden.log;

import io.ekiden.model.Instance;
import io.ekiden.model.RunSpec;
import java.util.ArrayList;
import java.util.List;

/// The commands that follow from a journal entry.
public final class Commands {
    /// The partition that every agent follows while it joins, and on.
    public static final int WELCOME_PARTITION = 0;

    private Commands() {}

    /// A command and the partition of `agent-commands` that it goes to.
    public record Addressed(int partition, AgentCommand command) {}

    /// A function of the entry alone; in the order of its facts.
    public static List<Addressed> of(JournalEntry entry) {
        var commands = new ArrayList<Addressed>();
        for (var fact : entry.facts()) {
            switch (fact) {
                case Fact.Welcomed welcomed ->
                        commands.add(new Addressed(WELCOME_PARTITION, welcome(entry, welcomed)));
                case Fact.RejoinOrdered(var agent) ->
                        commands.add(
                                new Addressed(
                                        WELCOME_PARTITION,
                                        new AgentCommand.Rejoin(
                                                agent.id(), agent.epoch(), entry.sequence())));
                case Fact.Launched(var spec, var instances, var targets) -> {
                    for (int i = 0; i < instances.size(); i++) {
                        commands.add(launch(entry, spec, instances.get(i), targets.get(i)));
                    }
                }
                case Fact.KillOrdered kill ->
                        commands.add(
                                new Addressed(
                                        kill.partition(),
                                        new AgentCommand.Kill(
                                                kill.agentId(),
                                                kill.epoch(),
                                                entry.sequence(),
                                                kill.taskId(),
                                                kill.cause(),
                                                kill.graceSeconds())));
                case Fact.VolumeCondemned(var volume, var target) ->
                        target.ifPresent(to ->
                                commands.add(
                                        new Addressed(
                                                to.partition(),
                                                new AgentCommand.DestroyVolume(
                                                        volume.agentId(),
                                                        to.epoch(),
                                                        entry.sequence(),
                                                        volume.id()))));
                default -> {} // the other facts command nothing
            }
        }
        return List.copyOf(commands);
    }

    private static Addressed launch(
            JournalEntry entry, RunSpec spec, Instance instance, Fact.Target target) {
        var placement = instance.placement().orElseThrow();
        var task =
                new AgentCommand.Task(
                        instance.taskId(), spec, placement.hostPorts(), instance.volumes(), true);
        return new Addressed(
                target.partition(),
                new AgentCommand.Launch(
                        placement.agentId(), target.epoch(), entry.sequence(), task));
    }

    private static AgentCommand.Welcome welcome(JournalEntry entry, Fact.Welcomed welcomed) {
        var agent = welcomed.agent();
        return new AgentCommand.Welcome(
                agent.id(),
                agent.epoch(),
                entry.sequence(),
                welcomed.session(),
                welcomed.clusterId(),
                agent.partition(),
                welcomed.definitions(),
                welcomed.assignment());
    }
}

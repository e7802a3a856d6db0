package io.ekiden.simulator.check;

import io.ekiden.log.AgentReport;
import io.ekiden.log.Fact;
import io.ekiden.log.Input;
import io.ekiden.log.JournalEntry;
import io.ekiden.model.Agent;
import io.ekiden.model.Instance;
import io.ekiden.model.TaskId;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

final class RoomIsFreedByTheEnd implements Checker {
    private final Set<TaskId> abandoned = new TreeSet<>();
    private final TreeMap<TaskId, String> freed = new TreeMap<>();

    @Override
    public String id() {
        return "8-room-is-freed-by-the-end";
    }

    @Override
    public String promise() {
        return "A task's ports and resources are given to others only after its agent "
                + "has told its end, or while that agent is away.";
    }

    @Override
    public void before(JournalEntry entry, Evidence evidence) {
        freed.clear();
        for (var fact : entry.facts()) {
            switch (fact) {
                case Fact.InstanceGone gone -> freed(gone.last().key(), entry, evidence);
                case Fact.InstancePut(var instance, var _, var _) -> {
                    if (!instance.condition().holdsResources()) {
                        freed(instance.key(), entry, evidence);
                    }
                }
                default -> {} // frees nothing
            }
        }
    }

    private void freed(String key, JournalEntry entry, Evidence evidence) {
        if (!(evidence.image().entity(key).orElse(null) instanceof Instance was)
                || !was.condition().holdsResources()) {
            return;
        }
        var agent = was.placement().orElseThrow().agentId();
        if (told(entry, agent)) {
            return;
        }
        abandoned.add(was.taskId());
        freed.put(was.taskId(), agent);
    }

    private void check(TaskId taskId, String agent, JournalEntry entry, Evidence evidence) {
        boolean there =
                evidence.image()
                        .agent(agent)
                        .filter(a -> a.state() == Agent.State.ACTIVE)
                        .isPresent();
        if (there) {
            throw broken(
                    "entry %d frees what %s holds on %s, which is there"
                            .formatted(entry.sequence(), taskId, agent));
        }
    }

    private static boolean told(JournalEntry entry, String agent) {
        return entry.input() instanceof Input.Reported(AgentReport report)
                && report.memberId().equals(agent);
    }

    @Override
    public void decided(JournalEntry entry, long epoch, Evidence evidence) {
        freed.forEach((taskId, agent) -> check(taskId, agent, entry, evidence));
        for (var fact : entry.facts()) {
            if (fact instanceof Fact.Launched launched) {
                launched.instances().forEach(instance -> launched(instance, evidence));
            }
        }
    }

    private void launched(Instance instance, Evidence evidence) {
        var at = instance.placement().orElseThrow();
        for (var live : evidence.liveOn(at.agentId())) {
            boolean shared = live.ports().stream().anyMatch(at.heldPorts()::contains);
            if (shared
                    && !live.taskId().equals(instance.taskId())
                    && !abandoned.contains(live.taskId())) {
                throw broken(
                        "%s is given a port of %s, which still runs"
                                .formatted(instance.taskId(), live.taskId()));
            }
        }
    }
}

package io.ekiden.simulator.check;

import io.ekiden.log.Fact;
import io.ekiden.log.JournalEntry;
import io.ekiden.model.KillCause;
import io.ekiden.model.TaskId;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

final class KillsNameADecision implements Checker {
    private final Set<String> ordered = new TreeSet<>();

    @Override
    public String id() {
        return "7-kills-name-a-decision";
    }

    @Override
    public String promise() {
        return "Every kill of a task, and every end by a kill, comes after a committed order to"
                + " kill it there.";
    }

    @Override
    public void decided(JournalEntry entry, long epoch, Evidence evidence) {
        for (var fact : entry.facts()) {
            if (fact instanceof Fact.KillOrdered kill) {
                ordered.add(kill.agentId() + " " + kill.taskId());
            }
        }
    }

    @Override
    public void killOrdered(
            String agentId, TaskId taskId, Optional<KillCause> cause, Evidence evidence) {
        check(agentId, taskId);
    }

    @Override
    public void ended(Live task, Live.End how, Evidence evidence) {
        if (how == Live.End.BY_KILL) {
            check(task.agentId(), task.taskId());
        }
    }

    private void check(String agentId, TaskId taskId) {
        if (!ordered.contains(agentId + " " + taskId)) {
            throw broken(agentId + " kills " + taskId + ", which nobody ordered");
        }
    }
}

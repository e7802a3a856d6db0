package io.ekiden.simulator.check.rules;

import io.ekiden.agent.core.LocalTask;
import io.ekiden.model.TaskId;
import io.ekiden.simulator.check.Checker;
import io.ekiden.simulator.check.Evidence;
import java.util.Set;
import java.util.TreeSet;

/// An agent that dies in between must find on its disk what it may have begun.
final class WrittenBeforeDone implements Checker {
    private final Set<String> written = new TreeSet<>();

    @Override
    public String id() {
        return "41-written-before-done";
    }

    @Override
    public String promise() {
        return "An agent starts only tasks that it has written down before.";
    }

    @Override
    public void remembered(String agentId, TaskId taskId) {
        written.add(agentId + " " + taskId);
    }

    @Override
    public void startOrdered(String agentId, LocalTask task, Evidence evidence) {
        if (!written.contains(agentId + " " + task.taskId())) {
            throw broken(agentId + " starts " + task.taskId() + ", of which it has no record");
        }
    }
}

package io.ekiden.simulator.check;

import io.ekiden.agent.core.LocalTask;
import io.ekiden.log.AgentReport;
import io.ekiden.log.Input;
import io.ekiden.log.JournalEntry;
import io.ekiden.model.TaskId;
import java.util.Set;
import java.util.TreeSet;

final class NoStartAfterTheEnd implements Checker {
    private final Set<TaskId> over = new TreeSet<>();

    @Override
    public String id() {
        return "4-no-start-after-the-end";
    }

    @Override
    public String promise() {
        return "A task whose end is on the log is not started any more.";
    }

    @Override
    public void decided(JournalEntry entry, long epoch, Evidence evidence) {
        if (entry.input() instanceof Input.Reported(AgentReport.TaskStatus status)) {
            switch (status.state()) {
                case STAGING, STARTING, RUNNING -> {}
                case FINISHED, FAILED, KILLED, ERROR, GONE -> over.add(status.taskId());
            }
        }
    }

    @Override
    public void startOrdered(String agentId, LocalTask task, Evidence evidence) {
        if (over.contains(task.taskId())) {
            throw broken(agentId + " starts " + task.taskId() + ", which has ended");
        }
    }
}

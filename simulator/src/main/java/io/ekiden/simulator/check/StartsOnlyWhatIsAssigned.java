package io.ekiden.simulator.check;

import io.ekiden.agent.core.LocalTask;

final class StartsOnlyWhatIsAssigned implements Checker {
    @Override
    public String id() {
        return "3-starts-only-what-is-assigned";
    }

    @Override
    public String promise() {
        return "An agent starts a task only while the log has it on this agent.";
    }

    @Override
    public void startOrdered(String agentId, LocalTask task, Evidence evidence) {
        boolean assigned =
                evidence.image()
                        .instanceOf(task.taskId())
                        .flatMap(instance -> instance.placement())
                        .filter(at -> at.agentId().equals(agentId))
                        .isPresent();
        if (!assigned) {
            throw broken(
                    "%s starts %s; the log has %s"
                            .formatted(
                                    agentId,
                                    task.taskId(),
                                    evidence.image().instance(task.taskId().instanceId())));
        }
    }
}

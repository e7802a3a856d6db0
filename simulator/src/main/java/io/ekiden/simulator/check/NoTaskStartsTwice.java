package io.ekiden.simulator.check;

import io.ekiden.model.TaskId;
import java.util.TreeMap;

final class NoTaskStartsTwice implements Checker {
    private final TreeMap<TaskId, Live> started = new TreeMap<>();

    @Override
    public String id() {
        return "1-no-task-starts-twice";
    }

    @Override
    public String promise() {
        return "No task (instance and incarnation) is ever started twice, wherever.";
    }

    @Override
    public void running(Live task, Evidence evidence) {
        var before = started.put(task.taskId(), task);
        if (before != null) {
            throw broken(
                    "%s runs on %s as %d and ran before on %s as %d"
                            .formatted(
                                    task.taskId(),
                                    task.agentId(),
                                    task.number(),
                                    before.agentId(),
                                    before.number()));
        }
    }
}

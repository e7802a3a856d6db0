package io.ekiden.planner.core;

import io.ekiden.log.Fact;
import io.ekiden.model.Condition;
import io.ekiden.model.EndedTask;
import io.ekiden.model.Instance;
import io.ekiden.model.PathId;

/// Keeps the last tasks of each app to have ended, so that their sandboxes can be found.
final class EndedTasks {
    private EndedTasks() {}

    static void keep(Turn turn, Instance instance, Condition how, String message) {
        instance.placement()
                .ifPresent(at -> {
                    var kept = turn.image().endedTasks(instance.runSpecId());
                    kept.stream()
                            .limit(Math.max(0, kept.size() + 1 - EndedTask.KEPT))
                            .forEach(oldest -> turn.add(new Fact.EndedTaskForgotten(oldest)));
                    turn.add(
                            new Fact.EndedTaskKept(
                                    new EndedTask(
                                            instance.taskId(),
                                            instance.runSpecId(),
                                            at.agentId(),
                                            at.hostname(),
                                            how,
                                            message,
                                            instance.version(),
                                            instance.stagedAt(),
                                            instance.startedAt(),
                                            turn.now())));
                });
    }

    static void forget(Turn turn, PathId spec) {
        turn.image().endedTasks(spec).forEach(task -> turn.add(new Fact.EndedTaskForgotten(task)));
    }
}

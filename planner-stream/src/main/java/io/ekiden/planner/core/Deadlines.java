package io.ekiden.planner.core;

import io.ekiden.model.Instance;
import io.ekiden.model.KillCause;
import java.util.Optional;

/// What follows when an instance's deadline comes.
final class Deadlines {
    private Deadlines() {}

    static void due(Turn turn, Instance instance) {
        switch (instance.condition()) {
            case UNREACHABLE, UNREACHABLE_INACTIVE -> Unreachable.due(turn, instance);
            case PROVISIONED, STAGING, STARTING, RUNNING, KILLING -> {
                if (instance.stopping().isPresent()) {
                    Kills.order(turn, instance);
                } else {
                    // Not running in time: whatever its agent does with it, it is to end.
                    Kills.begin(turn, instance, instance.goal(), KillCause.LAUNCH_TIMEOUT);
                }
            }
            case SCHEDULED, KILLED, FINISHED, FAILED, ERROR, GONE, DROPPED, UNKNOWN ->
                    turn.put(instance.withDeadline(Optional.empty()));
        }
    }
}

package io.ekiden.state;

import io.ekiden.model.Condition;
import io.ekiden.model.Goal;
import io.ekiden.model.Instance;
import io.ekiden.model.RunSpec;
import java.time.Instant;
import java.util.Comparator;

/// What instances of one run spec can have in common: all that decides what is to become of them,
/// and nothing that tells them apart. A run spec has thousands of instances but few phases.
///
/// @param reserved whether an agent keeps volumes for it
/// @param stopping whether its end has been decided
/// @param healthy whether its health checks say that it is healthy
/// @param saidReady whether it has said that it is ready
public record Phase(
        Instant version,
        Instant configVersion,
        Goal goal,
        Condition condition,
        boolean reserved,
        boolean stopping,
        boolean healthy,
        boolean saidReady)
        implements Comparable<Phase> {
    /// Of those with the same condition.
    private static final Comparator<Phase> ORDER =
            Comparator.comparing(Phase::goal)
                    .thenComparing(Phase::reserved, Comparator.reverseOrder())
                    .thenComparing(Phase::healthy)
                    .thenComparing(Phase::saidReady)
                    .thenComparing(Phase::stopping)
                    .thenComparing(Phase::configVersion)
                    .thenComparing(Phase::version);

    static Phase of(Instance instance) {
        return new Phase(
                instance.version(),
                instance.configVersion(),
                instance.goal(),
                instance.condition(),
                instance.reservation().isPresent(),
                instance.stopping().isPresent(),
                instance.healthy().orElse(false),
                instance.saidReady());
    }

    /// Whether it waits to be placed.
    public boolean waiting() {
        return condition == Condition.SCHEDULED && goal == Goal.RUNNING;
    }

    /// As [Instance#ready].
    public boolean ready(RunSpec spec) {
        return condition == Condition.RUNNING
                && !stopping
                && (!spec.healthChecked() || healthy)
                && (!spec.readinessChecked() || saidReady);
    }

    @Override
    public int compareTo(Phase other) {
        // Most differ in what is compared first.
        int order = condition.compareTo(other.condition);
        return order != 0 ? order : ORDER.compare(this, other);
    }
}

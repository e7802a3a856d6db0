package io.ekiden.planner.core;

import io.ekiden.log.Fact;
import io.ekiden.log.Rejection;
import io.ekiden.model.Deployment;
import io.ekiden.model.Deployment.Canaries;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// What users say of a running deployment: pause, go on, promote its canaries.
final class DeploymentOrders {
    private DeploymentOrders() {}

    static Fact pause(Turn turn, String id, boolean paused) {
        return order(turn, id, deployment -> deployment.withPaused(paused));
    }

    /// Said before the canaries are ready, it means that none are needed.
    static Fact promote(Turn turn, String id) {
        return order(turn, id, deployment -> deployment.withCanaries(Canaries.PROMOTED));
    }

    private static Fact order(Turn turn, String id, UnaryOperator<Deployment> change) {
        var deployment = turn.image().deployment(id);
        if (deployment.isEmpty()) {
            return new Fact.Refused(
                    new Rejection.NotFound("DeploymentPlan %s does not exist".formatted(id)));
        }
        var changed = change.apply(deployment.get());
        if (!changed.equals(deployment.get())) {
            turn.add(new Fact.DeploymentPut(changed));
            changed.affected().forEach(turn::touch);
        }
        return new Fact.Accepted(changed.version(), Optional.of(id), List.of());
    }
}

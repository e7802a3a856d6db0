package io.ekiden.simulator.workload;

import io.ekiden.gateway.core.ApiRequest;
import io.ekiden.gateway.core.DeploymentOrders;
import io.ekiden.gateway.core.Wanted;
import io.ekiden.model.Deployment;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// What users say of running deployments.
final class DeploymentOperations {
    static final List<Operation> ALL =
            List.of(
                    new Order("cancel", 4, DeploymentOrders::cancel),
                    new Order("pause", 3, DeploymentOrders::pause),
                    new Order("resume", 2, DeploymentOrders::resume),
                    new Order("promote", 2, DeploymentOrders::promote));

    private DeploymentOperations() {}

    private static Call call(
            String verb,
            Deployment deployment,
            Map<String, String> query,
            Function<ApiRequest, Wanted> route) {
        return Call.of(verb, Map.of("deployment", deployment.id()), query, Optional.empty(), route);
    }

    /// Lets a deployment go on that waits for a word; empty when it waits for none.
    static Optional<Call> letGoOn(Deployment deployment) {
        if (deployment.paused()) {
            return Optional.of(call("resume", deployment, Map.of(), DeploymentOrders::resume));
        }
        return deployment.canaries() == Deployment.Canaries.WAITING
                ? Optional.of(call("promote", deployment, Map.of(), DeploymentOrders::promote))
                : Optional.empty();
    }

    private record Order(String verb, int weight, Function<ApiRequest, Wanted> route)
            implements Operation {
        @Override
        public Optional<Call> call(Seen seen) {
            return seen.pick("op.deployment", List.copyOf(seen.image().deployments()))
                    .map(deployment ->
                            DeploymentOperations.call(
                                    verb,
                                    deployment,
                                    verb.equals("cancel") ? seen.maybeForce() : Map.of(),
                                    route));
        }
    }
}

package io.ekiden.gateway.core;

import io.ekiden.log.Change;

/// What users say of a running deployment, beyond Marathon's cancelling.
public final class DeploymentOrders {
    private DeploymentOrders() {}

    public static Wanted pause(ApiRequest request) {
        return order(new Change.PauseDeployment(request.part("deployment"), true));
    }

    public static Wanted resume(ApiRequest request) {
        return order(new Change.PauseDeployment(request.part("deployment"), false));
    }

    public static Wanted promote(ApiRequest request) {
        return order(new Change.PromoteDeployment(request.part("deployment")));
    }

    private static Wanted order(Change change) {
        return new Wanted.Write(
                change,
                false,
                (applied, accepted) -> Answer.ok(DeploymentJson.result(applied, accepted)));
    }
}

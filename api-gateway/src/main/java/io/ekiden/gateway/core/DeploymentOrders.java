package io.ekiden.gateway.core;

import io.ekiden.log.Change;

/// What users say of a running deployment: take it back, and beyond Marathon, pause, go on,
/// promote.
public final class DeploymentOrders {
    private DeploymentOrders() {}

    /// Another deployment undoes it; forced, it only ends where it is.
    public static Wanted cancel(ApiRequest request) {
        boolean force = request.flag("force", false);
        return new Wanted.Write(
                new Change.CancelDeployment(request.part("deployment")),
                force,
                (applied, accepted) ->
                        force
                                ? Answer.empty(202)
                                : Answer.ok(DeploymentJson.result(applied, accepted)));
    }

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

package io.ekiden.log;

import java.util.List;

/// Calls of one kind that a gateway refused within about a second: the record of `audit-refused`.
/// What the planner refused is in the journal. Calls that changed the gateway alone, such as how
/// much it logs, are here too, for no planner hears of them.
///
/// @param status that was answered
/// @param route the pattern that the path fits, such as `/v2/apps/{id...}`
/// @param uri of the first of them, as far as it can be printed
/// @param needs what the actor lacks, such as `role deployer on /shop`; of the first of them
/// @param count of them all
public record RefusedCalls(
        Actor actor,
        int status,
        String method,
        String route,
        String uri,
        List<String> needs,
        long count) {
    public RefusedCalls {
        needs = List.copyOf(needs);
    }

    public boolean isRefused() {
        return status >= 400;
    }

    /// With one more of the same kind.
    public RefusedCalls oneMore() {
        return new RefusedCalls(actor, status, method, route, uri, needs, count + 1);
    }
}

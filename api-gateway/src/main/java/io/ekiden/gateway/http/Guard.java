package io.ekiden.gateway.http;

import io.ekiden.gateway.core.Answer;
import io.ekiden.gateway.core.Failures;
import io.ekiden.gateway.core.access.Caller;
import io.ekiden.gateway.core.access.Lack;
import io.ekiden.gateway.core.access.Needs;
import io.ekiden.gateway.users.Users;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Optional;

/// Asks every request whose it is, and whether that user's rights reach as far as the route needs:
/// before the body is read, so that nobody is allowed anything by a body that was not looked at.
final class Guard {
    private final Users users;

    Guard(Users users) {
        this.users = users;
    }

    /// Who may come in, and who may not.
    sealed interface Admission {
        record In(Caller caller) implements Admission {}

        /// @param caller empty when nobody is known
        record Out(Answer answer, Optional<Caller> caller, List<Lack> lacks) implements Admission {}
    }

    Admission admit(HttpServerRequest request, Routes.Found.Match match) {
        var needs = match.route().needs();
        if (needs instanceof Needs.Nothing) {
            return new Admission.In(Caller.ANYBODY);
        }
        var caller = users.find(request.getHeader("Authorization"));
        if (caller.isEmpty()) {
            return new Admission.Out(Failures.unauthenticated(), Optional.empty(), List.of());
        }
        return needs.lackOf(caller.get(), match.values())
                .<Admission>map(lack ->
                        new Admission.Out(Failures.forbidden(List.of(lack)), caller, List.of(lack)))
                .orElseGet(() -> new Admission.In(caller.get()));
    }

    /// Whether a request that goes on for long would still be admitted as the same caller's.
    boolean stillKnows(HttpServerRequest request, Caller caller) {
        return users.find(request.getHeader("Authorization")).filter(caller::equals).isPresent();
    }
}

package io.ekiden.gateway.http;

import io.ekiden.gateway.core.Answer;
import io.ekiden.gateway.core.Failures;
import io.ekiden.gateway.core.IdempotencyKey;
import io.ekiden.log.RequestKey;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Requests that carry an `Idempotency-Key`. Which of them take effect is the planner's to say;
/// here is only told of one that comes while this gateway waits for the same.
final class KeyedRequests {
    private final Set<InFlight> inFlight = ConcurrentHashMap.newKeySet();

    private record InFlight(String caller, String key) {}

    /// Whether a request may go on.
    sealed interface Admission {
        /// @param key absent when the request has none
        record In(Optional<RequestKey> key) implements Admission {}

        record Out(Answer answer) implements Admission {}
    }

    /// @param caller whose key it is
    Admission admit(RoutingContext http, String caller, Buffer body) {
        return switch (IdempotencyKey.of(http.request().headers().getAll("Idempotency-Key"))) {
            case IdempotencyKey.Read.Wrong(var answer) -> new Admission.Out(answer);
            case IdempotencyKey.Read.Ok(var key) ->
                    key.map(text -> admit(http, new InFlight(caller, text), body))
                            .orElseGet(() -> new Admission.In(Optional.empty()));
        };
    }

    private Admission admit(RoutingContext http, InFlight request, Buffer body) {
        if (!inFlight.add(request)) {
            return new Admission.Out(Failures.requestInProgress());
        }
        http.addEndHandler(_ -> inFlight.remove(request));
        var fingerprint = fingerprint(http.request(), body);
        return new Admission.In(Optional.of(new RequestKey(request.key(), fingerprint)));
    }

    /// SHA-256 of method, path, query and body as they were sent.
    private static String fingerprint(HttpServerRequest request, Buffer body) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            var line = request.method().name() + " " + request.uri() + "\n";
            digest.update(line.getBytes(StandardCharsets.UTF_8));
            if (body != null) {
                digest.update(body.getBytes());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}

package io.ekiden.gateway.http;

import io.ekiden.gateway.core.Answer;
import io.ekiden.gateway.core.ApiRequest;
import io.ekiden.gateway.core.AuditQuery;
import io.ekiden.gateway.log.AuditLog;
import io.ekiden.log.RefusedCalls;
import io.ekiden.model.PathId;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// `GET /v2/audit`.
final class Audit {
    private final AuditLog log;

    Audit(AuditLog log) {
        this.log = log;
    }

    Answer search(ApiRequest request) {
        return switch (AuditQuery.of(request)) {
            case AuditQuery.Read.Wrong(var answer) -> answer;
            case AuditQuery.Read.Ok(var query) -> search(request, query);
        };
    }

    private Answer search(ApiRequest request, AuditQuery query) {
        var caller = request.caller();
        var found =
                log.search(
                        query,
                        record ->
                                query.wants(record, caller::sees)
                                        && record.seenBy(caller).isPresent());
        var body = Answer.object();
        var records = body.putArray("records");
        found.records().forEach(record -> record.seenBy(caller).ifPresent(records::add));
        found.next().ifPresent(next -> body.put("next", next.text()));
        return Answer.ok(body);
    }

    /// The app, pod or group in the path of a refused call; empty when it names none, or is not on
    /// the log as it was sent.
    static Optional<PathId> about(RefusedCalls calls) {
        var raw = calls.uri().replaceFirst("[?#].*", "");
        if (!calls.route().contains("{id...}") || raw.endsWith("…")) {
            return Optional.empty();
        }
        try {
            var path = URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
            return PathPattern.of(calls.route())
                    .match(PathPattern.split(path))
                    .map(values -> PathId.of(values.get("id")));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}

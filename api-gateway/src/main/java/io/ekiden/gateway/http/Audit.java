package io.ekiden.gateway.http;

import io.ekiden.gateway.core.Answer;
import io.ekiden.gateway.core.ApiRequest;
import io.ekiden.gateway.core.AuditQuery;
import io.ekiden.gateway.core.access.Needs;
import io.ekiden.gateway.log.AuditLog;
import io.ekiden.log.RefusedCalls;
import io.ekiden.model.PathId;
import io.ekiden.model.TaskId;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
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

    private static Optional<PathId> named(Map<String, String> path) {
        return Optional.ofNullable(path.get("id"))
                .map(PathId::of)
                .or(() -> TaskId.parse(path.getOrDefault("task", "")).map(Needs::owner));
    }

    /// The app, pod or group in the path, or that of its task, of a refused call; empty when it
    /// names none, or is not on the log as it was sent.
    static Optional<PathId> about(RefusedCalls calls) {
        var raw = calls.uri().replaceFirst("[?#].*", "");
        boolean names = calls.route().contains("{id...}") || calls.route().contains("{task}");
        if (!names || raw.endsWith("…")) {
            return Optional.empty();
        }
        try {
            var path = URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
            return PathPattern.of(calls.route())
                    .match(PathPattern.split(path))
                    .flatMap(Audit::named);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}

package io.ekiden.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.gateway.core.Answer;
import io.ekiden.gateway.core.ApiRequest;
import io.ekiden.gateway.core.Failures;
import io.ekiden.gateway.core.access.Caller;
import io.ekiden.gateway.core.access.Capability;
import io.ekiden.gateway.secrets.SecretStore;
import io.ekiden.log.Problem;
import io.ekiden.log.SealedSecret;
import io.ekiden.model.PathId;
import io.ekiden.model.Secrets;
import io.ekiden.model.Timestamps;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// `/v2/secrets`: values go in and never come out; what can be read is which there are. They block.
final class SecretApi {
    static final int MAX_VALUE = 256 << 10;
    private static final int MAX_SECRETS = 10_000;
    private static final String VALUE = "value";
    private static final String BASE64 = "base64";

    private final SecretStore store;

    SecretApi(SecretStore store) {
        this.store = store;
    }

    /// Those of which the caller may know.
    Answer list(ApiRequest request) {
        store.refresh();
        var body = Answer.object();
        var list = body.putArray("secrets");
        store.all()
                .forEach((path, secret) -> {
                    if (knows(request.caller(), PathId.of(path))) {
                        list.add(json(secret));
                    }
                });
        return Answer.ok(body);
    }

    private static boolean knows(Caller caller, PathId path) {
        return caller.sees(path)
                || caller.has(Capability.SECRET_READ, path)
                || caller.has(Capability.SECRET_WRITE, path);
    }

    private static ObjectNode json(SealedSecret secret) {
        return Answer.object()
                .put("path", secret.path())
                .put("time", Timestamps.format(secret.time()))
                .put("by", secret.by());
    }

    Answer put(ApiRequest request) {
        var path = path(request);
        if (!Secrets.isPath(path)) {
            return invalid(
                    Problem.rule("/path", "must be names of letters, digits, '.', '_' and '-'"));
        }
        if (!store.opens()) {
            return Answer.message(
                    422, "This gateway keeps no secrets: it has no --secrets-key-file.");
        }
        return switch (value(request.body().orElseThrow())) {
            case Read.Wrong(var problem) -> invalid(problem);
            case Read.Ok(var bytes) -> put(request, path, bytes);
        };
    }

    private Answer put(ApiRequest request, String path, byte[] value) {
        store.refresh();
        var all = store.all();
        boolean isNew = !all.containsKey(path);
        if (isNew && all.size() >= MAX_SECRETS) {
            return Answer.message(
                    422, "There are %d secrets already, and no more.".formatted(MAX_SECRETS));
        }
        var secret = store.put(path, value, request.caller().name());
        return Answer.json(isNew ? 201 : 200, json(secret));
    }

    Answer delete(ApiRequest request) {
        var path = path(request);
        store.refresh();
        if (!store.all().containsKey(path)) {
            return Failures.notFound("Secret '%s' does not exist".formatted(path));
        }
        store.delete(path);
        return Answer.empty(204);
    }

    /// As it was judged: normalised.
    private static String path(ApiRequest request) {
        return request.id().value().substring(1);
    }

    private static Answer invalid(Problem problem) {
        return Failures.invalid(List.of(problem));
    }

    /// The outcome of reading a body. No message has anything of what was in it.
    private sealed interface Read {
        @SuppressWarnings("ArrayRecordComponent") // carried, never compared
        record Ok(byte[] value) implements Read {}

        record Wrong(Problem problem) implements Read {}
    }

    private static Read value(JsonNode body) {
        if (!(body instanceof ObjectNode object)) {
            return new Read.Wrong(Problem.form("/", "error.expected.jsobject"));
        }
        if (object.has(VALUE) == object.has(BASE64)) {
            return new Read.Wrong(
                    object.has(VALUE)
                            ? Problem.rule("/", "must have either 'value' or 'base64'")
                            : Problem.form("/" + VALUE, "error.path.missing"));
        }
        var field = object.has(VALUE) ? VALUE : BASE64;
        var given = object.get(field);
        if (!given.isTextual()) {
            return new Read.Wrong(Problem.form("/" + field, "error.expected.jsstring"));
        }
        return bytes(field, given.textValue())
                .map(value ->
                        value.length > MAX_VALUE
                                ? new Read.Wrong(Problem.form("/" + field, "error.maxLength"))
                                : new Read.Ok(value))
                .orElseGet(() -> new Read.Wrong(Problem.form("/" + field, "error.pattern")));
    }

    private static Optional<byte[]> bytes(String field, String text) {
        if (field.equals(VALUE)) {
            return Optional.of(text.getBytes(StandardCharsets.UTF_8));
        }
        try {
            return Optional.of(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}

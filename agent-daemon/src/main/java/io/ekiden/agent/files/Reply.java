package io.ekiden.agent.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.impl.ConnectionBase;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Writes the heads of answers, and the bodies of those that are JSON. Nothing that comes from a
/// sandbox is ever given a type that a browser would run.
final class Reply {
    /// Present and `true` when a listing leaves something out.
    static final String INCOMPLETE = "X-Ekiden-Incomplete";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HttpServerRequest request;
    private final HttpServerResponse response;

    Reply(HttpServerRequest request) {
        this.request = request;
        this.response = request.response();
        response.putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Cache-Control", "no-store");
    }

    String uri() {
        return request.uri();
    }

    boolean wantsEvents() {
        var accept = request.getHeader("Accept");
        return accept != null && accept.contains("text/event-stream");
    }

    Optional<Long> lastEventId() {
        return Optional.ofNullable(request.getHeader("Last-Event-ID"))
                .filter(id -> id.matches("[0-9]{1,18}"))
                .map(Long::valueOf);
    }

    void message(int status, String message) {
        response.setStatusCode(status);
        json(object().put("message", message));
    }

    void noFile(String path) {
        message(
                404,
                "'%s' is not a regular file in the sandbox; links are not followed"
                        .formatted(path));
    }

    void noFolder(String path) {
        message(404, "'%s' is not a folder in the sandbox; links are not followed".formatted(path));
    }

    void listing(SandboxReader.Listing listing) {
        var files = JsonNodeFactory.instance.arrayNode();
        for (var file : listing.files()) {
            var status = file.status();
            files.addObject()
                    .put("path", file.path())
                    .put("size", status.size())
                    .put("mode", status.modeText())
                    .put("mtime", status.mtime())
                    .put("uid", status.owner())
                    .put("gid", status.group())
                    .put("nlink", status.nlink());
        }
        if (!listing.complete()) {
            response.putHeader(INCOMPLETE, "true");
        }
        json(files);
    }

    void text(FileText text) {
        json(object().put("data", text.data()).put("offset", text.offset()));
    }

    void plainText(Optional<Long> length) {
        response.putHeader("Content-Type", "text/plain; charset=utf-8");
        length.ifPresentOrElse(this::length, this::endless);
    }

    /// A log may have nothing to say for longer than the server bears a silent connection; it is
    /// not used for anything else afterwards.
    private void endless() {
        response.setChunked(true).putHeader("Connection", "close");
        if (request.connection() instanceof ConnectionBase base) {
            var pipeline = base.channelHandlerContext().pipeline();
            if (pipeline.get("idle") != null) {
                pipeline.remove("idle");
            }
        }
    }

    void events() {
        response.putHeader("Content-Type", "text/event-stream").setChunked(true);
    }

    void attachment(String path, long length) {
        var name = path.substring(path.lastIndexOf('/') + 1);
        response.putHeader("Content-Type", "application/octet-stream")
                .putHeader("Content-Disposition", disposition(name))
                .putHeader("Accept-Ranges", "bytes");
        length(length);
    }

    void partial(ByteRange part, long size) {
        response.setStatusCode(206)
                .putHeader(
                        "Content-Range",
                        "bytes %d-%d/%d".formatted(part.begin(), part.end() - 1, size));
    }

    void unsatisfiable(long size) {
        response.setStatusCode(416).putHeader("Content-Range", "bytes */" + size);
        length(0);
    }

    /// The name as ASCII for old clients, and all of it (RFC 6266).
    private static String disposition(String name) {
        var ascii = name.replaceAll("[^A-Za-z0-9._ -]", "_");
        var encoded = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
        return "attachment; filename=\"%s\"; filename*=UTF-8''%s".formatted(ascii, encoded);
    }

    private void length(long length) {
        response.putHeader("Content-Length", Long.toString(length));
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    void json(JsonNode json) {
        byte[] body;
        try {
            body = JSON.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
        if (response.ended() || response.closed()) {
            return;
        }
        response.putHeader("Content-Type", "application/json");
        length(body.length);
        var _ =
                request.method().equals(HttpMethod.HEAD)
                        ? response.end()
                        : response.end(Buffer.buffer(body));
    }
}

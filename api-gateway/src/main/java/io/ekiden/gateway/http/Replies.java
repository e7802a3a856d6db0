package io.ekiden.gateway.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.ekiden.gateway.core.Answer;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;

/// Sends answers.
final class Replies {
    static final String SEQUENCE = "X-Ekiden-Sequence";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private Replies() {}

    /// An answer as bytes, which may be many: not for an event loop.
    record Encoded(Answer answer, Buffer body) {}

    static Encoded encode(Answer answer) {
        return new Encoded(
                answer,
                switch (answer.body()) {
                    case Answer.Body.Json(var json) -> Buffer.buffer(bytes(json));
                    case Answer.Body.Text(var _, var text) ->
                            Buffer.buffer(text.getBytes(StandardCharsets.UTF_8));
                    case Answer.Body.None() -> Buffer.buffer();
                });
    }

    private static byte[] bytes(Object json) {
        try {
            return JSON.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }

    static void send(RoutingContext http, Answer answer) {
        send(http, encode(answer));
    }

    static void send(RoutingContext http, Encoded encoded) {
        HttpServerResponse response = http.response();
        if (response.ended() || response.closed()) {
            return;
        }
        var answer = encoded.answer();
        response.setStatusCode(answer.status());
        answer.headers().forEach(response::putHeader);
        switch (answer.body()) {
            case Answer.Body.Json _ -> response.putHeader("Content-Type", "application/json");
            case Answer.Body.Text(var type, var _) -> response.putHeader("Content-Type", type);
            case Answer.Body.None _ -> {}
        }
        if (http.request().method().equals(HttpMethod.HEAD)) {
            response.putHeader("Content-Length", Integer.toString(encoded.body().length()));
            response.end();
        } else {
            response.end(encoded.body());
        }
    }

    static void sequence(RoutingContext http, long sequence) {
        http.response().putHeader(SEQUENCE, Long.toString(sequence));
    }
}

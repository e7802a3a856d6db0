package io.ekiden.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

/// Marathon's API of a running Ekiden, spoken as any client speaks it.
final class Api implements AutoCloseable {
    private static final Duration CALL = Duration.ofSeconds(15);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http;
    private final String url;
    private final Optional<String> token;

    /// @param url without a slash at its end
    /// @param token to show, where the API asks for one
    /// @param certificate that the API serves with; absent when that is nothing special
    Api(String url, Optional<String> token, Optional<Path> certificate) throws IOException {
        this.url = url;
        this.token = token;
        var client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CALL);
        if (certificate.isPresent()) {
            client.sslContext(Trust.in(certificate.get()));
        }
        this.http = client.build();
    }

    /// @param body missing when it is not JSON
    record Answer(int status, JsonNode body, String text) {
        boolean ok() {
            return status / 100 == 2;
        }

        /// Kafka or the planner is away or busy; the same call may succeed soon.
        boolean passing() {
            return status == 502 || status == 503 || status == 504 || status == 409;
        }

        /// Marathon's error envelope in one line.
        String problem() {
            var problem = new StringBuilder(body.path("message").asText("HTTP " + status));
            if (status == 401) {
                problem.append(" Put your token into ").append(UpCommand.TOKEN);
            }
            for (var detail : body.path("details")) {
                problem.append("; ").append(detail.path("path").asText()).append(' ');
                var separator = "";
                for (var error : detail.path("errors")) {
                    problem.append(separator).append(error.asText());
                    separator = ", ";
                }
            }
            return problem.toString();
        }
    }

    /// Whether a planner has decided something and the gateway has seen it.
    boolean isReady() throws InterruptedException {
        try {
            return get("/ping").text().strip().equals("pong");
        } catch (IOException e) {
            return false;
        }
    }

    Answer get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder().GET(), path);
    }

    Answer put(String path, JsonNode body) throws IOException, InterruptedException {
        return send(
                HttpRequest.newBuilder()
                        .header("Content-Type", "application/json")
                        .PUT(HttpRequest.BodyPublishers.ofString(body.toString())),
                path);
    }

    Answer delete(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder().DELETE(), path);
    }

    /// Opens a WebSocket.
    ///
    /// @param listener hears all that comes
    WebSocket open(String path, String protocol, WebSocket.Listener listener)
            throws CommandFailure, IOException, InterruptedException {
        var socket = http.newWebSocketBuilder().subprotocols(protocol).connectTimeout(CALL);
        token.ifPresent(known -> socket.header("Authorization", "Bearer " + known));
        try {
            return socket.buildAsync(URI.create(url.replaceFirst("^http", "ws") + path), listener)
                    .get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof WebSocketHandshakeException refused) {
                var answer = refused.getResponse();
                var text = String.valueOf(answer.body());
                throw CommandFailure.failed(
                        new Answer(answer.statusCode(), json(text), text).problem());
            }
            throw new IOException(e.getCause());
        }
    }

    private Answer send(HttpRequest.Builder request, String path)
            throws IOException, InterruptedException {
        token.ifPresent(known -> request.header("Authorization", "Bearer " + known));
        var answer =
                http.send(
                        request.uri(URI.create(url + path)).timeout(CALL).build(),
                        HttpResponse.BodyHandlers.ofString());
        return new Answer(answer.statusCode(), json(answer.body()), answer.body());
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            return MissingNode.getInstance();
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}

package io.ekiden.e2e.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// A client of the API. Bodies may be written with single quotes.
final class Api {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final String address;

    Api(String address) {
        this.address = address;
    }

    /// An answer with its body as text.
    record Reply(HttpResponse<String> response) {
        int status() {
            return response.statusCode();
        }

        String text() {
            return response.body();
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        JsonNode json() {
            return parse(response.body());
        }

        JsonNode at(String pointer) {
            return json().at(pointer);
        }

        String message() {
            return json().path("message").asText();
        }

        /// Status and message, by which refusals are compared.
        String refusal() {
            return status() + " " + message();
        }

        /// `path error` of each detail.
        List<String> details() {
            return each(json().path("details"))
                    .map(one ->
                            one.path("path").asText() + " " + one.path("errors").path(0).asText())
                    .toList();
        }
    }

    static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(text, e);
        }
    }

    static String json(String text, Object... values) {
        return text.replace('\'', '"').formatted(values);
    }

    static Stream<JsonNode> each(JsonNode array) {
        return array.valueStream();
    }

    /// @param headers names and values in turn
    Reply get(String path, String... headers) {
        return send("GET", path, "", headers);
    }

    Reply post(String path, String body, Object... values) {
        return send("POST", path, json(body, values));
    }

    Reply post(String path) {
        return send("POST", path, "");
    }

    Reply put(String path, String body, Object... values) {
        return send("PUT", path, json(body, values));
    }

    Reply patch(String path, String body, Object... values) {
        return send("PATCH", path, json(body, values));
    }

    Reply delete(String path) {
        return send("DELETE", path, "");
    }

    /// @param body as it is
    Reply send(String method, String path, String body, String... headers) {
        var request = request(path).method(method, BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return new Reply(HTTP.send(request.build(), BodyHandlers.ofString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The lines of an answer that does not end.
    HttpResponse<Stream<String>> stream(String path, String... headers) {
        try {
            return HTTP.send(request(path).headers(headers).GET().build(), BodyHandlers.ofLines());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(address + path)).timeout(Duration.ofSeconds(20));
    }
}

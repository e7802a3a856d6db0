package io.ekiden.agent.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.awaitility.Awaitility;

/// Reads an answer that goes on for ever. [#close] leaves as a browser does that is closed.
final class LogClient implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final HttpResponse<InputStream> response;
    private volatile String text = "";
    private final Thread reader;

    LogClient(HttpRequest.Builder request) throws IOException, InterruptedException {
        this.response = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        this.reader = Thread.ofVirtual().start(this::read);
    }

    private void read() {
        var bytes = new byte[4096];
        var received = new StringBuilder();
        try (var body = response.body()) {
            for (int n = body.read(bytes); n >= 0; n = body.read(bytes)) {
                received.append(new String(bytes, 0, n, StandardCharsets.UTF_8));
                text = received.toString();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int status() {
        return response.statusCode();
    }

    String text() {
        return text;
    }

    void await(String part) {
        Awaitility.await(part).atMost(PATIENCE).until(() -> text.contains(part));
    }

    void awaitEnd() throws InterruptedException {
        if (!reader.join(PATIENCE)) {
            throw new IllegalStateException("not ended; it said " + text);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}

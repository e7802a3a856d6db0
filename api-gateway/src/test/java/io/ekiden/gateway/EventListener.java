package io.ekiden.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.UncheckedIOException;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/// Listens to `/v2/events` on a connection of its own.
final class EventListener implements AutoCloseable {
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Stream<String> body;
    private volatile boolean ended;

    /// @param headers names and values in turn
    EventListener(Http http, String query, String... headers) throws Exception {
        var request =
                http.request("/v2/events" + query).header("Accept", "text/event-stream").GET();
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        var response = http.client().send(request.build(), BodyHandlers.ofLines());
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains("text/event-stream");
        body = response.body();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        body.forEach(lines::add);
                    } catch (UncheckedIOException e) {
                        lines.add("broken");
                    } finally {
                        ended = true;
                    }
                });
    }

    List<String> lines() {
        return lines;
    }

    boolean hasEnded() {
        return ended;
    }

    List<String> all(String field) {
        return lines.stream()
                .filter(line -> line.startsWith(field + ": "))
                .map(line -> line.substring(field.length() + 2))
                .toList();
    }

    void awaitEvent(String type) {
        await().atMost(Duration.ofSeconds(20)).until(() -> all("event").contains(type));
    }

    @Override
    public void close() {
        body.close();
    }
}

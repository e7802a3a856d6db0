package io.ekiden.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The table's change while requests come.
final class RoutingTest extends WithFrontend {
    private static final int CHANGES = 10_000;

    /// A plain request, and one that Vert.x passes on.
    @ParameterizedTest
    @ValueSource(strings = {"", "Connection: keep-alive, X\r\n"})
    void whenAllEndpointsAreReplacedAtOnceNoRequestFindsNone(String field) throws Exception {
        var one = Given.endpoint("/a", 1, task("one").port(), port);
        var two = Given.endpoint("/a", 2, task("two").port(), port);
        var frontend = frontend();
        frontend.put(one, Given.draining(two));
        var over = new AtomicBoolean();

        try (var threads = Executors.newCachedThreadPool()) {
            var first = threads.submit(() -> failures(over, field));
            var second = threads.submit(() -> failures(over, field));
            for (int i = 0; i < CHANGES; i++) {
                if (i % 2 == 0) {
                    frontend.change(Given.draining(one), two);
                } else {
                    frontend.change(one, Given.draining(two));
                }
            }
            over.set(true);

            assertThat(first.get() + second.get()).isZero();
        }
    }

    private int failures(AtomicBoolean over, String field) throws IOException {
        int failures = 0;
        try (var socket = Raw.open(port);
                var in =
                        new BufferedReader(
                                new InputStreamReader(
                                        socket.getInputStream(), StandardCharsets.US_ASCII))) {
            while (!over.get()) {
                Raw.send(socket, "GET /uri HTTP/1.1\r\nHost: a\r\n" + field + "\r\n");
                if (!in.readLine().equals("HTTP/1.1 200 OK")) {
                    failures++;
                }
                int length = 0;
                for (var line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
                    if (line.regionMatches(true, 0, "content-length: ", 0, 16)) {
                        length = Integer.parseInt(line.substring(16));
                    }
                }
                for (int i = 0; i < length; i++) {
                    if (in.read() < 0) {
                        throw new IOException("cut");
                    }
                }
            }
        }
        return failures;
    }
}

package io.ekiden.agent.runtime;

import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Somebody speaks with a command that runs in a task.
final class Conversation implements AutoCloseable {
    private static final int SECONDS = 30;

    private final Exec exec;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final CompletableFuture<Integer> status = new CompletableFuture<>();

    Conversation(Exec.Begun begun) {
        this.exec = ((Exec.Begun.Done) begun).exec();
        var _ = Thread.ofPlatform().daemon().start(this::listen);
    }

    private void listen() {
        try {
            status.complete(
                    exec.run((error, bytes, length) -> {
                        var stream = error ? err : out;
                        stream.write(bytes, 0, length);
                    }));
        } catch (IOException | InterruptedException | RuntimeException e) {
            status.completeExceptionally(e);
        }
    }

    Conversation says(String text) throws IOException {
        exec.input(text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    Conversation saysNoMore() {
        exec.endInput();
        return this;
    }

    void resizes(int columns, int rows) {
        exec.resize(columns, rows);
    }

    void awaits(String text) {
        await().atMost(Duration.ofSeconds(SECONDS))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> out().contains(text));
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    int status() throws Exception {
        return status.get(SECONDS, TimeUnit.SECONDS);
    }

    boolean over() {
        return status.isDone();
    }

    @Override
    public void close() {
        exec.close();
    }
}

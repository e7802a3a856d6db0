package io.ekiden.agent.runtime.docker;

import com.github.dockerjava.api.async.ResultCallback;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// Something that the engine goes on telling until it ends, or this is closed.
final class Streaming<T> implements ResultCallback<T> {
    private final Consumer<T> each;
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private Closeable connection = () -> {};
    private boolean closed;
    private volatile long heardAt = System.nanoTime();

    Streaming(Consumer<T> each) {
        this.each = each;
    }

    @Override
    public void onStart(Closeable stream) {
        heardAt = System.nanoTime();
        synchronized (this) {
            connection = stream;
            if (!closed) {
                return;
            }
        }
        // It was closed before it was connected.
        close(stream);
    }

    @Override
    public void onNext(T next) {
        heardAt = System.nanoTime();
        if (!end.isDone()) {
            each.accept(next);
        }
    }

    @Override
    public void onError(Throwable problem) {
        end.completeExceptionally(problem);
    }

    @Override
    public void onComplete() {
        end.complete(null);
    }

    /// Done when it has ended, exceptionally when not by itself.
    CompletableFuture<Void> end() {
        return end;
    }

    boolean over() {
        return end.isDone();
    }

    /// Waits until the end; but no longer than `most`, nor when nothing was told for `silence`. It
    /// is closed then.
    Answer<Boolean> awaitEnd(Duration silence, Duration most) {
        long deadline = System.nanoTime() + most.toNanos();
        while (true) {
            long now = System.nanoTime();
            long quiet = now - heardAt;
            if (now >= deadline || quiet >= silence.toNanos()) {
                close();
                return new Answer.Silent<>(
                        now >= deadline
                                ? "it took longer than %d s".formatted(most.toSeconds())
                                : "nothing came for %d s".formatted(silence.toSeconds()));
            }
            try {
                long wait = Math.min(deadline - now, silence.toNanos() - quiet);
                end.get(wait, TimeUnit.NANOSECONDS);
                return new Answer.Done<>(true);
            } catch (TimeoutException e) {
                // Something may have come meanwhile.
            } catch (ExecutionException e) {
                return Engine.failed(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                close();
                return new Answer.Silent<>("interrupted");
            }
        }
    }

    @Override
    public void close() {
        Closeable open;
        synchronized (this) {
            closed = true;
            open = connection;
        }
        end.complete(null);
        close(open);
    }

    private static void close(Closeable stream) {
        try {
            stream.close();
        } catch (IOException e) {
            // It is not wanted any more, however it ended.
        }
    }
}

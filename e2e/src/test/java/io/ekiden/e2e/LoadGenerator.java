package io.ekiden.e2e;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Calls a URL at a steady rate, whatever the answers take, and keeps every answer that is not 200.
final class LoadGenerator implements AutoCloseable {
    private static final Duration CALL = Duration.ofSeconds(10);

    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(CALL)
                    .build();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final AtomicLong succeeded = new AtomicLong();
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final Phaser inFlight = new Phaser(1);
    private final HttpRequest request;

    private LoadGenerator(URI uri) {
        this.request = HttpRequest.newBuilder(uri).timeout(CALL).GET().build();
    }

    static LoadGenerator start(URI uri, int requestsPerSecond) {
        var load = new LoadGenerator(uri);
        long interval = TimeUnit.SECONDS.toNanos(1) / requestsPerSecond;
        var _ = load.clock.scheduleAtFixedRate(load::call, 0, interval, TimeUnit.NANOSECONDS);
        return load;
    }

    private void call() {
        inFlight.register();
        var _ =
                http.sendAsync(request, HttpResponse.BodyHandlers.ofString())
                        .whenComplete((answer, failure) -> {
                            if (failure != null) {
                                failures.add(Instant.now() + " " + failure);
                            } else if (answer.statusCode() != 200) {
                                failures.add(
                                        Instant.now()
                                                + " "
                                                + answer.statusCode()
                                                + " "
                                                + answer.body().strip());
                            } else {
                                succeeded.incrementAndGet();
                            }
                            inFlight.arriveAndDeregister();
                        });
    }

    long succeeded() {
        return succeeded.get();
    }

    List<String> failures() {
        return List.copyOf(failures);
    }

    /// No more calls; returns when every one has been answered.
    void stop() throws InterruptedException {
        clock.shutdown();
        clock.awaitTermination(CALL.toSeconds(), TimeUnit.SECONDS);
        inFlight.arriveAndAwaitAdvance();
    }

    @Override
    public void close() {
        clock.shutdownNow();
        http.shutdownNow();
    }
}

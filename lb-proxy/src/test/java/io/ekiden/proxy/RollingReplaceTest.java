package io.ekiden.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ekiden.log.AgentReport.Drain;
import io.ekiden.log.AgentReport.EndpointDrained;
import io.ekiden.model.Endpoint;
import io.ekiden.testkit.TestBroker;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// The promise that a rolling update loses no request: every instance of an app is replaced while
/// clients with kept-alive connections send 200 requests a second, half of them not repeatable.
final class RollingReplaceTest extends WithCluster {
    private static final int RATE = 200;
    private static final int INSTANCES = 3;
    private static final int REPLACED = 6;

    /// So many requests are under way at most, and so many connections open. On a stalled machine
    /// there would be more than a task keeps idle ([TestTask], 200): it closes those beyond, and a
    /// request that cannot be repeated is lost when it meets that.
    private static final int AT_ONCE = 50;

    private final List<String> failed = new CopyOnWriteArrayList<>();
    private final AtomicInteger answered = new AtomicInteger();
    private final Semaphore clients = new Semaphore(AT_ONCE);
    private final int port = TestBroker.freePort();

    private record Running(TestTask task, Endpoint endpoint) {}

    @Test
    void replacingEveryInstanceUnderLoadFailsNoRequest() throws Exception {
        var running = new ArrayDeque<Running>();
        for (int i = 0; i < INSTANCES; i++) {
            running.add(start(i));
        }
        cluster.proxy();
        try (var http = HttpClient.newHttpClient();
                var clock = Executors.newScheduledThreadPool(1)) {
            var load =
                    clock.scheduleAtFixedRate(
                            () -> send(http, answered.get() % 2 == 0),
                            0,
                            1_000_000 / RATE,
                            TimeUnit.MICROSECONDS);
            for (int i = 0; i < REPLACED; i++) {
                int before = answered.get();
                running.add(start(INSTANCES + i));
                stop(running.remove());
                await().atMost(Duration.ofSeconds(20)).until(() -> answered.get() > before + 50);
            }
            load.cancel(false);
        }

        assertThat(failed).isEmpty();
        assertThat(answered.get()).isGreaterThan(REPLACED * 50);
    }

    private Running start(int number) throws Exception {
        var task = task("t" + number);
        var endpoint = Given.endpoint("/a", number, task.port(), port);
        cluster.put(endpoint);
        return new Running(task, endpoint);
    }

    /// As the planner does: drain, wait for idle, then kill.
    private void stop(Running running) {
        var endpoint = running.endpoint();
        var idle = new EndpointDrained("proxy-1", endpoint.taskId(), 0, Drain.IDLE);
        cluster.put(Given.draining(endpoint));
        await().atMost(Duration.ofSeconds(20)).until(() -> cluster.reports().contains(idle));
        running.task().close();
        cluster.remove(endpoint);
    }

    private void send(HttpClient http, boolean post) {
        if (!clients.tryAcquire()) {
            return;
        }
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"));
        if (post) {
            request.POST(BodyPublishers.ofString("payload"));
        }
        var sent =
                http.sendAsync(request.build(), BodyHandlers.ofString())
                        .whenComplete((answer, failure) -> {
                            clients.release();
                            if (failure != null) {
                                failed.add(failure.toString());
                            } else if (answer.statusCode() != 200) {
                                failed.add(answer.statusCode() + " " + answer.body());
                            }
                            answered.incrementAndGet();
                        });
        assertThat(sent).isNotNull();
    }
}

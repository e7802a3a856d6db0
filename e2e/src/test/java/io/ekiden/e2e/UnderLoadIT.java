package io.ekiden.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// Scaling and upgrading an app while it is used.
final class UnderLoadIT extends EkidenTest {
    private static final int REQUESTS_PER_SECOND = 200;
    private static final int MANY = 20;
    private static final int FEW = 3;

    @Test
    void scalingUpAndDownAndAConfigChangeLoseNoRequestAndKeepTheCapacityBounds() throws Exception {
        var ekiden = up();
        var app = LightServer.app("/web", starts(), 1, ekiden.servicePort());
        app.putObject("upgradeStrategy")
                .put("minimumHealthCapacity", 1.0)
                .put("maximumOverCapacity", 0.4);
        put(ekiden, app);
        ekiden.awaitHealthy("/web", 1);
        var url = URI.create("http://127.0.0.1:" + ekiden.servicePort() + "/");
        await().until(() -> ekiden.getService(ekiden.servicePort()).status() == 200);

        try (var load = LoadGenerator.start(url, REQUESTS_PER_SECOND)) {
            put(ekiden, app.put("instances", MANY));
            ekiden.awaitHealthy("/web", MANY);
            put(ekiden, app.put("instances", FEW));
            ekiden.awaitHealthy("/web", FEW);
            var before = taskIds(ekiden);

            try (var capacity = Capacity.sampled(ekiden)) {
                app.putObject("env").put("COLOUR", "green");
                put(ekiden, app);
                await().atMost(RunningEkiden.PATIENCE)
                        .until(() -> Collections.disjoint(before, taskIds(ekiden)));
                ekiden.awaitHealthy("/web", FEW);
                // 1.0 × 3 healthy ones at least, 1.4 × 3 rounded down at most.
                assertThat(capacity.healthy()).isNotEmpty().allMatch(healthy -> healthy >= FEW);
                assertThat(capacity.total()).allMatch(total -> total <= FEW + 1);
            }
            load.stop();

            assertThat(load.failures()).isEmpty();
            // How long all this takes is the machine's affair.
            assertThat(load.succeeded()).isGreaterThan(REQUESTS_PER_SECOND);
        }
        assertThat(started()).hasSize(MANY + FEW);
    }

    private static void put(RunningEkiden ekiden, ObjectNode app) {
        assertThat(ekiden.put("/v2/apps/web", app.toString()).status()).isBetween(200, 201);
    }

    private static List<String> taskIds(RunningEkiden ekiden) {
        return ekiden.tasks("/web").stream().map(task -> task.path("id").asText()).toList();
    }

    /// How many instances the API shows, looked at again and again.
    private record Capacity(
            List<Integer> healthy, List<Integer> total, AtomicBoolean ended, Thread sampler)
            implements AutoCloseable {

        static Capacity sampled(RunningEkiden ekiden) {
            var healthy = new CopyOnWriteArrayList<Integer>();
            var total = new CopyOnWriteArrayList<Integer>();
            var ended = new AtomicBoolean();
            var sampler =
                    Thread.ofPlatform()
                            .start(() -> {
                                while (!ended.get()) {
                                    var app = ekiden.get("/v2/apps/web").body().path("app");
                                    healthy.add(app.path("tasksHealthy").asInt());
                                    total.add(
                                            app.path("tasksRunning").asInt()
                                                    + app.path("tasksStaged").asInt());
                                }
                            });
            return new Capacity(healthy, total, ended, sampler);
        }

        @Override
        public void close() {
            ended.set(true);
            try {
                sampler.join(Duration.ofSeconds(30));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}

package io.ekiden.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What dies comes back, and what lives is left alone.
final class HealingIT extends EkidenTest {
    private static final Logger LOG = LoggerFactory.getLogger(HealingIT.class);

    @Test
    void aKilledTaskIsReplacedAndTheReplacementIsHealthy() throws Exception {
        var ekiden = up();
        ekiden.put(
                "/v2/apps/web",
                LightServer.app("/web", starts(), 1, ekiden.servicePort()).toString());
        ekiden.awaitHealthy("/web", 1);
        var first = running(LightServer.PROGRAM);
        assertThat(first).hasSize(1);

        long killed = System.nanoTime();
        kill9(first.iterator().next());

        await().atMost(RunningEkiden.PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> started().size() == 2);
        ekiden.awaitHealthy("/web", 1);
        LOG.info(
                "replaced and healthy after {} ms",
                Duration.ofNanos(System.nanoTime() - killed).toMillis());
        await().atMost(RunningEkiden.PATIENCE)
                .until(() -> ekiden.getService(ekiden.servicePort()).status() == 200);
    }

    @Test
    void afterAKillOfTheWholeProcessRunningTasksAreAdoptedAndNoneIsStartedTwice() throws Exception {
        var ekiden = up();
        ekiden.put(
                "/v2/apps/web",
                LightServer.app("/web", starts(), 3, ekiden.servicePort()).toString());
        ekiden.awaitHealthy("/web", 3);
        var pids = running(LightServer.PROGRAM);
        assertThat(pids).hasSize(3);
        var tasks = ekiden.tasks("/web").stream().map(task -> task.path("id").asText()).toList();

        ekiden.launcher().signal("KILL");
        ekiden.launcher().awaitEnd();
        assertThat(running(LightServer.PROGRAM)).isEqualTo(pids);
        long restarted = System.nanoTime();
        ekiden.start();
        ekiden.awaitHealthy("/web", 3);
        LOG.info(
                "healthy again after {} ms",
                Duration.ofNanos(System.nanoTime() - restarted).toMillis());

        await().during(Duration.ofSeconds(2)).until(() -> started().size() == 3);
        assertThat(running(LightServer.PROGRAM)).isEqualTo(pids);
        assertThat(ekiden.tasks("/web").stream().map(task -> task.path("id").asText()))
                .containsExactlyInAnyOrderElementsOf(tasks);
        await().atMost(RunningEkiden.PATIENCE)
                .until(() -> ekiden.getService(ekiden.servicePort()).status() == 200);
    }
}

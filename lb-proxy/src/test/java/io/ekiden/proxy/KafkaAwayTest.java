package io.ekiden.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ekiden.log.AgentReport.Drain;
import io.ekiden.log.AgentReport.EndpointDrained;
import io.ekiden.log.AgentReport.ProxyJoined;
import io.ekiden.proxy.ProxyConfig.Timeouts;
import io.ekiden.testkit.TestBroker;
import java.net.ConnectException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Kafka's absence is nothing that a request notices.
@Timeout(90)
final class KafkaAwayTest {
    private static final Duration LONG = Duration.ofSeconds(40);

    @TempDir private Path folder;
    private final int port = TestBroker.freePort();
    private TestBroker broker;
    private TestCluster cluster;
    private TestTask one;
    private TestTask two;

    @BeforeEach
    void start() throws Exception {
        broker = TestBroker.start(folder);
        cluster = new TestCluster(broker);
        one = new TestTask("one");
        two = new TestTask("two");
    }

    @AfterEach
    void end() {
        one.close();
        two.close();
        cluster.close();
        broker.close();
    }

    @Test
    void theProxyRoutesOnReportsLaterWhatHappenedMeanwhileAndJoinsAgain() throws Exception {
        var endpoint = Given.endpoint("/a", 1, one.port(), port);
        cluster.put(endpoint);
        var proxy = cluster.proxy();
        var inFlight = CompletableFuture.supplyAsync(() -> cluster.get(port, "/wait"));
        await().until(() -> one.waiting() == 1);
        cluster.put(Given.endpoint("/a", 2, two.port(), port), Given.draining(endpoint));
        var stopped = new EndpointDrained("proxy-1", endpoint.taskId(), 0, Drain.STOPPED);
        await().until(() -> cluster.reports().contains(stopped));

        broker.stop();
        // Its last work ends while nobody can be told.
        one.letGo();
        assertThat(inFlight.get(20, TimeUnit.SECONDS).body()).isEqualTo("one");
        await().atMost(LONG).until(() -> metric(proxy, "kafka_silent_seconds") > 3);
        for (int i = 0; i < 20; i++) {
            assertThat(cluster.get(port, "/").body()).isEqualTo("two");
        }
        assertThat(metric(proxy, "reports_unsent")).isEqualTo(1);
        assertThat(metric(proxy, "table_stale_seconds")).isGreaterThan(1);
        broker.start();

        var idle = new EndpointDrained("proxy-1", endpoint.taskId(), 0, Drain.IDLE);
        await().atMost(LONG).until(() -> cluster.reports().contains(idle));
        await().atMost(LONG).until(() -> joins() == 2);
        cluster.put(Given.endpoint("/a", 3, one.port(), port));
        cluster.awaitAnswer(port, "/", "one");
    }

    private long joins() {
        return cluster.reports().stream().filter(ProxyJoined.class::isInstance).count();
    }

    private double metric(ProxyServer proxy, String name) {
        var prefix = "ekiden_proxy_" + name + " ";
        return cluster.get(proxy.adminPort(), "/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(prefix))
                .mapToDouble(line -> Double.parseDouble(line.substring(prefix.length())))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aProxyThatStartsWithoutKafkaListensOnlyOnceItHasTheTable() throws Exception {
        cluster.put(Given.endpoint("/a", 1, one.port(), port));
        broker.stop();
        var proxy = new ProxyServer(cluster.config(Timeouts.DEFAULT));
        try (proxy) {
            var started = proxy.start();
            await().until(() -> health(proxy) == 503);

            assertThat(started.isComplete()).isFalse();
            assertThat(proxy.lbPort()).isZero();
            assertThat(refused()).isTrue();

            broker.start();
            started.await(60, TimeUnit.SECONDS);
            assertThat(health(proxy)).isEqualTo(200);
            // No waiting: who has started has the table and its ports.
            assertThat(Raw.get(port, "a", "/")).startsWith("HTTP/1.1 200").endsWith("one");
        }
    }

    private int health(ProxyServer proxy) {
        return proxy.adminPort() == 0
                ? 0
                : cluster.get(proxy.adminPort(), "/_haproxy_health_check").statusCode();
    }

    private boolean refused() throws Exception {
        try (var socket = Raw.open(port)) {
            return !socket.isConnected();
        } catch (ConnectException e) {
            return true;
        }
    }
}

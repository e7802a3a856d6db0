package io.ekiden.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ekiden.gateway.GatewayConfig.Limits;
import io.ekiden.log.Fact;
import io.ekiden.log.Topics;
import io.ekiden.testkit.TestBroker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OutageTest {
    private static Limits hasty() {
        var usual = Limits.DEFAULT;
        return new Limits(
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                usual.requests(),
                usual.bodyBytes(),
                usual.streams(),
                usual.outstandingEvents(),
                usual.heartbeat(),
                usual.idle(),
                usual.requestsEach(),
                usual.streamsEach());
    }

    @Test
    void withoutKafkaTheLastKnownStateIsOnlyToldWhenAskedFor() {
        var broker = TestBroker.start(TestBroker.freePort(), Map.of(), (short) 2);
        var cluster = new TestCluster(broker);
        cluster.planner().append(new Fact.RunSpecPut(Given.app("/web")));
        var http = cluster.start(config -> config.withLimits(hasty()));
        await().until(() -> http.get("/v2/apps/web").status() == 200);

        cluster.planner().close();
        broker.close();

        var read = http.get("/v2/apps/web");
        assertThat(read.status()).isEqualTo(503);
        assertThat(read.header("Retry-After")).isNotEmpty();
        assertThat(read.message()).contains("?stale=true");
        assertThat(http.get("/v2/apps/web?stale=true").status()).isEqualTo(200);
        assertThat(http.get("/v2/info").status()).isEqualTo(200);
        var write = http.send("DELETE", "/v2/apps/web");
        assertThat(write.status()).isEqualTo(503);
        assertThat(write.message()).contains("unknown");
        cluster.close();
    }

    @Test
    void beforeTheLogWasReadEveryRequestIsToldWhy() throws IOException {
        var topics = new Topics("none.");
        var config =
                GatewayConfig.of("127.0.0.1:" + TestBroker.freePort(), topics, "127.0.0.1", 0, "1");
        try (var gateway = new GatewayServer(config)) {
            gateway.start();
            var http = new Http(gateway.port());

            for (var path : new String[] {"/ping", "/v2/apps", "/v2/info"}) {
                assertThat(http.get(path).status()).isEqualTo(503);
                assertThat(http.get(path).message()).contains("the log has not been read yet");
            }
            assertThat(http.send("DELETE", "/v2/apps/x").status()).isEqualTo(503);
            assertThat(http.get("/metrics").status()).isEqualTo(200);
            assertThat(http.get("/ui/").status()).isEqualTo(200);
        }
    }

    @Test
    void withoutADecisionThereIsNoPong() {
        try (var cluster = new TestCluster()) {
            var http = cluster.start();
            assertThat(http.get("/ping").status()).isEqualTo(503);

            cluster.planner().append(new Fact.ClusterPut(Given.cluster()));

            await().atMost(Duration.ofSeconds(10)).until(() -> http.get("/ping").status() == 200);
        }
    }

    @Test
    void aTakenPortIsSaidAtOnce() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var gateway =
                        new GatewayServer(
                                GatewayConfig.of(
                                        "127.0.0.1:1",
                                        new Topics("none."),
                                        "127.0.0.1",
                                        taken.getLocalPort(),
                                        "1"))) {
            assertThatThrownBy(gateway::start)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("in use");
        }
    }

    @Test
    void onlyLoopbackIsServedWithoutSayingSo() throws IOException {
        var open = GatewayConfig.of("127.0.0.1:1", new Topics("none."), "0.0.0.0", 0, "1");
        try (var gateway = new GatewayServer(open)) {
            assertThatThrownBy(gateway::start).hasMessageContaining("--insecure");
        }
        try (var gateway = new GatewayServer(open.withInsecure(true))) {
            gateway.start();
            assertThat(gateway.port()).isPositive();
        }
    }
}

package io.ekiden.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ekiden.gateway.GatewayConfig.Limits;
import io.ekiden.gateway.core.access.Role;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One user leaves some of what there is for the others.
class LimitsEachTest {
    @TempDir private Path folder;
    private final TestCluster cluster = new TestCluster();

    @AfterEach
    void close() {
        cluster.close();
    }

    private static GatewayConfig limited(GatewayConfig config) {
        var usual = Limits.DEFAULT;
        return config.withLimits(
                new Limits(
                        usual.write(),
                        usual.read(),
                        usual.requests(),
                        usual.bodyBytes(),
                        usual.streams(),
                        usual.outstandingEvents(),
                        usual.heartbeat(),
                        usual.idle(),
                        1,
                        1));
    }

    private static HttpRequest.Builder as(String token, HttpRequest.Builder request) {
        return request.header("Authorization", "Bearer " + token);
    }

    private static CompletableFuture<HttpResponse<Void>> begin(
            Http http, HttpRequest.Builder request) {
        return http.client().sendAsync(request.build(), BodyHandlers.discarding());
    }

    @Test
    void aUserWhoHasAllHisRequestsIsToldSoAndOthersGoOn() {
        var tokens = new Tokens(folder);
        var ann = tokens.add("ann", Role.ADMIN, "/");
        var bob = tokens.add("bob", Role.VIEWER, "/");
        var http = cluster.startSecured(tokens, LimitsEachTest::limited);
        var parked = begin(http, as(ann, http.request("/v2/apps/web").DELETE()));
        await().until(() -> !cluster.planner().seen().isEmpty());

        var refused = http.send(as(ann, http.request("/v2/apps").GET()));

        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.header("Retry-After")).isNotEmpty();
        assertThat(refused.message())
                .isEqualTo("Too many concurrent requests of yours! Allowed: 1.");
        assertThat(http.send(as(bob, http.request("/v2/apps").GET())).status()).isEqualTo(200);
        var _ = parked.cancel(true);
        await().until(() -> http.send(as(ann, http.request("/v2/apps").GET())).status() == 200);
    }

    @Test
    void whereNobodyIsAskedAnAddressIsOne() {
        var http = cluster.start(LimitsEachTest::limited);
        var parked = begin(http, http.request("/v2/apps/web").DELETE());
        await().until(() -> !cluster.planner().seen().isEmpty());

        assertThat(http.get("/v2/apps").status()).isEqualTo(429);
        var _ = parked.cancel(true);
        await().until(() -> http.get("/v2/apps").status() == 200);
    }

    @Test
    void streamsAreCountedByThemselves() throws Exception {
        var http = cluster.start(LimitsEachTest::limited);
        try (var first = new EventListener(http, "")) {
            first.awaitEvent("event_stream_attached");

            var second =
                    http.send(http.request("/v2/events").header("Accept", "text/event-stream"));

            assertThat(second.status()).isEqualTo(429);
            assertThat(http.get("/v2/apps").status()).isEqualTo(200);
        }
    }
}

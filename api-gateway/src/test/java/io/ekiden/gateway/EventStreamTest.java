package io.ekiden.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ekiden.gateway.GatewayConfig.Limits;
import io.ekiden.log.Fact;
import io.ekiden.model.App;
import io.ekiden.model.Condition;
import io.ekiden.model.RunSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventStreamTest {
    private static final App WEB = Given.app("/shop/web");
    private static final Fact RUNS =
            new Fact.InstancePut(Given.running(WEB, 1), Optional.of(Condition.STARTING), "");

    private final TestCluster cluster = new TestCluster();
    private final List<EventListener> listeners = new ArrayList<>();

    @AfterEach
    void close() {
        listeners.forEach(EventListener::close);
        cluster.close();
    }

    private EventListener listen(Http http, String query, String... headers) throws Exception {
        var listener = new EventListener(http, query, headers);
        listeners.add(listener);
        return listener;
    }

    private static Limits limits(int outstanding, Duration heartbeat) {
        var usual = Limits.DEFAULT;
        return new Limits(
                usual.write(),
                usual.read(),
                usual.requests(),
                usual.bodyBytes(),
                2,
                outstanding,
                heartbeat,
                usual.idle(),
                usual.requestsEach(),
                usual.streamsEach());
    }

    @Test
    void eventsComeInTheJournalsOrderWithTheirIds() throws Exception {
        var http = cluster.start();
        var all = listen(http, "");
        var some = listen(http, "?event_type=app_terminated_event&event_type=none");

        cluster.planner().append(new Fact.RunSpecPut(WEB), RUNS);
        cluster.planner().append(new Fact.RunSpecGone(RunSpec.Kind.APP, WEB.id()));

        all.awaitEvent("app_terminated_event");
        some.awaitEvent("app_terminated_event");
        assertThat(all.all("event"))
                .containsSubsequence(
                        "event_stream_attached",
                        "event_stream_attached",
                        "status_update_event",
                        "instance_changed_event",
                        "app_terminated_event");
        assertThat(all.all("id")).containsExactly("1.0", "1.1", "2.0");
        assertThat(some.all("event")).containsExactly("app_terminated_event");
        assertThat(Http.parse(some.all("data").getFirst()).path("appId").asText())
                .isEqualTo("/shop/web");
    }

    @Test
    void comingAndGoingIsTold() throws Exception {
        var http = cluster.start();
        var stays = listen(http, "");
        var goes = listen(http, "");
        goes.awaitEvent("event_stream_attached");

        goes.close();

        stays.awaitEvent("event_stream_detached");
        assertThat(http.get("/metrics").json().at("/gauges/event_streams/value").asInt())
                .isEqualTo(1);
    }

    @Test
    void aSilentStreamBeats() throws Exception {
        var http = cluster.start(c -> c.withLimits(limits(100, Duration.ofMillis(100))));
        var listener = listen(http, "");

        await().atMost(Duration.ofSeconds(20))
                .until(() -> listener.lines().stream().filter(String::isEmpty).count() > 5);
    }

    @Test
    void thereAreOnlySoManyStreams() throws Exception {
        var http = cluster.start(c -> c.withLimits(limits(100, Duration.ofSeconds(10))));
        listen(http, "");
        listen(http, "");

        var third =
                http.send(http.request("/v2/events").header("Accept", "text/event-stream").GET());

        assertThat(third.status()).isEqualTo(503);
    }

    @Test
    void onlyWhoAcceptsEventsGetsThem() {
        var http = cluster.start();

        assertThat(http.get("/v2/events").status()).isEqualTo(405);
        assertThat(http.send("OPTIONS", "/v2/events").header("Allow"))
                .isEqualTo("GET, HEAD, OPTIONS");
    }

    @Test
    void aReaderWhoIsTooSlowIsDisconnectedAndOthersAreNot() throws Exception {
        var http = cluster.start(c -> c.withLimits(limits(50, Duration.ofSeconds(10))));
        var quick = listen(http, "?event_type=app_terminated_event");
        var big = Given.running(Given.app("/" + "x".repeat(60_000)), 1);
        try (var slow = new Socket(InetAddress.getLoopbackAddress(), port(http))) {
            slow.setReceiveBufferSize(1024);
            slow.getOutputStream().write(REQUEST.getBytes(StandardCharsets.ISO_8859_1));
            await().until(() -> streams(http) == 2);
            for (int i = 0; i < 300 && streams(http) == 2; i++) {
                cluster.planner()
                        .append(
                                new Fact.InstancePut(
                                        big, Optional.of(Condition.STARTING), "m".repeat(60_000)));
            }
            await().atMost(Duration.ofSeconds(20)).until(() -> streams(http) == 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cluster.planner().append(new Fact.RunSpecGone(RunSpec.Kind.APP, WEB.id()));
        quick.awaitEvent("app_terminated_event");
        assertThat(quick.hasEnded()).isFalse();
    }

    private static final String REQUEST =
            "GET /v2/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n";

    private static int port(Http http) {
        return http.request("/").build().uri().getPort();
    }

    private static int streams(Http http) {
        return http.get("/metrics").json().at("/gauges/event_streams/value").asInt();
    }
}

package io.ekiden.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ekiden.gateway.GatewayConfig.Limits;
import io.ekiden.log.Fact;
import io.ekiden.model.App;
import io.ekiden.model.Condition;
import io.ekiden.model.RunSpec;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Clients of `/v2/events` that come back with the last event that they saw.
class EventResumeTest {
    private static final App WEB = Given.app("/shop/web");
    private static final String LAST_ID = "Last-Event-ID";
    private static final int EVENTS_PER_ENTRY = 20;

    private final TestCluster cluster = new TestCluster();

    @AfterEach
    void close() {
        cluster.close();
    }

    /// An entry with so many events.
    private void append(int events) {
        var fact = new Fact.RunSpecGone(RunSpec.Kind.APP, WEB.id());
        cluster.planner()
                .append(IntStream.range(0, events).mapToObj(_ -> fact).toArray(Fact[]::new));
    }

    private static List<String> ids(int firstEntry, int lastEntry) {
        return IntStream.rangeClosed(firstEntry, lastEntry)
                .boxed()
                .flatMap(entry ->
                        IntStream.range(0, EVENTS_PER_ENTRY).mapToObj(n -> entry + "." + n))
                .toList();
    }

    @Test
    void whoComesBackMissesNothing() throws Exception {
        var http = cluster.start();
        append(2);
        append(1);
        await().until(() -> http.get("/v2/apps").header("X-Ekiden-Sequence").equals("2"));

        try (var back = new EventListener(http, "", LAST_ID, "1.0")) {
            back.awaitEvent("event_stream_attached");
            assertThat(back.all("id")).containsExactly("1.1", "2.0");
            append(1);
            await().until(() -> back.all("id").size() == 3);
            assertThat(back.all("id")).endsWith("3.0");
        }
    }

    /// 4,000 events while the client is thrown out again and again, each time by a gateway that
    /// ends.
    @Test
    void thousandsOfEventsAreSeenOnceAndInOrderWhileGatewaysComeAndGo() throws Exception {
        var http = cluster.start();
        append(EVENTS_PER_ENTRY);
        int entries = 4_000 / EVENTS_PER_ENTRY;
        var writer =
                Thread.ofPlatform()
                        .start(() ->
                                IntStream.range(1, entries).forEach(_ -> append(EVENTS_PER_ENTRY)));
        var seen = new ArrayList<>(List.of("1.0"));
        for (int gateway = 0; gateway < 3; gateway++) {
            try (var back = new EventListener(http, "", LAST_ID, seen.getLast())) {
                int wanted = Math.min(entries * EVENTS_PER_ENTRY, (gateway + 1) * 1_000);
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> back.all("id").size() + seen.size() >= wanted);
                http = cluster.restart();
                await().until(back::hasEnded);
                seen.addAll(back.all("id"));
            }
        }
        try (var back = new EventListener(http, "", LAST_ID, seen.getLast())) {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> back.all("id").size() + seen.size() >= entries * EVENTS_PER_ENTRY);
            seen.addAll(back.all("id"));
            assertThat(back.all("event")).doesNotContain("gap");
        }
        writer.join();
        assertThat(seen).isEqualTo(ids(1, entries));
    }

    @Test
    void whatIsDecidedWhileHeCatchesUpComesOnceAndInOrder() throws Exception {
        IntStream.range(0, 100).forEach(_ -> append(EVENTS_PER_ENTRY));
        var http = cluster.start();
        var writer =
                Thread.ofPlatform()
                        .start(() ->
                                IntStream.range(0, 100).forEach(_ -> append(EVENTS_PER_ENTRY)));

        var listeners = new ArrayList<EventListener>();
        for (int i = 0; i < 8; i++) {
            listeners.add(new EventListener(http, "", LAST_ID, "1.19"));
        }
        writer.join();

        for (var listener : listeners) {
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> listener.all("id").size() >= 199 * EVENTS_PER_ENTRY);
            assertThat(listener.all("id")).isEqualTo(ids(2, 200));
            listener.close();
        }
    }

    @Test
    void whatTheJournalHasForgottenIsAGapThatIsTold() throws Exception {
        var http = cluster.start();
        IntStream.range(0, 10).forEach(_ -> append(1));
        // A transaction's record and its mark.
        cluster.forget(cluster.topics().journal(), 2 * 5);

        try (var back =
                new EventListener(http, "?event_type=app_terminated_event", LAST_ID, "3.0")) {
            await().until(() -> back.all("id").size() == 5);
            assertThat(back.all("event").getFirst()).isEqualTo("gap");
            var gap = Http.parse(back.all("data").getFirst());
            assertThat(gap.path("eventType").asText()).isEqualTo("gap");
            assertThat(gap.path("lastEventId").asText()).isEqualTo("3.0");
            assertThat(gap.path("earliestSequence").asLong()).isEqualTo(6);
            assertThat(gap.has("timestamp")).isTrue();
            assertThat(back.all("id")).containsExactly("6.0", "7.0", "8.0", "9.0", "10.0");
            append(1);
            await().until(() -> back.all("id").contains("11.0"));
        }
    }

    @Test
    void aPositionThatNobodyGaveIsAGap() throws Exception {
        append(1);
        append(1);
        var http = cluster.start();

        try (var back = new EventListener(http, "", LAST_ID, "7.0")) {
            await().until(() -> back.all("id").size() == 2);
            assertThat(back.all("event"))
                    .startsWith("gap", "app_terminated_event", "app_terminated_event");
            assertThat(Http.parse(back.all("data").getFirst()).path("earliestSequence").asLong())
                    .isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "-1.0", "1", "99999999999999999999.0", "1.0.0"})
    void whatIsNoIdAtAllIsRefused(String lastId) {
        var http = cluster.start();

        var reply =
                http.send(
                        http.request("/v2/events")
                                .header("Accept", "text/event-stream")
                                .header(LAST_ID, lastId));

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.message()).isEqualTo("Last-Event-ID is no id of an event");
    }

    /// As when a gateway is older than the planner was.
    @Test
    void anEntryThatCannotBeReadIsAGapAndTheRestFollows() throws Exception {
        append(1);
        append(1);
        cluster.planner().appendUnreadable();
        cluster.planner().appendUnreadable();
        append(1);
        append(1);
        var http = cluster.start();

        try (var back = new EventListener(http, "", LAST_ID, "1.0")) {
            await().until(() -> back.all("id").size() == 3);
            assertThat(back.all("id")).containsExactly("2.0", "5.0", "6.0");
            assertThat(back.all("event"))
                    .startsWith(
                            "app_terminated_event",
                            "gap",
                            "app_terminated_event",
                            "app_terminated_event");
            var gap = Http.parse(back.all("data").get(1));
            assertThat(gap.path("lastEventId").asText()).isEqualTo("2.0");
            assertThat(gap.path("earliestSequence").asLong()).isEqualTo(5);
        }
        // The last that was seen cannot be read any more: what is before it is not told again.
        try (var back = new EventListener(http, "", LAST_ID, "3.0")) {
            await().until(() -> back.all("id").size() == 2);
            assertThat(back.all("event").getFirst()).isEqualTo("gap");
            assertThat(back.all("id")).containsExactly("5.0", "6.0");
        }
    }

    @Test
    void whereNothingIsLeftTheGapNamesWhatComesNext() throws Exception {
        var http = cluster.start();
        append(1);
        append(1);
        await().until(() -> http.get("/v2/apps").header("X-Ekiden-Sequence").equals("2"));
        cluster.forget(cluster.topics().journal(), 4);

        try (var back = new EventListener(http, "", LAST_ID, "1.0")) {
            back.awaitEvent("event_stream_attached");
            assertThat(back.all("event")).containsExactly("gap", "event_stream_attached");
            assertThat(Http.parse(back.all("data").getFirst()).path("earliestSequence").asLong())
                    .isEqualTo(3);
            append(1);
            await().until(() -> back.all("id").equals(List.of("3.0")));
        }
    }

    /// He is given what he missed as fast as he reads, however much it is.
    @Test
    void aSlowReaderOfTheOldIsWaitedFor() throws Exception {
        var big = Given.running(Given.app("/" + "x".repeat(60_000)), 1);
        var message = "m".repeat(60_000);
        for (int i = 0; i < 60; i++) {
            cluster.planner()
                    .append(new Fact.InstancePut(big, Optional.of(Condition.STARTING), message));
        }
        var usual = Limits.DEFAULT;
        var http =
                cluster.start(config ->
                        config.withLimits(
                                new Limits(
                                        usual.write(),
                                        usual.read(),
                                        usual.requests(),
                                        usual.bodyBytes(),
                                        2,
                                        20,
                                        usual.heartbeat(),
                                        usual.idle(),
                                        usual.requestsEach(),
                                        usual.streamsEach())));
        try (var slow =
                new Socket(
                        InetAddress.getLoopbackAddress(),
                        http.request("/").build().uri().getPort())) {
            slow.getOutputStream()
                    .write(
                            "GET /v2/events HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: 1.0\r\nAccept: text/event-stream\r\n\r\n"
                                    .getBytes(StandardCharsets.ISO_8859_1));
            Thread.sleep(1_000);
            var ids = new ArrayList<String>();
            var reader =
                    new BufferedReader(
                            new InputStreamReader(slow.getInputStream(), StandardCharsets.UTF_8));
            while (ids.size() < 119) {
                var line = reader.readLine();
                if (line.startsWith("id: ")) {
                    ids.add(line.substring(4));
                }
            }
            assertThat(ids).startsWith("1.1", "2.0", "2.1").endsWith("60.0", "60.1");
        }
    }
}

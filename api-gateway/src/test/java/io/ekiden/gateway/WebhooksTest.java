package io.ekiden.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ekiden.gateway.webhooks.Receiving;
import io.ekiden.gateway.webhooks.Receiving.Manner;
import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.log.WantedChange;
import io.ekiden.model.App;
import io.ekiden.model.EventSubscription;
import io.ekiden.model.RunSpec;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Subscriptions to events and their delivery, over a real broker.
class WebhooksTest {
    private static final App WEB = Given.app("/shop/web");
    private static final int EVENTS = 3;
    private static final Duration LONG = Duration.ofSeconds(60);

    private final TestCluster cluster = new TestCluster();
    private Receiving receiver;
    private Http http;

    @BeforeEach
    void start() throws Exception {
        receiver = new Receiving();
        cluster.planner().script((wanted, _) -> decide(wanted));
        http = cluster.start();
    }

    @AfterEach
    void close() {
        receiver.close();
        cluster.close();
    }

    private List<Fact> decide(WantedChange wanted) {
        var accepted = new Fact.Accepted(Given.NOON, Optional.empty(), List.of());
        return switch (wanted.change()) {
            case Change.Subscribe(var url) ->
                    List.of(
                            new Fact.SubscriptionPut(
                                    new EventSubscription(url, cluster.planner().sequence() + 1)),
                            accepted);
            case Change.Unsubscribe(var url) -> List.of(new Fact.SubscriptionGone(url), accepted);
            default -> List.of(accepted);
        };
    }

    private static String path(String url) {
        return "/v2/eventSubscriptions?callbackUrl="
                + URLEncoder.encode(url, StandardCharsets.UTF_8);
    }

    private void subscribe(String url) {
        assertThat(http.send("POST", path(url)).status()).isEqualTo(200);
    }

    /// Entries with [#EVENTS] events each.
    private void append(int entries) {
        var fact = new Fact.RunSpecGone(RunSpec.Kind.APP, WEB.id());
        var facts = Stream.generate(() -> fact).limit(EVENTS).toArray(Fact[]::new);
        IntStream.range(0, entries).forEach(_ -> cluster.planner().append(facts));
    }

    /// Of the subscription, which is entry 1, and of so many entries after it.
    private static List<String> ids(int entries) {
        return Stream.concat(
                        Stream.of("1.0"),
                        IntStream.rangeClosed(2, entries + 1)
                                .boxed()
                                .flatMap(entry ->
                                        IntStream.range(0, EVENTS).mapToObj(n -> entry + "." + n)))
                .toList();
    }

    @Test
    void subscriptionsAreMadeListedAndEndedAsInMarathon() {
        var url = receiver.url() + "?secret=a&b=c";

        var made = http.send("POST", path(url));
        assertThat(made.status()).isEqualTo(200);
        assertThat(made.text())
                .isEqualTo(
                        "{\"clientIp\":\"127.0.0.1\",\"callbackUrl\":\"%s\",\"eventType\":\"subscribe_event\",\"timestamp\":\"2026-11-23T12:00:00.000Z\"}"
                                .formatted(receiver.url()));
        assertThat(http.get("/v2/eventSubscriptions").text())
                .isEqualTo("{\"callbackUrls\":[\"%s\"]}".formatted(url));
        var ended = http.send("DELETE", path(url));
        assertThat(ended.json().path("eventType").asText()).isEqualTo("unsubscribe_event");
        assertThat(http.get("/v2/eventSubscriptions").text()).isEqualTo("{\"callbackUrls\":[]}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "ftp://host/",
                "http:///path",
                "http://user@host/",
                "http://user:password@host/",
                "http://host/#fragment",
                "http://host:99999/",
                "file:///etc/passwd"
            })
    void whatIsNoCallbackUrlIsRefused(String url) {
        assertThat(http.send("POST", path(url)).status()).isEqualTo(422);
        assertThat(cluster.planner().seen()).isEmpty();
    }

    @Test
    void aCallbackUrlHasALongestLength() {
        var longest = "http://127.0.0.1:9/" + "x".repeat(2048 - 19);

        assertThat(http.send("POST", path(longest)).status()).isEqualTo(200);
        assertThat(http.send("POST", path(longest + "x")).status()).isEqualTo(422);
    }

    @Test
    void everyEventIsPostedInOrderWhateverTheReceiverDoes() {
        receiver.behave(n ->
                switch (n) {
                    case 1 -> Manner.FAIL;
                    case 3 -> Manner.REDIRECT;
                    case 5 -> Manner.RESET;
                    case 8 -> Manner.TAKE_AND_RESET;
                    default -> Manner.TAKE;
                });
        subscribe(receiver.url());
        append(100);

        await().atMost(LONG).until(() -> receiver.ids().contains("101.2"));

        assertThat(receiver.ids().stream().distinct()).containsExactlyElementsOf(ids(100));
        assertThat(receiver.ids()).hasSizeGreaterThan(ids(100).size());
        var first = Http.parse(receiver.taken().getFirst().body());
        assertThat(first.path("eventType").asText()).isEqualTo("subscribe_event");
        assertThat(first.path("callbackUrl").asText()).isEqualTo(receiver.url());
    }

    @Test
    void aReceiverThatDoesNotAnswerHoldsUpNobodyElse() throws Exception {
        receiver.behave(_ -> Manner.HANG);
        try (var other = new Receiving()) {
            subscribe(receiver.url());
            subscribe(other.url());
            append(10);

            await().atMost(LONG).until(() -> other.ids().contains("12.2"));
            assertThat(other.ids()).startsWith("2.0", "3.0").hasSize(31);
        }
    }

    @Test
    void afterARestartItGoesOnWhereItWas() {
        subscribe(receiver.url());
        append(10);
        await().atMost(LONG).until(() -> receiver.ids().contains("11.2"));

        http = cluster.restart();
        append(10);

        await().atMost(LONG).until(() -> receiver.ids().contains("21.2"));
        assertThat(receiver.ids()).containsExactlyElementsOf(ids(20));
    }

    @Test
    void oneGatewayPostsAndAnotherGoesOnWhenItIsGone() throws Exception {
        subscribe(receiver.url());
        var config =
                GatewayConfig.of(cluster.bootstrap(), cluster.topics(), "127.0.0.1", 0, "1.2.3");
        try (var second = new GatewayServer(config)) {
            second.start();
            append(50);
            await().atMost(LONG).until(() -> receiver.ids().contains("51.2"));
            var writer = Thread.ofPlatform().start(() -> append(100));
            cluster.stopGateway();
            writer.join();

            await().atMost(LONG).until(() -> receiver.ids().contains("151.2"));
            assertThat(receiver.ids().stream().distinct()).containsExactlyElementsOf(ids(150));
        }
    }

    @Test
    void whatTheJournalHasForgottenIsToldAsAGap() {
        receiver.behave(_ -> Manner.FAIL);
        subscribe(receiver.url());
        append(20);
        await().atMost(LONG).until(() -> receiver.asked() > 0);
        cluster.forget(cluster.topics().journal(), 2 * 11);
        http = cluster.restart();
        receiver.behave(_ -> Manner.TAKE);

        await().atMost(LONG).until(() -> receiver.ids().contains("21.2"));

        var gap = Http.parse(receiver.taken().getFirst().body());
        assertThat(gap.path("eventType").asText()).isEqualTo("gap");
        assertThat(gap.path("lastEventId").asText()).isEqualTo("1.0");
        assertThat(gap.path("earliestSequence").asLong()).isEqualTo(12);
        assertThat(receiver.ids()).startsWith("12.0").hasSize(10 * EVENTS);
    }

    /// As when a gateway is older than the planner was.
    @Test
    void entriesThatCannotBeReadAreAGapToo() {
        receiver.behave(_ -> Manner.FAIL);
        subscribe(receiver.url());
        cluster.planner().appendUnreadable();
        append(1);
        http = cluster.restart();
        receiver.behave(_ -> Manner.TAKE);

        await().atMost(LONG).until(() -> receiver.ids().contains("3.2"));

        var gap = Http.parse(receiver.taken().get(1).body());
        assertThat(gap.path("eventType").asText()).isEqualTo("gap");
        assertThat(gap.path("earliestSequence").asLong()).isEqualTo(3);
        assertThat(receiver.ids()).containsExactly("1.0", "3.0", "3.1", "3.2");
    }

    @Test
    void whoDoesNotWantThemAnyMoreGetsNoMore() {
        subscribe(receiver.url());
        append(1);
        await().atMost(LONG).until(() -> receiver.ids().contains("2.2"));
        http.send("DELETE", path(receiver.url()));
        subscribe("http://127.0.0.1:9/nobody");
        await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
        int before = receiver.asked();

        append(5);

        await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
        assertThat(receiver.asked()).isEqualTo(before);
    }
}

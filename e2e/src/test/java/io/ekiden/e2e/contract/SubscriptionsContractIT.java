package io.ekiden.e2e.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// `/v2/eventSubscriptions`: the callbacks of Marathon until 1.4, in part d.
final class SubscriptionsContractIT extends ContractTest {
    private static final String PATH = "/v2/eventSubscriptions";

    private final List<JsonNode> posted = new CopyOnWriteArrayList<>();
    private HttpServer receiver;

    @BeforeEach
    void listen() throws IOException {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/hook", this::take);
        receiver.start();
    }

    @AfterEach
    void close() {
        api.delete(query());
        receiver.stop(0);
    }

    private void take(HttpExchange exchange) throws IOException {
        posted.add(Api.parse(new String(exchange.getRequestBody().readAllBytes(), UTF_8)));
        exchange.sendResponseHeaders(204, -1);
        exchange.close();
    }

    private String url() {
        return "http://127.0.0.1:" + receiver.getAddress().getPort() + "/hook";
    }

    private String query() {
        return PATH + "?callbackUrl=" + url();
    }

    private List<String> subscribed() {
        return Api.each(api.get(PATH).at("/callbackUrls")).map(JsonNode::asText).toList();
    }

    private void awaitPosted(String type) {
        await(type)
                .atMost(PATIENCE)
                .until(() ->
                        posted.stream()
                                .anyMatch(event -> event.path("eventType").asText().equals(type)));
    }

    @Test
    @DisplayName("who subscribes is posted every event, until he does not want them any more")
    void subscribe() {
        var answer = api.post(query());

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.at("/eventType").asText()).isEqualTo("subscribe_event");
        assertThat(answer.at("/callbackUrl").asText()).isEqualTo(url());
        assertThat(answer.at("/clientIp").asText()).isEqualTo("127.0.0.1");
        assertThat(subscribed()).contains(url());
        app();
        awaitPosted("subscribe_event");
        awaitPosted("api_post_event");
        awaitPosted("deployment_success");

        assertThat(api.delete(query()).at("/eventType").asText()).isEqualTo("unsubscribe_event");
        assertThat(subscribed()).doesNotContain(url());
    }

    @Test
    @DisplayName("a callback needs an address")
    void noUrl() {
        assertThat(api.post(PATH).status()).isEqualTo(422);
        assertThat(api.post(PATH + "?callbackUrl=x").status()).isEqualTo(422);
    }
}

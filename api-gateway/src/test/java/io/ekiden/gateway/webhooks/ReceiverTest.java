package io.ekiden.gateway.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.gateway.core.EventId;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReceiverTest {
    private static final Duration TIMEOUT = Duration.ofMillis(500);

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client = vertx.createHttpClient();
    private Receiving server;

    @BeforeEach
    void start() throws Exception {
        server = new Receiving();
    }

    @AfterEach
    void close() {
        server.close();
        vertx.close().await();
    }

    private Optional<String> post(String url) throws InterruptedException {
        return new Receiver(client, url, TIMEOUT).post(Optional.of(new EventId(7, 1)), "{}");
    }

    @Test
    void whatIsTakenHasItsId() throws Exception {
        assertThat(post(server.url())).isEmpty();
        assertThat(server.taken()).containsExactly(new Receiving.Taken("7.1", "{}"));
    }

    @Test
    void onlyAStatusOf2xxIsTaken() throws Exception {
        server.behave(n -> n == 0 ? Receiving.Manner.FAIL : Receiving.Manner.REDIRECT);

        assertThat(post(server.url())).contains("status 500");
        assertThat(post(server.url())).contains("status 302");
        assertThat(server.asked()).isEqualTo(2);
    }

    @Test
    void whoDoesNotAnswerInTimeHasNotTakenIt() throws Exception {
        server.behave(_ -> Receiving.Manner.HANG);
        long began = System.nanoTime();

        assertThat(post(server.url())).isPresent();
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void whoBreaksOffHasNotTakenIt() throws Exception {
        server.behave(_ -> Receiving.Manner.RESET);

        assertThat(post(server.url())).isPresent();
    }

    @Test
    void nothingIsSentToAnAddressThatNoReceiverHas() throws Exception {
        assertThat(post("http://169.254.169.254/latest/meta-data").orElseThrow())
                .contains("has no allowed address");
        assertThat(post("http://no-such-host.invalid/").orElseThrow()).contains("no-such-host");
    }
}
